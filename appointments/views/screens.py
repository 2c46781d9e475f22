"""What everybody may see of the day: the calling screen in the hall, and how far the desks are."""

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from appointments.floor import day_by_screen, live_days, screen_state
from portal.units.models import Unit
from portal.units.pages import for_unit


@require_GET
@for_unit
def screen(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """The big screen: numbers and counters, never a name."""
    day = day_by_screen(unit, code)
    if day is None:
        raise Http404
    context = {"unit": unit, "session": day.session, "code": code, **screen_state(day.session)}
    return render(request, "appointments/desk/screen.html", context)


@require_GET
@for_unit
def screen_calls(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """The same as JSON; 304 while nothing has changed, since every screen asks every two seconds."""
    day = day_by_screen(unit, code)
    if day is None:
        raise Http404
    body = json.dumps(screen_state(day.session), ensure_ascii=False)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_GET
@for_unit
def live(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Today's sessions with the number that is being served."""
    return render(request, "appointments/live.html", {"unit": unit, "days": live_days(unit)})
