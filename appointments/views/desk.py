"""Officers' pages of the day: today's sessions, and the desk where people are checked in and called.

Every button is an operation of sync_desk, pressed as a form or sent by the script.
"""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appointments.actions.close_day import close_day
from appointments.actions.stations import day_of, note_presence
from appointments.actions.sync_desk import Answer, Operation, read_operations, sync_desk
from appointments.enums import BookingStatus, PriorityKind, TurnStatus
from appointments.floor import (
    counters_of,
    find_people,
    people_by_code,
    sessions_today,
    silent_stations,
    ticket_code,
    turns_of_day,
)
from appointments.floor import expected_people as people_of
from appointments.models import Booking, Session, Turn
from appointments.views.desk_access import PERMISSION, for_officers, for_session, station_of
from appointments.views.desk_state import answer_rows, counter_rows, hall_state, people_rows, person_name
from portal.audit.record import record_read
from portal.common.codes import clean_code
from portal.common.errors import DomainError, field_errors

TEXT_LIMIT = 300
TYPED = ("uid", "kind", "turn", "counter", "number", "priority")
ASSETS = (
    "css/portal.css",
    "css/desk-floor.css",
    "fonts/be-vietnam-pro-400.woff2",
    "fonts/be-vietnam-pro-600.woff2",
    "img/emblem.svg",
    "js/offline-store.js",
    "js/desk-queue.js",
    "js/desk-camera.js",
    "js/desk-floor.js",
    "js/vendor/qr-scanner-worker.js",
)


@require_GET
@for_officers
def today(request: HttpRequest) -> HttpResponse:
    """Today's sessions of the officer's units; a single one opens at once."""
    sessions = list(sessions_today(request.user.reach(PERMISSION)))
    if len(sessions) == 1:
        return redirect("desk:hall", sessions[0].uid)
    return render(request, "appointments/desk/today.html", {"sessions": sessions})


@require_GET
@for_session
def hall(request: HttpRequest, session: Session) -> HttpResponse:
    """Left who comes today, right my counter."""
    record_read(action="session.people_viewed", by=request.user, obj=session, unit=session.unit)
    return _hall_page(request, session)


def _hall_page(request: HttpRequest, session: Session, **found: Any) -> HttpResponse:
    station = station_of(request, session)
    note_presence(station=station, keeps_copy=False)
    people = list(people_of(session))
    turns = _named(list(turns_of_day(session)), people)
    day = day_of(session)
    context = {
        "session": session,
        "unit": session.unit,
        "station": station,
        "counters": counter_rows(session, station),
        "others": [one for one in counters_of(session.unit) if one.pk != station.counter_id],
        "expected": [_with_name(one) for one in people if one.status == BookingStatus.BOOKED],
        "current": next((one for one in turns if _is_at(one, station.counter_id)), None),
        "waiting": [one for one in turns if one.status == TurnStatus.WAITING],
        "aside": [one for one in turns if one.status in (TurnStatus.PARKED, TurnStatus.ABSENT)],
        "finished": sum(one.status == TurnStatus.DONE for one in turns),
        "silent": silent_stations(session),
        "priorities": PriorityKind.choices,
        "closed": day.closed_at is not None,
        "screen_url": reverse("appointments:screen", args=[session.unit.slug, day.screen_code]),
        "operation": uuid.uuid4(),
        **found,
    }
    return render(request, "appointments/desk/hall.html", context)


def _is_at(turn: Turn, counter_id: int | None) -> bool:
    return turn.status == TurnStatus.CALLED and turn.counter_id == counter_id and counter_id is not None


def _with_name(booking: Booking) -> Booking:
    booking.person_name = person_name(booking)  # type: ignore[attr-defined]
    return booking


def _named(turns: list[Turn], people: list[Booking]) -> list[Turn]:
    names = {booking.pk: person_name(booking) for booking in people}
    for turn in turns:
        turn.person_name = names.get(turn.booking_id or 0, "")  # type: ignore[attr-defined]
    return turns


# ---- by form


@require_POST
@for_session
def press(request: HttpRequest, session: Session) -> HttpResponse:
    """One button of the page without script; back to the page with what became of it."""
    try:
        operations = _operations_of(request)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("desk:hall", session.uid)
    _tell(request, _do(request, session, operations))
    return redirect("desk:hall", session.uid)


def _operations_of(request: HttpRequest) -> list[Operation]:
    """The form as operations: one, or one for each person who was ticked.

    Every uid follows from that of the page and from what was pressed, so that a form sent twice is the same
    operation, and another button of an old page is another one.
    """
    typed = {name: value for name, value in request.POST.items() if value and name in TYPED}
    page = read_operations([{"uid": typed.get("uid"), "kind": "page"}])[0].uid
    bookings = request.POST.getlist("booking") if typed.get("kind") == "check_in" else [""]
    if not bookings:
        raise ValidationError(_("Xin chọn ít nhất một người đã đến."), code="nobody_chosen")
    pressed = "/".join(typed.get(name, "") for name in ("kind", "turn", "counter", "number"))
    return read_operations(
        [typed | {"uid": uuid.uuid5(page, f"{pressed}/{text}"), "booking": text} for text in bookings]
    )


