"""Numbers in batches: a campaign under a great rush accepts first and numbers a second later (ADR 0025)."""

import functools

from django.core.cache import cache
from django.db import transaction
from django.db.models import Min

from appointments.actions.place_statements import number_accepted
from appointments.actions.tell_visit import confirmation
from appointments.enums import BookingStatus
from appointments.models import Booking, Session, StatusEntry
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import new_entry
from portal.common.actors import Actor
from portal.common.inserts import insert_rows
from portal.notifications.actions.queue_message import queue_messages
from portal.notifications.wake import wake_task

NUMBER_TASK = "appointments.number_session"
BATCH = 500
EVERY_SECONDS = 1


def number_soon(session: Session) -> None:
    """After the commit, once per second and session, ask a worker to number it.

    A sweep finds what a lost broker forgot.
    """
    transaction.on_commit(functools.partial(_wake, str(session.uid)), robust=True)


def _wake(session_uid: str) -> None:
    if cache.add(f"number-session:{session_uid}", True, EVERY_SECONDS):
        wake_task(NUMBER_TASK, session_uid, queue="transactional", after=EVERY_SECONDS)


def number_batch(*, session: Session, by: Actor) -> int:
    """Give the day's next numbers to up to 500 accepted registrations; returns how many got one.

    In the order in which they were accepted, people of one party side by side. One statement; the messages
    follow in the same transaction.
    """
    BOOKING_WORKFLOW.check(BookingStatus.ACCEPTED, BookingStatus.BOOKED, by=by, obj=None)
    with transaction.atomic():
        numbers = number_accepted(session.pk, most=BATCH)
        if numbers:
            _write_down(numbers, by=by)
    return len(numbers)


def _write_down(numbers: dict[int, int], *, by: Actor) -> None:
    """History, journal and one confirmation per party."""
    found = Booking.objects.filter(pk__in=numbers).order_by("number")
    booked = list(found.select_related("unit", "slot__session", "contact__contact_point"))
    entries = [
        StatusEntry(booking=booking, frm=BookingStatus.ACCEPTED, to=BookingStatus.BOOKED, actor=by.actor_ref)
        for booking in booked
    ]
    journal = [new_entry(action="booking.number", by=by, obj=each, unit=each.unit) for each in booked]
    insert_rows([*entries, *journal])
    first = {booking.party: booking for booking in reversed(booked)}
    told = [booking for booking in first.values() if booking.contact is not None]
    queue_messages(messages=[confirmation(each, starts_at=each.slot.starts_at) for each in told], by=by)


def number_waiting(*, by: Actor) -> int:
    """Number every session that has accepted registrations, longest waiting first; returns how many."""
    waiting = Session.objects.filter(bookings__status=BookingStatus.ACCEPTED)
    oldest = waiting.annotate(since=Min("bookings__booked_at")).order_by("since")
    return sum(number_batch(session=session, by=by) for session in oldest)
