"""What the portal under the canary search has beside its own pages: errors whose text quotes personal data.

Web server and worker load this module instead of, or after, the portal's own entry point.
"""

from celery import shared_task
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from portal.wsgi import application
from tests.canary import BREAKING_PATH, BREAKING_TASK

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


def add_breaking_page() -> None:
    """Before everything else, so that no unit's address takes it."""
    from portal import urls

    urls.urlpatterns.insert(0, path(BREAKING_PATH.lstrip("/"), breaking_page))


add_breaking_page()
