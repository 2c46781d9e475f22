"""Reminders come by day, before the visit, once each, also after an outage."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from appointments.actions.remind import BEFORE, next_reminder, out_of_the_night, send_reminders
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Booking, Session, Slot
from appointments.tests.visits import COMMAND, book, slots_in_order
from portal.common.clock import LOCAL
from portal.notifications.limits import is_quiet
from portal.notifications.models import OutboxMessage

DAY = dt.datetime(2026, 12, 8, tzinfo=LOCAL)
# Three years in minutes.
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: DAY + dt.timedelta(minutes=minutes))


def at(hour: int, minute: int = 0, day: int = 0) -> dt.datetime:
    return DAY + dt.timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("moment", "shifted"),
    [
        (at(5, 30), at(20, day=-1)),
        (at(0), at(20, day=-1)),
        (at(22), at(20)),
        (at(23, 59), at(20)),
        (at(6), at(6)),
        (at(21, 59), at(21, 59)),
    ],
)
def test_nobody_is_woken(moment, shifted) -> None:
    assert out_of_the_night(moment) == shifted


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (at(7, day=-3), at(7, 30, day=-1)),  # a day before 07:30
        (at(7, 30, day=-1), at(20, day=-1)),  # two hours before is night, so the evening before
        (at(20, day=-1), None),
        (at(7, 29), None),
    ],
)
def test_reminders_of_a_morning_visit(after, expected) -> None:
    assert next_reminder(starts_at=at(7, 30), after=after) == expected


@given(MOMENTS, MOMENTS)
def test_every_reminder_is_by_day_before_the_visit_and_later_than_the_last(starts_at, after) -> None:
    found, seen = next_reminder(starts_at=starts_at, after=after), []
    while found is not None:
        assert after < found < starts_at
        assert not is_quiet(found)
        seen.append(found)
        found = next_reminder(starts_at=starts_at, after=found)
    assert seen == sorted(set(seen))
    assert len(seen) <= len(BEFORE)


# ---- the sweep


def reminded() -> list[tuple[Any, dt.datetime]]:
    rows = OutboxMessage.objects.filter(notice="appointments.visit_reminder").order_by("pk")
    return list(rows.values_list("about", "valid_until"))


@pytest.fixture
def visit(slot: Slot) -> Booking:
    """A visit at 08:00 in five days, booked now."""
    Session.objects.filter(pk=slot.session_id).update(date=timezone.localdate() + dt.timedelta(days=5))
    slot.session.refresh_from_db()
    booking = book(slot)
    plan(booking)
    return Booking.objects.get(pk=booking.pk)


def plan(booking: Booking) -> None:
    """As the confirmation does."""
    first = next_reminder(starts_at=booking.slot.starts_at, after=timezone.now())
    Booking.objects.filter(pk=booking.pk).update(remind_at=first)


def sweep(moment: dt.datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return send_reminders(by=COMMAND)


def test_two_reminders_and_no_third(visit) -> None:
    starts = visit.slot.starts_at
    moments = [
        starts - dt.timedelta(days=2),
        starts - dt.timedelta(hours=23),
        starts - dt.timedelta(hours=10),
    ]
    moments += [starts - dt.timedelta(hours=1)] * 2
    assert [sweep(moment) for moment in moments] == [0, 1, 0, 1, 0]
    assert reminded() == [(visit.uid, starts), (visit.uid, starts)]
    assert Booking.objects.get().remind_at is None


def test_three_days_without_a_worker_bring_no_reminder_after_the_visit(visit) -> None:
    assert sweep(visit.slot.starts_at + dt.timedelta(days=3)) == 0
    assert (reminded(), Booking.objects.get().remind_at) == ([], None)


def test_cancelled_visits_are_not_mentioned(visit) -> None:
    move_booking(booking=visit, to=BookingStatus.CANCELLED, by=COMMAND)
    assert sweep(visit.slot.starts_at - dt.timedelta(hours=23)) == 0
    assert reminded() == []


def test_a_family_gets_one_message(slot: Slot) -> None:
    Session.objects.filter(pk=slot.session_id).update(date=timezone.localdate() + dt.timedelta(days=5))
    slot.session.refresh_from_db()
    people = [book(slot, number) for number in range(3)]
    Booking.objects.update(party=people[0].uid)
    for booking in people:
        plan(booking)
    assert sweep(people[0].slot.starts_at - dt.timedelta(hours=23)) == 1
    assert [about for about, _until in reminded()] == [people[0].uid]


def test_another_hour_is_reminded_of_again(visit) -> None:
    sweep(visit.slot.starts_at - dt.timedelta(hours=23))
    later = slots_in_order(visit.session)[3]
    Booking.objects.filter(pk=visit.pk).update(slot=later, remind_at=later.starts_at - dt.timedelta(hours=23))
    assert sweep(later.starts_at - dt.timedelta(hours=22)) == 1
    assert len(reminded()) == 2
