"""The one gate through which a booking changes its status.

Locks slot and booking, asks the table and the rule, sets, gives the place back when it becomes free,
appends a StatusEntry, records audit, tells the citizen when something was cancelled.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.places import append_entries, give_back_places, lock_bookings
from appointments.actions.tell_visit import tell_cancelled
from appointments.enums import RELEASED, BookingStatus
from appointments.models import Booking
from appointments.workflow import BOOKING_WORKFLOW, BY_OWN_ACTION
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict

REASON_LIMIT = 200


@transaction.atomic
def move_booking(*, booking: Booking, to: str, by: Actor, reason: str = "") -> Booking:
    """Move to `to`; Conflict `move_not_allowed`, NotAllowed `not_allowed`, ValidationError `text_too_long`.

    Confirming has its own action, because it takes a number.
    """
    if len(reason) > REASON_LIMIT:
        text = _("Lý do dài nhất %(most)s ký tự.") % {"most": REASON_LIMIT}
        raise ValidationError({"reason": ValidationError(text, code="text_too_long")})
    [locked] = lock_bookings(booking.uid)
    move = BOOKING_WORKFLOW.check(locked.status, to, by=by, obj=locked, reason=reason)
    if (locked.status, to) in BY_OWN_ACTION:
        raise Conflict("move_not_allowed", _("Việc này có trang riêng, không chuyển trực tiếp."))
    append_entries([locked], to=to, actor=by.actor_ref, reason=reason)
    if to in RELEASED and locked.status not in RELEASED:
        give_back_places([locked])
    locked.status = to
    locked.save(update_fields=["status"])
    record(action=f"booking.{move.verb}", by=by, obj=locked, unit=locked.unit, detail={"to": to})
    if to == BookingStatus.CANCELLED and locked.number:
        tell_cancelled(locked, by=by)
    booking.status = to
    return locked