def _do(request: HttpRequest, session: Session, operations: list[Operation]) -> list[Answer]:
    station = station_of(request, session)
    return sync_desk(station=station, operations=operations, by=request.user, keeps_copy=station.keeps_copy)


def _tell(request: HttpRequest, answers: list[Answer]) -> None:
    for answer in answers:
        if answer.message:
            messages.error(request, answer.message)
        elif answer.turn is not None:
            facts = {"label": answer.turn.label, "status": answer.turn.get_status_display()}
            messages.success(request, _("Số %(label)s: %(status)s.") % facts)


@require_POST
@for_session
def search(request: HttpRequest, session: Session) -> HttpResponse:
    """A scanned ticket checks in whoever comes alone; a family, a name, a phone or a birth date is a choice.

    What was typed is personal: it is answered here and never becomes part of an address. The script asks for
    JSON, gets who is meant, and checks in by itself.
    """
    text = request.POST.get("text", "").strip()[:TEXT_LIMIT]
    family = _scanned(session, text)
    expected = [one for one in family if one.status == BookingStatus.BOOKED]
    asks_for_json = request.headers.get("Accept", "").startswith("application/json")
    if len(family) == 1 and expected and not asks_for_json:
        operation = Operation(uid=uuid.uuid4(), kind="check_in", booking=expected[0].uid)
        _tell(request, _do(request, session, [operation]))
        return redirect("desk:hall", session.uid)
    people = family or find_people(session, text)
    record_read(action="session.people_searched", by=request.user, obj=session, unit=session.unit)
    if asks_for_json:
        return JsonResponse({"bookings": [str(one.uid) for one in people]})
    return _hall_page(request, session, searched=True, found=[_with_name(one) for one in people], text=text)


def _scanned(session: Session, text: str) -> list[Booking]:
    """The party of a ticket's address or declaration code."""
    try:
        return people_by_code(session, clean_code(ticket_code(text) or text))
    except ValidationError:
        return []


@require_POST
@for_session
def close(request: HttpRequest, session: Session) -> HttpResponse:
    """The day is over: who did not come has missed the visit."""
    try:
        figures = close_day(session=session, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        text = _("Đã kết thúc ngày làm việc: %(missed)s người không đến, %(left)s lượt còn mở đã đóng.")
        messages.success(request, text % figures)
    return redirect("desk:hall", session.uid)


# ---- by script


@require_GET
@for_session
def state(request: HttpRequest, session: Session) -> HttpResponse:
    """How the hall is now; asking is also the desk's sign of life."""
    station = station_of(request, session)
    note_presence(station=station, keeps_copy=True)
    return JsonResponse(hall_state(request, session, station))


@require_GET
@for_session
def people(request: HttpRequest, session: Session) -> HttpResponse:
    """Who comes today, for the desk's encrypted copy; every download is a look at names."""
    record_read(action="session.people_viewed", by=request.user, obj=session, unit=session.unit)
    return JsonResponse({"people": people_rows(session)})


@require_POST
@for_session
def sync(request: HttpRequest, session: Session) -> HttpResponse:
    """Operations in, what became of each and the hall out."""
    try:
        operations = read_operations(json.loads(request.body).get("operations"))
    except (ValueError, AttributeError):
        return _problem("operations_invalid", _("Dữ liệu gửi lên không đúng dạng."), 400)
    except ValidationError as error:
        code, message = next(iter(field_errors(error).values()))[0]
        return _problem(code, message, 400)
    station = station_of(request, session)
    try:
        answers = sync_desk(station=station, operations=operations, by=request.user, keeps_copy=True)
    except DomainError as refusal:
        return _problem(refusal.code, refusal.message, refusal.status)
    return JsonResponse({"answers": answer_rows(answers), "state": hall_state(request, session, station)})


def _problem(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": str(message)}, status=status)


@require_GET
@for_officers
def shell(request: HttpRequest) -> HttpResponse:
    """The page of a desk without a word about anybody: what a reload shows while the network is down."""
    context = {"priorities": PriorityKind.choices, "shell": True}
    return render(request, "appointments/desk/hall.html", context)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that serves the shell without the network; it lives below the desks' address, so it sees
    nothing else of the portal. The log-in does not matter: it holds addresses of static files."""
    context = {"shell_url": reverse("desk:shell"), "assets": [static(path) for path in ASSETS]}
    response = render(request, "appointments/desk/worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
