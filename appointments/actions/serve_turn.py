"""The one gate through which a turn moves: call, call again, park, absent, redirect, finish, leave.

The booking follows through its own gate in the same transaction. Locks: the turn, then slot and booking.
"""

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus, TurnStatus
from appointments.floor import is_kept_elsewhere
from appointments.models import Booking, Counter, Turn
from appointments.workflow import TURN_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict

# What an officer presses: where the turn goes. `redirect` keeps the person for the counter that is named;
# `undo` takes back a check-in, `leave` says that somebody went home without being served.
VERBS = {
    "call": TurnStatus.CALLED,
    "recall": TurnStatus.CALLED,
    "park": TurnStatus.PARKED,
    "miss": TurnStatus.ABSENT,
    "put_back": TurnStatus.WAITING,
    "redirect": TurnStatus.WAITING,
    "finish": TurnStatus.DONE,
    "leave": TurnStatus.LEFT,
    "undo": TurnStatus.LEFT,
}
AT_COUNTER = ("call", "redirect")
WENT_HOME = _("Đã đến nhưng về khi chưa được làm.")


def serve_turn(
    *,
    turn: Turn,
    verb: str,
    by: Actor,
    counter: Counter | None = None,
    when: dt.datetime | None = None,
    reason: str = "",
) -> Turn:
    """Make the move `verb` (a key of VERBS) with a turn.

    `call` and `redirect` want a counter: Conflict `counter_required`. Conflict `counter_busy` when somebody
    else stands there, `kept_elsewhere` when a desk without network may be calling this person itself,
    `move_not_allowed`; NotAllowed `not_allowed`. `when` comes from a desk that worked without the network.
    """
    if verb not in VERBS:
        raise Conflict("move_not_allowed", _("Không có việc này."))
    if verb in AT_COUNTER and (counter is None or counter.unit_id != turn.unit_id):
        raise Conflict("counter_required", _("Xin chọn quầy."))
    try:
        with transaction.atomic():
            return _serve(turn, verb, by=by, counter=counter, now=when or timezone.now(), reason=reason)
    except IntegrityError:
        raise Conflict("counter_busy", _("Quầy này đang phục vụ một người khác.")) from None


def _serve(
    turn: Turn, verb: str, *, by: Actor, counter: Counter | None, now: dt.datetime, reason: str
) -> Turn:
    locked = (
        Turn.objects.select_for_update(of=("self",), no_key=True)
        .select_related("booking", "unit", "session", "counter", "redirected_to")
        .get(pk=turn.pk)
    )
    to = VERBS[verb]
    move = TURN_WORKFLOW.check(locked.status, to, by=by, obj=locked)
    if (verb == "recall") != (move.verb == "recall"):
        raise Conflict("move_not_allowed", _("Không thể chuyển từ trạng thái hiện tại."))
    if verb == "call" and is_kept_elsewhere(locked, counter=counter, now=now):
        raise Conflict("kept_elsewhere", _("Người này do một bàn đang mất mạng giữ."))
    _CHANGES.get(verb, _nothing)(locked, counter, now)
    locked.status = to
    locked.save()
    _move_booking_along(locked, verb, by=by, said=reason)
    record(action=f"turn.{verb}", by=by, obj=locked, unit=locked.unit, detail={"label": locked.label})
    return locked


def _nothing(turn: Turn, counter: Counter | None, now: dt.datetime) -> None:
    pass


def _call(turn: Turn, counter: Counter | None, now: dt.datetime) -> None:
    turn.counter, turn.redirected_to = counter, None
    turn.called_at, turn.announced_at, turn.finished_at = now, now, None
    turn.call_count += 1


def _recall(turn: Turn, counter: Counter | None, now: dt.datetime) -> None:
    turn.announced_at, turn.call_count = now, turn.call_count + 1


def _redirect(turn: Turn, counter: Counter | None, now: dt.datetime) -> None:
    turn.counter, turn.redirected_to = None, counter


def _put_back(turn: Turn, counter: Counter | None, now: dt.datetime) -> None:
    turn.counter = turn.called_at = turn.announced_at = None
    turn.call_count = max(turn.call_count - 1, 0)


def _finish(turn: Turn, counter: Counter | None, now: dt.datetime) -> None:
    turn.finished_at = now


_CHANGES: dict[str, Callable[[Turn, Counter | None, dt.datetime], None]] = {
    "call": _call,
    "recall": _recall,
    "redirect": _redirect,
    "put_back": _put_back,
    "finish": _finish,
}


def _move_booking_along(turn: Turn, verb: str, *, by: Actor, said: str) -> None:
    """FINISHED, back to BOOKED, or MISSED for whoever went home, so that he may choose another day.

    What the officer `said` is kept; whoever went home has a reason anyway.
    """
    follows = {
        "finish": (BookingStatus.FINISHED, ""),
        "undo": (BookingStatus.BOOKED, ""),
        "leave": (BookingStatus.MISSED, str(WENT_HOME)),
    }
    if turn.booking is None or verb not in follows:
        return
    to, reason = follows[verb]
    move_booking(booking=turn.booking, to=to, by=by, reason=said or reason)


def open_turn_of(booking: Booking) -> Turn | None:
    """The turn of somebody who is in the hall, or None."""
    return Turn.objects.filter(booking=booking).open().first()
