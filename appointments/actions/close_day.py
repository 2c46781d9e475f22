"""The end of a working day: who did not come has missed the visit, nobody is left in the hall.

An appointment nobody came for ends with that working day and the person books again (Decree 70/2024/NĐ-CP,
article 21).
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.serve_turn import WENT_HOME
from appointments.actions.stations import day_of, refuse_strangers
from appointments.actions.transition import move_booking
from appointments.desk_rules import day_is_over
from appointments.enums import BookingStatus, SessionStatus, TurnStatus
from appointments.floor import last_end
from appointments.models import Booking, DeskDay, Session, Station, Turn
from appointments.workflow import TURN_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import LOCAL
from portal.common.errors import Conflict

BATCH = 200


def close_day(*, session: Session, by: Actor) -> dict[str, int]:
    """Close one session; {"missed", "left"} say how many. A second call finds nothing and changes nothing.

    Conflict `day_not_over` before its last slot has ended; NotAllowed.
    """
    refuse_strangers(by, session)
    now = timezone.now()
    if not day_is_over(date=session.date, last_end=last_end(session), now=now.astimezone(LOCAL), evening=0):
        raise Conflict("day_not_over", _("Buổi làm việc chưa kết thúc: còn khung giờ chưa qua."))
    figures = {"left": _close_turns(session, by), "missed": _miss_bookings(session, by)}
    day = day_of(session)
    if day.closed_at is None:
        DeskDay.objects.filter(pk=day.pk).update(closed_at=now)
        Station.objects.filter(session=session, released_at=None).update(released_at=now)
        record(action="session.day_closed", by=by, obj=session, unit=session.unit, detail=figures)
    return figures


def _miss_bookings(session: Session, by: Actor) -> int:
    """Each in a transaction of its own: a crash in the middle loses nothing, the next run goes on."""
    if session.status == SessionStatus.CANCELLED:
        return 0
    missed = 0
    for booking in Booking.objects.filter(session=session, status=BookingStatus.BOOKED).order_by("pk"):
        try:
            move_booking(booking=booking, to=BookingStatus.MISSED, by=by)
            missed += 1
        except Conflict:  # checked in or cancelled in this very second
            continue
    return missed


def _close_turns(session: Session, by: Actor) -> int:
    closed = 0
    for turn in Turn.objects.filter(session=session).open().order_by("pk"):
        closed += _close_turn(turn, by)
    return closed


@transaction.atomic
def _close_turn(turn: Turn, by: Actor) -> bool:
    """Whoever stood at a counter was most likely served and is left CHECKED_IN for an officer to finish; the
    others were not, and may choose another day."""
    turns = Turn.objects.select_for_update(of=("self",), no_key=True).select_related("booking", "unit")
    locked = turns.filter(pk=turn.pk).open().first()
    if locked is None:
        return False
    was_served = locked.status == TurnStatus.CALLED
    TURN_WORKFLOW.check(locked.status, TurnStatus.LEFT, by=by, obj=locked)
    locked.status = TurnStatus.LEFT
    locked.save(update_fields=["status"])
    if locked.booking is not None and not was_served:
        move_booking(booking=locked.booking, to=BookingStatus.MISSED, by=by, reason=str(WENT_HOME))
    return True


def close_past_days(*, by: Actor) -> int:
    """Close every session whose working day is over; returns how many."""
    now = timezone.now().astimezone(LOCAL)
    open_days = Session.objects.filter(date__lte=now.date(), date__gte=now.date() - dt.timedelta(days=31))
    unclosed = open_days.exclude(desk_day__closed_at__isnull=False).select_related("unit", "campaign")
    closed = 0
    for session in unclosed.order_by("date", "pk")[:BATCH]:
        if day_is_over(date=session.date, last_end=last_end(session), now=now):
            close_day(session=session, by=by)
            closed += 1
    return closed
