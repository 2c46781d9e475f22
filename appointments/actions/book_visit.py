"""A booking without a code: an officer or a command attests who the person is; the number comes at once."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments.actions.confirm_visit import declare_subject, tell_booked
from appointments.actions.hold_visit import (
    check_request,
    earlier_hold,
    new_booking,
    refuse_registered,
    release_hold,
)
from appointments.actions.places import append_entries, insert_with_place
from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import record
from portal.citizens.actions.contacts import ensure_contact
from portal.common.actors import Actor
from portal.units.models import Unit
from procedures.actions.declare import draft_declaration, submit_declaration


def book_visit(*, unit: Unit, slot: Any, data: dict[str, Any], by: Actor) -> Booking:
    """The numbered booking; arguments and errors as `hold_visit`, plus NotAllowed `not_allowed`."""
    details, chosen = check_request(unit=unit, slot=slot, data=data)
    booking = new_booking(unit=unit, slot=chosen, details=details, by=by)
    BOOKING_WORKFLOW.check(BookingStatus.HELD, BookingStatus.BOOKED, by=by, obj=booking)
    earlier = earlier_hold(booking)
    booking.status, booking.booked_at = BookingStatus.BOOKED, timezone.now()
    try:
        with transaction.atomic():
            _write(booking, details=details, by=by)
            if earlier:
                release_hold(earlier, new_slot=chosen, by=by)
            insert_with_place(booking, numbered=True, now=booking.booked_at)
            append_entries([booking], to=BookingStatus.BOOKED, actor=by.actor_ref)
    except IntegrityError:
        refuse_registered(booking)
        raise
    return booking


def _write(booking: Booking, *, details: dict[str, str], by: Actor) -> None:
    """Declaration, person, message and audit, before the locked part."""
    procedure = booking.session.campaign.procedure
    booking.declaration = draft_declaration(procedure=procedure, unit=booking.unit, details=details, by=by)
    contact = booking.contact = ensure_contact(phone=details["phone"], by=by)
    person = declare_subject(details, by=by)
    submit_declaration(declaration=booking.declaration, subject=person, contact=contact, by=by)
    tell_booked(booking, contact=contact, starts_at=booking.slot.starts_at, by=by)
    record(action="booking.book_attested", by=by, obj=booking, unit=booking.unit)
