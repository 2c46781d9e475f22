"""Messages about a visit: one for the whole party, to the phone it hangs on."""

import datetime as dt
from typing import Any

from appointments.models import Booking
from appointments.notices import BOOKING_CANCELLED, BOOKING_CANCELLED_BY_UNIT, BOOKING_CONFIRMED
from portal.common.actors import Actor
from portal.notifications.actions.queue_message import NewMessage, queue_message


def tell_booked(booking: Booking, *, starts_at: dt.datetime, by: Actor) -> None:
    """The confirmation, of no use once the visit has begun; nothing for a visit without a phone."""
    if booking.contact is not None:
        queue_message(**vars(confirmation(booking, starts_at=starts_at)), by=by)


def confirmation(booking: Booking, *, starts_at: dt.datetime) -> NewMessage:
    """The same for queue_messages; the booking has a contact."""
    assert booking.contact is not None
    return NewMessage(
        notice=BOOKING_CONFIRMED.key,
        to=booking.contact.contact_point,
        unit=booking.unit,
        intent=BOOKING_CONFIRMED.key,
        about=booking.uid,
        context=_context(booking),
        valid_until=starts_at,
    )


def tell_cancelled(booking: Booking, *, people: int = 1, by: Actor) -> None:
    """One message about `booking`, or about all `people` who were given back with it.

    A booking made without a phone has nobody to tell here. Who did not cancel himself must hear of it: when
    the message fails, an officer calls.
    """
    if booking.contact is None:
        return
    own = by.actor_ref == booking.contact.actor_ref
    notice = BOOKING_CANCELLED if own else BOOKING_CANCELLED_BY_UNIT
    queue_message(
        notice=notice.key,
        to=booking.contact.contact_point,
        unit=booking.unit,
        intent=BOOKING_CANCELLED.key,
        about=booking.uid,
        context=_context(booking) | {"people": people},
        valid_until=None if own else booking.slot.starts_at,
        by=by,
    )


def _context(booking: Booking) -> dict[str, Any]:
    return {"booking": str(booking.uid), "unit": booking.unit.police_name}
