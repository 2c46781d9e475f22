"""A citizen gives a visit back: the code shows it, the phone proves it is theirs."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from appointments.actions.places import append_entries, give_back_places, lock_bookings
from appointments.actions.prove_visit import TRIES_PER_HOUR, choose_people, prove_visit
from appointments.actions.tell_visit import tell_cancelled
from appointments.enums import RELEASED, BookingStatus
from appointments.models import Booking
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import new_entry
from portal.citizens.models import Contact
from portal.common.actors import Actor
from portal.common.inserts import insert_rows

__all__ = ("CANCELLABLE", "TRIES_PER_HOUR", "cancel_visit")
CANCELLABLE = (BookingStatus.BOOKED, BookingStatus.ACCEPTED, BookingStatus.DISPLACED)


def cancel_visit(*, code: str, phone: str = "", only: Any = None, citizen: Contact | None = None) -> Booking:
    """Cancel by declaration code and phone: the whole visit, or the bookings in `only` (their uids).

    Errors of `prove_visit` and `choose_people`, Conflict `move_not_allowed`. A second call for a cancelled
    visit returns it unchanged. One message, however many people.
    """
    booking = prove_visit(code=code, phone=phone, citizen=citizen, scope="cancel-visit")
    if booking.status == BookingStatus.CANCELLED:
        return booking
    by = booking.contact
    assert by is not None, "a booking with a number and a phone has its contact"
    people = choose_people(booking, only, statuses=CANCELLABLE)
    give_back_visits(bookings=people or [booking], by=by, reason="citizen")
    booking.refresh_from_db()
    return booking


@transaction.atomic
def give_back_visits(*, bookings: Sequence[Booking], by: Actor, reason: str = "") -> list[Booking]:
    """Cancel all of them or none, with one message; Conflict `move_not_allowed`, NotAllowed."""
    locked = lock_bookings(*(booking.uid for booking in bookings))
    for booking in locked:
        BOOKING_WORKFLOW.check(booking.status, BookingStatus.CANCELLED, by=by, obj=booking, reason=reason)
    append_entries(locked, to=BookingStatus.CANCELLED, actor=by.actor_ref, reason=reason)
    give_back_places([booking for booking in locked if booking.status not in RELEASED])
    Booking.objects.filter(pk__in=[each.pk for each in locked]).update(status=BookingStatus.CANCELLED)
    insert_rows([_entry(booking, by) for booking in locked])
    for booking in locked:
        booking.status = BookingStatus.CANCELLED
    told = [booking for booking in locked if booking.number]
    if told:
        tell_cancelled(told[0], people=len(told), by=by)
    return locked


def _entry(booking: Booking, by: Actor) -> Any:
    detail = {"to": BookingStatus.CANCELLED.value}
    return new_entry(action="booking.cancel", by=by, obj=booking, unit=booking.unit, detail=detail)
