"""Call a whole day off (storm, power cut): everybody moves to another session or is asked to choose.

The decision is one short transaction: the session is cancelled, its slots take nobody any more, and a
SessionClosure says what is to be done. Its people follow in batches, each a transaction of its own; whoever
kills the process between two batches loses nothing, the clock goes on where the last batch ended.
"""

import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from appointments.actions.empty_session import empty_batch
from appointments.actions.places import lock_slots
from appointments.enums import BookingStatus, SessionStatus
from appointments.models import Booking, Session, SessionClosure, Slot
from appointments.workflow import SESSION_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor

REASON_LIMIT = 200
# What an officer's request waits for; the rest follows by the clock.
SECONDS_AT_ONCE = 10.0


def cancel_session(
    *, session: Session, reason: str, target: Session | None = None, by: Actor
) -> SessionClosure:
    """Call `session` off; with `target` everybody moves there in the order of the numbers, as places allow.

    The closure, finished or with the rest left to the clock. ValidationError {"reason": `reason_required` |
    `text_too_long`}, {"target": `target_unknown`}, Conflict `move_not_allowed`, NotAllowed `not_allowed`.
    """
    check_reason(reason)
    check_target(session, target)
    closure = _decide(session, reason=reason.strip(), target=target, by=by)
    finish(closure, seconds=SECONDS_AT_ONCE)
    return closure


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Xin nhập lý do."), code="reason_required")})
    if len(reason) > REASON_LIMIT:
        text = _("Lý do dài nhất %(most)s ký tự.") % {"most": REASON_LIMIT}
        raise ValidationError({"reason": ValidationError(text, code="text_too_long")})


def check_target(session: Session, target: Session | None) -> None:
    """Another session to come of the same unit and procedure."""
    if target is None:
        return
    same = target.campaign.procedure_id == session.campaign.procedure_id and target.unit_id == session.unit_id
    if not same or target.pk == session.pk or target.status != SessionStatus.PLANNED:
        text = _("Không chuyển sang buổi này được. Xin chọn buổi khác.")
        raise ValidationError({"target": ValidationError(text, code="target_unknown")})


@transaction.atomic
def _decide(session: Session, *, reason: str, target: Session | None, by: Actor) -> SessionClosure:
    lock_slots(*session.slots.values_list("pk", flat=True))
    locked = (
        Session.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=session.pk)
    )
    SESSION_WORKFLOW.check(locked.status, SessionStatus.CANCELLED, by=by, obj=locked, reason=reason)
    locked.status = SessionStatus.CANCELLED
    locked.save(update_fields=["status"])
    Slot.objects.filter(session=session).update(capacity=F("taken"), reserve=F("reserve_taken"))
    expected = Booking.objects.filter(
        session=session, status__in=(BookingStatus.ACCEPTED, BookingStatus.BOOKED)
    )
    closure = SessionClosure.objects.create(
        session=session,
        unit=locked.unit,
        target=target,
        reason=reason,
        closed_by=by.actor_ref,
        people=expected.count(),
    )
    detail: dict[str, Any] = {"people": closure.people, "move": target is not None}
    record(action="session.cancel", by=by, obj=locked, unit=locked.unit, detail=detail)
    session.status = SessionStatus.CANCELLED
    return closure


def finish(closure: SessionClosure, *, seconds: float) -> bool:
    """Batch after batch until nobody is left or the time is up; True when nobody is left."""
    until = time.monotonic() + seconds
    while not empty_batch(closure):
        if time.monotonic() > until:
            return False
    return True


def finish_closures(*, by: Actor, seconds: float = 40.0) -> int:
    """Go on with every closure that was interrupted; returns how many were finished.

    Somebody who confirmed while the day was being called off stands in a session that is already empty: its
    closure is taken up again.
    """
    stragglers = Booking.objects.filter(
        session__status=SessionStatus.CANCELLED,
        status__in=(BookingStatus.HELD, BookingStatus.ACCEPTED, BookingStatus.BOOKED),
    )
    again = SessionClosure.objects.filter(session__in=stragglers.order_by().values("session"))
    again.exclude(finished_at=None).update(finished_at=None)
    until = time.monotonic() + seconds
    waiting = list(SessionClosure.objects.unfinished().select_related("session", "target").order_by("pk"))
    return sum(finish(closure, seconds=max(0.0, until - time.monotonic())) for closure in waiting)
