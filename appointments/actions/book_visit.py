"""A booking without a code: an officer or a command attests who the people are; the number comes at once."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments.actions.change_hold import release_holds
from appointments.actions.places import insert_with_places, lock_campaign, refuse_full
from appointments.actions.prepare_visit import (
    check_request,
    earlier_holds,
    new_bookings,
    offering_others,
    refuse_registered,
)
from appointments.actions.remind import next_reminder
from appointments.actions.tell_visit import tell_booked
from appointments.actions.write_people import attested_people
from appointments.enums import BookingStatus
from appointments.models import Booking, Helper
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import new_entry
from portal.citizens.actions.contacts import ensure_contact
from portal.common.actors import Actor
from portal.common.inserts import insert_rows
from portal.units.models import Unit


def book_visit(
    *,
    unit: Unit,
    slot: Any,
    data: dict[str, Any],
    people: Sequence[dict[str, Any]] = (),
    attested: bool = False,
    helper: Helper | None = None,
    by: Actor,
) -> Booking:
    """The first of the numbered bookings; arguments, errors as `hold_visit`, and NotAllowed `not_allowed`.

    The staff's reserve of the slot is used first, then places of the public. `attested` says that `by` knows
    the people and vouches for them: then they need no phone, and without one there is no contact and nobody
    is told by message. `helper` is the enrolment by which `by` registers others.
    """
    details, chosen, service = check_request(
        unit=unit, slot=slot, data=data, people=people, phone_required=not attested
    )
    bookings = new_bookings(unit=unit, slot=chosen, service=service, details=details, by=by)
    for booking in bookings:
        booking.helper = helper
        BOOKING_WORKFLOW.check(BookingStatus.HELD, BookingStatus.BOOKED, by=by, obj=booking)
    earlier = earlier_holds(bookings)
    with offering_others(chosen):
        if not earlier:
            refuse_full(chosen, count=len(bookings), staff=True)
        try:
            with transaction.atomic():
                _book(bookings, earlier=earlier, phone=details[0].get("phone", ""), by=by)
        except IntegrityError:
            refuse_registered(bookings)
            raise
    return bookings[0]


def _book(bookings: list[Booking], *, earlier: list[Booking], phone: str, by: Actor) -> None:
    """People, message and journal, then the locked part."""
    first, now = bookings[0], timezone.now()
    contact = ensure_contact(phone=phone, by=by) if phone else None
    rows = attested_people(bookings, contact=contact, by=by)
    for booking in bookings:
        booking.contact, booking.status, booking.booked_at = contact, BookingStatus.BOOKED, now
        booking.remind_at = next_reminder(starts_at=first.slot.starts_at, after=now)
        rows.append(new_entry(action="booking.book_attested", by=by, obj=booking, unit=booking.unit))
    insert_rows(rows)
    tell_booked(first, starts_at=first.slot.starts_at, by=by)
    mine = {booking.person_key for booking in bookings}
    lock_campaign(first.session.campaign_id, persons=mine)
    release_holds([hold for hold in earlier if hold.person_key in mine], new_slot=first.slot, by=by)
    insert_with_places(bookings, numbered=True, staff=True, actor=by.actor_ref, now=now)
