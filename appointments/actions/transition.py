"""The one gate through which a booking changes its status.

Locks slot and booking, asks the table and the rule, sets, gives the place back when it becomes free,
appends a StatusEntry, records audit, tells the citizen when something was cancelled.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.places import append_entries, give_back_place, lock_slot_and_booking
from appointments.enums import RELEASED, BookingStatus
from appointments.models import Booking
from appointments.notices import BOOKING_CANCELLED
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.notifications.actions.queue_message import queue_message

# Only the actions that give a number lead from these to a booking.
UNCONFIRMED = (BookingStatus.HELD, BookingStatus.EXPIRED)
REASON_LIMIT = 200


@transaction.atomic
def move_booking(*, booking: Booking, to: str, by: Actor, reason: str = "") -> Booking:
    """Move to `to`; Conflict `move_not_allowed`, NotAllowed `not_allowed`, ValidationError `text_too_long`.

    Confirming has its own action, because it takes a number.
    """
    if len(reason) > REASON_LIMIT:
        text = _("Lý do dài nhất %(most)s ký tự.") % {"most": REASON_LIMIT}
        raise ValidationError({"reason": ValidationError(text, code="text_too_long")})
    locked = lock_slot_and_booking(booking.uid)
    move = BOOKING_WORKFLOW.check(locked.status, to, by=by, obj=locked, reason=reason)
    if locked.status in UNCONFIRMED and to == BookingStatus.BOOKED:
        raise Conflict("move_not_allowed", _("Lịch hẹn được xác nhận bằng mã, không chuyển trực tiếp."))
    append_entries([locked], to=to, actor=by.actor_ref, reason=reason)
    if to in RELEASED:
        give_back_place(locked)
    locked.status = to
    locked.save(update_fields=["status"])
    record(action=f"booking.{move.verb}", by=by, obj=locked, unit=locked.unit, detail={"to": to})
    if to == BookingStatus.CANCELLED and locked.number:
        tell_cancelled(locked, by=by)
    booking.status = to
    return locked


def tell_cancelled(booking: Booking, *, by: Actor) -> None:
    """One message to the contact; a booking made without a phone has nobody to tell here."""
    if booking.contact is None:
        return
    queue_message(
        notice=BOOKING_CANCELLED.key,
        to=booking.contact.contact_point,
        unit=booking.unit,
        intent=BOOKING_CANCELLED.key,
        about=booking.uid,
        context={"booking": str(booking.uid), "unit": booking.unit.police_name},
        by=by,
    )
