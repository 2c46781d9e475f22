"""Somebody has come: with an appointment, or without one.

A turn stands for whoever is in the hall. The booking behind it moves through its own gate in the same
transaction. Locks: turn before slot and booking; a new turn is inserted while its booking is locked.
"""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.stations import refuse_strangers
from appointments.actions.transition import move_booking
from appointments.desk_rules import due_minute
from appointments.enums import BookingStatus, PriorityKind
from appointments.models import Booking, Session, Station, Turn
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import LOCAL, show_date
from portal.common.errors import Conflict

MOST_WALK_INS = 999


def check_priority(kind: str) -> str:
    """A kind of priority or ""; ValidationError `priority_unknown`."""
    if kind and kind not in PriorityKind.values:
        text = _("Không có diện ưu tiên này.")
        raise ValidationError({"priority": ValidationError(text, code="priority_unknown")})
    return kind


@transaction.atomic
def check_in(
    *,
    booking: Booking,
    by: Actor,
    session: Session | None = None,
    priority: str = "",
    station: Station | None = None,
    turn_uid: uuid.UUID | None = None,
    when: dt.datetime | None = None,
    reason: str = "",
) -> Turn:
    """The turn of a booking whose person has come; the booking becomes CHECKED_IN.

    `session`, when given, must be the booking's: Conflict `other_session`. Otherwise the refusals of
    move_booking (`move_not_allowed` for whoever is checked in already) and `priority_unknown`.
    `turn_uid` and `when` come from a desk that worked without the network.
    """
    check_priority(priority)
    if session is not None and booking.session_id != session.pk:
        _refuse_other_session(booking)
    locked = move_booking(booking=booking, to=BookingStatus.CHECKED_IN, by=by, reason=reason)
    arrived = when or timezone.now()
    due, is_late = due_minute(
        slot_starts=locked.slot.starts,
        slot_ends=locked.slot.starts + locked.slot.minutes,
        arrived=_minute(arrived),
    )
    return Turn.objects.create(
        uid=turn_uid or uuid.uuid4(),
        session=locked.session,
        unit=locked.unit,
        booking=locked,
        procedure=locked.declaration.procedure,
        label=str(locked.number),
        is_priority=bool(priority),
        priority_kind=priority or None,
        due=due,
        is_late=is_late,
        order=locked.number or 0,
        station=station,
        checked_in_at=arrived,
    )


def _refuse_other_session(booking: Booking) -> None:
    facts = {"day": show_date(booking.session.date), "place": booking.session.place_name}
    text = _("Phiếu này hẹn ngày %(day)s tại %(place)s, không phải buổi này.") % facts
    raise Conflict("other_session", text)


def _minute(when: dt.datetime) -> int:
    local = when.astimezone(LOCAL)
    return local.hour * 60 + local.minute


def check_in_party(
    *, bookings: list[Booking], by: Actor, session: Session, station: Station | None, priority: str = ""
) -> list[Turn]:
    """Everybody of a family who came; all or nobody. ValidationError `nobody_chosen` for an empty choice."""
    if not bookings:
        text = _("Xin chọn ít nhất một người đã đến.")
        raise ValidationError({"people": ValidationError(text, code="nobody_chosen")})
    with transaction.atomic():
        return [
            check_in(booking=booking, by=by, session=session, priority=priority, station=station)
            for booking in sorted(bookings, key=lambda one: one.slot_id)
        ]


@transaction.atomic
def walk_in(
    *,
    station: Station,
    by: Actor,
    priority: str = "",
    number: int | None = None,
    turn_uid: uuid.UUID | None = None,
    when: dt.datetime | None = None,
) -> Turn:
    """A turn for somebody without an appointment: a number of this desk, no personal data.

    `number` was given without the network; Conflict `label_taken` when this desk gave it twice.
    ValidationError `number_invalid`, `priority_unknown`; NotAllowed.
    """
    refuse_strangers(by, station.session)
    check_priority(priority)
    locked = Station.objects.select_for_update(of=("self",), no_key=True).get(pk=station.pk)
    wanted = _walk_in_number(locked, number)
    locked.last_walk_in = max(locked.last_walk_in, wanted)
    locked.save(update_fields=["last_walk_in"])
    station.last_walk_in = locked.last_walk_in
    session, arrived = station.session, when or timezone.now()
    turn = Turn.objects.create(
        uid=turn_uid or uuid.uuid4(),
        session=session,
        unit=session.unit,
        procedure=session.campaign.procedure,
        label=locked.walk_in_label(wanted),
        is_priority=bool(priority),
        priority_kind=priority or None,
        due=_minute(arrived),
        order=1000 * locked.number + wanted,
        station=station,
        checked_in_at=arrived,
    )
    record(action="turn.opened", by=by, obj=turn, unit=turn.unit, detail={"label": turn.label})
    return turn


def _walk_in_number(station: Station, number: int | None) -> int:
    wanted = station.last_walk_in + 1 if number is None else number
    if not 1 <= wanted <= MOST_WALK_INS:
        text = _("Số ngoài khoảng cho phép.")
        raise ValidationError({"number": ValidationError(text, code="number_invalid")})
    label = station.walk_in_label(wanted)
    if number is not None and Turn.objects.filter(session_id=station.session_id, label=label).exists():
        raise Conflict("label_taken", _("Số %(label)s đã được cấp.") % {"label": label})
    return wanted


@transaction.atomic
def mark_priority(*, turn: Turn, kind: str, by: Actor) -> Turn:
    """Set, change or take away ("") the priority of somebody who waits; `priority_unknown`, NotAllowed."""
    refuse_strangers(by, turn.session)
    check_priority(kind)
    locked = Turn.objects.select_for_update(of=("self",), no_key=True).get(pk=turn.pk)
    locked.is_priority, locked.priority_kind = bool(kind), kind or None
    locked.save(update_fields=["is_priority", "priority_kind"])
    record(action="turn.priority", by=by, obj=locked, unit=turn.unit, detail={"priority": locked.is_priority})
    return locked
