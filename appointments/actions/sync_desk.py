"""What a desk did, one press of a button after the other: now, or an hour ago without the network.

Every operation has a uid made by the browser and is done once, however often it arrives. What cannot be
done any more because a colleague was faster is merged or refused, and the desk is told which.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.call_next import call_next
from appointments.actions.check_in import check_in, mark_priority, walk_in
from appointments.actions.serve_turn import VERBS, open_turn_of, serve_turn
from appointments.actions.stations import (
    choose_counter,
    note_presence,
    refuse_strangers,
    release_station,
)
from appointments.enums import TurnStatus
from appointments.models import Booking, Counter, DeskOperation, Station, Turn
from portal.common.actors import Actor
from portal.common.errors import Conflict, DomainError, field_errors

MOST_OPERATIONS = 500
NOBODY = uuid.UUID(int=0)
DONE, ALREADY, MERGED, REFUSED = "done", "already", "merged", "refused"
# The person was really there, whatever the table thinks of the order in which two desks tell it.
SETTLED = {"finish": TurnStatus.DONE, "leave": TurnStatus.LEFT, "undo": TurnStatus.LEFT}


@dataclass(frozen=True)
class Operation:
    """`turn` is the uid of a turn of the server, or one this browser made; `ago`: seconds before sending."""

    uid: uuid.UUID
    kind: str
    ago: int = 0
    turn: uuid.UUID | None = None
    booking: uuid.UUID | None = None
    number: int | None = None
    counter: int | None = None
    priority: str = ""
    take_over: bool = False
    about: uuid.UUID | None = None


@dataclass(frozen=True)
class Answer:
    """What became of an operation; `code` and `message` say why it was refused or merged."""

    uid: uuid.UUID
    outcome: str
    turn: Turn | None = None
    code: str = ""
    message: str = ""


def read_operations(data: Any) -> list[Operation]:
    """Operations from JSON; ValidationError `operations_invalid` for anything else."""
    try:
        return [_read(item) for item in data][:MOST_OPERATIONS]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValidationError(_("Dữ liệu gửi lên không đúng dạng."), code="operations_invalid") from None


def _read(item: dict[str, Any]) -> Operation:
    def uid(name: str) -> uuid.UUID | None:
        return uuid.UUID(str(item[name])) if item.get(name) else None

    def number(name: str) -> int | None:
        return int(item[name]) if item.get(name) is not None else None

    return Operation(
        uid=uuid.UUID(str(item["uid"])),
        kind=str(item["kind"])[:12],
        ago=max(0, min(int(item.get("ago", 0)), 24 * 3600)),
        turn=uid("turn"),
        booking=uid("booking"),
        number=number("number"),
        counter=number("counter"),
        priority=str(item.get("priority") or ""),
        take_over=item.get("take_over") is True,
        about=uid("about"),
    )


def sync_desk(
    *, station: Station, operations: list[Operation], by: Actor, keeps_copy: bool = True
) -> list[Answer]:
    """Do the operations in their order, each in a transaction of its own; one answer for each.

    `keeps_copy`: the desk can go on without the network, so its people are kept for it when it falls silent.

    NotAllowed `not_allowed` when `by` may not work at these desks; refusals of single operations are answers.
    """
    refuse_strangers(by, station.session)
    note_presence(station=station, keeps_copy=keeps_copy)
    return [_once(station, operation, by) for operation in operations]


def _once(station: Station, operation: Operation, by: Actor) -> Answer:
    known = DeskOperation.objects.filter(client_uid=operation.uid).select_related("turn").first()
    if known is not None:
        return _answer_again(known)
    do = _KINDS.get(operation.kind)
    if do is None:
        return Answer(operation.uid, REFUSED, None, "kind_unknown", _("Không có việc này."))
    try:
        with transaction.atomic():
            turn, note = do(station, operation, by)
            _note(station, operation, MERGED if note else DONE, by=by, turn=turn, note=note)
            return Answer(operation.uid, MERGED if note else DONE, turn, note)
    except IntegrityError:  # the same press arrived twice at once
        known = DeskOperation.objects.filter(client_uid=operation.uid).select_related("turn").first()
        if known is None:
            raise
        return _answer_again(known)
    except DomainError as refusal:
        return _refuse(station, operation, refusal.code, refusal.message, by=by)
    except ValidationError as error:
        code, message = next(iter(field_errors(error).values()))[0]
        return _refuse(station, operation, code, message, by=by)


def _answer_again(known: DeskOperation) -> Answer:
    outcome = REFUSED if known.outcome == REFUSED else ALREADY
    return Answer(known.client_uid, outcome, known.turn, known.note)


def _note(
    station: Station, operation: Operation, outcome: str, *, by: Actor, turn: Turn | None, note: str
) -> None:
    DeskOperation.objects.create(
        client_uid=operation.uid,
        station=station,
        kind=operation.kind,
        turn=turn,
        local_turn=operation.turn,
        outcome=outcome,
        note=note[:40],
        actor=by.actor_ref,
    )


def _refuse(station: Station, operation: Operation, code: str, message: str, *, by: Actor) -> Answer:
    turn = _find_turn(station, operation.turn)
    try:
        with transaction.atomic():
            _note(station, operation, REFUSED, by=by, turn=turn, note=code)
    except IntegrityError:  # refused twice at once
        pass
    return Answer(operation.uid, REFUSED, turn, code, message)


# ---- what each kind does: (the turn, "" or what was merged)

Result = tuple[Turn | None, str]


def _when(operation: Operation) -> dt.datetime:
    return timezone.now() - dt.timedelta(seconds=operation.ago)


def _find_turn(station: Station, uid: uuid.UUID | None) -> Turn | None:
    """A turn of this session by its own uid, or by the one this browser knew it by."""
    if uid is None:
        return None
    turns = Turn.objects.filter(session=station.session_id).select_related("session__unit", "unit")
    named = DeskOperation.objects.filter(station=station, local_turn=uid, turn__isnull=False)
    known_as = named.order_by("pk").values_list("turn_id", flat=True).first()
    return turns.filter(uid=uid).first() or (turns.filter(pk=known_as).first() if known_as else None)


def _turn(station: Station, operation: Operation) -> Turn:
    found = _find_turn(station, operation.turn)
    if found is None:
        raise Conflict("turn_unknown", _("Không tìm thấy lượt này trong buổi làm việc."))
    return found


def _counter(station: Station, number: int | None) -> Counter | None:
    if number is None:
        return station.counter
    return Counter.objects.filter(unit=station.session.unit, number=number, is_active=True).first()


def _check_in(station: Station, operation: Operation, by: Actor) -> Result:
    wanted = operation.booking or NOBODY
    booking = Booking.objects.filter(uid=wanted).select_related("session").first()
    if booking is None:
        raise Conflict("booking_unknown", _("Không tìm thấy lịch hẹn này."))
    turn = open_turn_of(booking) if booking.session_id == station.session_id else None
    if turn is not None:  # a colleague was faster: one person, one turn
        return turn, "checked_in_elsewhere"
    turn = check_in(
        booking=booking,
        by=by,
        session=station.session,
        priority=operation.priority,
        station=station,
        turn_uid=operation.turn,
        when=_when(operation),
    )
    return turn, ""


def _walk_in(station: Station, operation: Operation, by: Actor) -> Result:
    turn = walk_in(
        station=station,
        by=by,
        priority=operation.priority,
        number=operation.number,
        turn_uid=operation.turn,
        when=_when(operation),
    )
    return turn, ""


def _next(station: Station, operation: Operation, by: Actor) -> Result:
    finish = _turn(station, operation) if operation.turn else None
    counter = station.counter
    return call_next(session=station.session, counter=counter, by=by, station=station, finish=finish), ""


def _cancel_next(station: Station, operation: Operation, by: Actor) -> Result:
    """The answer to "next" never came and the desk went on without: whoever was called waits again.

    When "next" never arrived either, its uid is used up, so that it cannot arrive later.
    """
    about = operation.about or NOBODY
    asked = DeskOperation.objects.filter(client_uid=about, station=station).first()
    if asked is None and about != NOBODY:
        spent = Operation(uid=about, kind="next")
        _note(station, spent, REFUSED, by=by, turn=None, note="called_off")
    turn = asked.turn if asked else None
    if turn is None or turn.status != TurnStatus.CALLED or turn.counter_id != station.counter_id:
        return None, ""
    return serve_turn(turn=turn, verb="put_back", by=by), ""


def _serve(station: Station, operation: Operation, by: Actor) -> Result:
    turn = _turn(station, operation)
    if turn.status == SETTLED.get(operation.kind):
        return turn, "settled_elsewhere"
    counter = _counter(station, operation.counter)
    return serve_turn(turn=turn, verb=operation.kind, by=by, counter=counter, when=_when(operation)), ""


def _priority(station: Station, operation: Operation, by: Actor) -> Result:
    return mark_priority(turn=_turn(station, operation), kind=operation.priority, by=by), ""


def _choose_counter(station: Station, operation: Operation, by: Actor) -> Result:
    wanted = None if operation.number is None else _counter(station, operation.number)
    if operation.number is not None and wanted is None:
        raise Conflict("counter_required", _("Không có quầy này."))
    choose_counter(station=station, counter=wanted, by=by, take_over=operation.take_over)
    return None, ""


def _release(station: Station, operation: Operation, by: Actor) -> Result:
    """Take over the people of another desk, named by its number."""
    other = Station.objects.filter(session=station.session, number=operation.number or 0).first()
    if other is None:
        raise Conflict("station_unknown", _("Không có bàn này."))
    release_station(station=other, by=by)
    return None, ""


_KINDS: dict[str, Callable[[Station, Operation, Actor], Result]] = {
    "check_in": _check_in,
    "walk_in": _walk_in,
    "next": _next,
    "cancel_next": _cancel_next,
    "priority": _priority,
    "counter": _choose_counter,
    "release": _release,
    **dict.fromkeys(VERBS, _serve),
}
