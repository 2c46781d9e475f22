"""The clock: holds that ran out and drafts nobody confirmed."""

import datetime as dt

import time_machine
from django.utils import timezone

from appointments.actions.sweep import erase_old_drafts, expire_holds
from appointments.enums import BookingStatus
from appointments.models import Booking, Slot
from appointments.tasks import erase_old_drafts_task, expire_holds_task
from appointments.tests.visits import COMMAND, check_sums, confirm, hold, slots_in_order
from procedures.models import Declaration


def after(**delta: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(**delta), tick=False)


def test_holds_end_after_ten_minutes_and_not_before(campaign) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    bookings = [hold(first), hold(first, 1), hold(other, 2)]
    confirm(bookings[1])
    assert expire_holds(by=COMMAND) == 0
    with after(minutes=10):
        assert expire_holds(by=COMMAND) == 2
        assert expire_holds(by=COMMAND) == 0
    statuses = [Booking.objects.get(pk=booking.pk).status for booking in bookings]
    assert statuses == [BookingStatus.EXPIRED, BookingStatus.BOOKED, BookingStatus.EXPIRED]
    check_sums()


def test_drafts_are_erased_after_a_day_and_confirmed_ones_stay(slot: Slot) -> None:
    waiting, booked = hold(slot), hold(slot, 1)
    confirm(booked)
    with after(minutes=11):
        expire_holds(by=COMMAND)
    with after(hours=24, minutes=9):
        assert erase_old_drafts(by=COMMAND) == 0
    with after(hours=24, minutes=11):
        assert erase_old_drafts(by=COMMAND) == 1
        assert erase_old_drafts(by=COMMAND) == 0
    draft = Declaration.objects.get(pk=waiting.declaration_id)
    assert (draft.status, draft.details) == ("dropped", None)
    kept = Declaration.objects.get(pk=booked.declaration_id)
    assert (kept.status, kept.details["full_name"]) == ("submitted", "Nguyễn Thị Bnh")


def test_tasks_do_the_same_by_themselves(slot: Slot) -> None:
    booking = hold(slot)
    with after(hours=25):
        expire_holds_task()
        erase_old_drafts_task()
    booking.refresh_from_db()
    assert booking.status == BookingStatus.EXPIRED
    assert Declaration.objects.get().details is None
    assert booking.history.last().actor == "system:hold-clock"
