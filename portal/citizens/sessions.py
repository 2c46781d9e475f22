"""The `citizen` cookie: the only place that sets and clears it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.citizens.actions.sessions import end_session, start_session
from portal.citizens.models import CitizenSession, Contact

DAY = 24 * 3600


def open_session(*, contact: Contact, response: HttpResponse, device_label: str = "") -> CitizenSession:
    """Start a session for a contact who just answered a code and put its cookie on `response`.

    Every call makes a new secret, so a cookie planted beforehand gains nothing.
    """
    session, secret = start_session(contact=contact, device_label=device_label)
    response.set_cookie(
        settings.CITIZEN_COOKIE_NAME,
        secret,
        max_age=settings.CITIZEN_SESSION_DAYS * DAY,
        path="/",
        secure=settings.CITIZEN_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return session


def close_session(*, request: HttpRequest, response: HttpResponse) -> None:
    """Log this browser out; harmless when it is not logged in."""
    if request.citizen_session is not None:
        end_session(session=request.citizen_session)
    response.delete_cookie(settings.CITIZEN_COOKIE_NAME, path="/", samesite="Lax")
