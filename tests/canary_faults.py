"""What the portal under the canary search has beside its own pages: errors and log lines that quote people.

Web server and worker load this module instead of, or after, the portal's own entry point.
"""

import logging

from celery import shared_task
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from portal.wsgi import application
from tests.canary import BREAKING_PATH, BREAKING_TASK, LEAKING_WORD

__all__ = ["application"]


@csrf_exempt
def breaking_page(request: HttpRequest) -> HttpResponse:
    """The error somebody will write one day: its text quotes what was posted."""
    raise ValueError(f"cannot read {request.POST.dict()}")


@shared_task(name=BREAKING_TASK)
def breaking_task() -> None:
    """The same in the worker: its text quotes a decrypted column."""
    from portal.citizens.models import Person

    raise ValueError(f"cannot handle {Person.objects.latest('pk').full_name!r}")


def add_careless_handler() -> None:
    """Zalo's texts reach it as they reach the rooms; it logs those that ask for it."""
    from portal.zalo.events import Event, register_event_handler

    def careless(event: Event) -> None:
        if event.text.startswith(LEAKING_WORD):
            logging.getLogger("portal").info("heard %s", event.text)

    register_event_handler(("user_send_text",), careless)


def send_at_night() -> None:
    """A message to many waits for the morning; the search is made at any hour."""
    from portal.notifications import limits

    limits.QUIET_FROM, limits.QUIET_UNTIL = 24, 0


def add_breaking_page() -> None:
    """Before everything else, so that no unit's address takes it."""
    from portal import urls

    urls.urlpatterns.insert(0, path(BREAKING_PATH.lstrip("/"), breaking_page))


add_breaking_page()
add_careless_handler()
send_at_night()
