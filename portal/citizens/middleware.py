"""`request.citizen`: who this browser has shown to be, looked up only when somebody asks."""

import functools
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.citizens import models
from portal.citizens.actions.sessions import find_session

Handler = Callable[[HttpRequest], HttpResponse]


def _citizen_session(request: HttpRequest) -> models.CitizenSession | None:
    secret = request.COOKIES.get(settings.CITIZEN_COOKIE_NAME, "")
    return find_session(secret) if secret else None


def _citizen(request: HttpRequest) -> models.Contact | None:
    session = request.citizen_session
    return session.contact if session else None


@functools.cache
def _with_citizen(request_class: type[HttpRequest]) -> type[HttpRequest]:
    """The request's class with two lazy attributes.

    A SimpleLazyObject would do for a user who always exists, but a lazy None is not `is None` and cannot
    be written into a nullable foreign key.
    """
    attributes = {
        "citizen_session": functools.cached_property(_citizen_session),
        "citizen": property(_citizen),
        "__module__": request_class.__module__,
    }
    return type(request_class.__name__, (request_class,), attributes)


class CitizenSession:
    """Gives requests `citizen_session` (CitizenSession | None) and `citizen` (Contact | None)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.__class__ = _with_citizen(type(request))
        return self.get_response(request)
