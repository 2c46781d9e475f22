"""Who gets to the desks, and which desk a browser is."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from appointments.actions.stations import open_station
from appointments.models import Session, Station

PERMISSION = "appointments.check_in_booking"
STATIONS = "desk_stations"
STATION_HEADER = "X-Desk-Station"
View = Callable[..., HttpResponse]


def for_officers(view: View) -> View:
    """The log-in for strangers, 403 without the permission, and the strict content policy."""
    strict = csp_replace(dict(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]))

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return strict(wrapped)


def for_session(view: View) -> View:
    """Pass the session of `session_uid` when it belongs to a unit where this officer works; 404 otherwise."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, session_uid: uuid.UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = Session.objects.filter(uid=session_uid, unit__in=request.user.reach(PERMISSION))
        session = mine.select_related("unit", "campaign__procedure").first()
        if session is None:
            raise Http404
        return view(request, session, *args, **kwargs)

    return for_officers(wrapped)


def station_of(request: HttpRequest, session: Session) -> Station:
    """This browser's desk in this session; a new one when it has none.

    The script names the desk its copy belongs to, so that walk-in numbers given without the network keep
    their prefix when the officer has had to log in again.
    """
    kept = request.session.get(STATIONS, {})
    stations = Station.objects.filter(session=session).select_related("session__unit", "counter")
    station: Station | None = None
    for known in (request.headers.get(STATION_HEADER, ""), kept.get(str(session.uid), "")):
        if station is None and _is_uid(known):
            station = stations.filter(uid=known).first()
    if station is None:
        station = open_station(session=session, by=request.user)
    if kept.get(str(session.uid)) != str(station.uid):
        request.session[STATIONS] = {**kept, str(session.uid): str(station.uid)}
    station.session = session
    return station


def _is_uid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
