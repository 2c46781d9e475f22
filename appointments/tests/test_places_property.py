"""Whatever happens in whatever order: sums hold, numbers stay gapless, one place per person."""

import datetime as dt
import random
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.confirm_visit import resend_code
from appointments.actions.sweep import expire_holds
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Booking, Campaign, Session, Slot
from appointments.tests.visits import ADDRESS, COMMAND, book, check_sums, confirm, hold
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import DomainError
from procedures.models import Declaration

PEOPLE = 5
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["hold", "confirm", "confirm_elsewhere", "cancel", "clock", "sweep", "book", "check_in"]
        ),
        st.integers(0, PEOPLE - 1),
        st.integers(0, 2),
    ),
    min_size=4,
    max_size=24,
)
# What a refusal may be called; anything else is a fault.
POLITE = {
    "slot_full", "already_registered", "hold_expired", "code_resend_wait", "move_not_allowed", "code_expired",
    "code_phone_limit", "code_tries_spent", "too_many_tries",
}  # fmt: skip


class Day:
    """Five people, three slots of one and two places on two days, and a clock that only goes forward."""

    def __init__(self, slots: list[Slot], owner) -> None:
        self.slots, self.owner, self.now = slots, owner, timezone.now()

    def latest(self, person: int) -> Booking | None:
        phone = f"+84751{person:06d}"
        mine = [b for b in Booking.objects.order_by("-pk") if b.declaration.details["phone"] == phone]
        return mine[0] if mine else None

    def do(self, step: str, person: int, place: int) -> None:
        with time_machine.travel(self.now, tick=False):
            try:
                getattr(self, step)(person, place)
            except DomainError as refusal:
                assert refusal.code in POLITE, refusal.code
            except ValidationError as refusal:
                codes = {error.code for errors in refusal.error_dict.values() for error in errors}
                assert codes <= POLITE, codes
        check_sums()

    def hold(self, person: int, place: int) -> None:
        hold(self.slots[place], person)

    def book(self, person: int, place: int) -> None:
        book(self.slots[place], person, by=self.owner)

    def confirm(self, person: int, place: int, wish: str = "") -> None:
        booking = self.latest(person)
        if booking is None:
            return
        if booking.status == BookingStatus.EXPIRED:
            resend_code(booking_uid=booking.uid, address=ADDRESS, proof=None, by=ANONYMOUS_CITIZEN)
        confirm(booking, slot=wish)

    def confirm_elsewhere(self, person: int, place: int) -> None:
        self.confirm(person, place, str(self.slots[place].uid))

    def cancel(self, person: int, place: int) -> None:
        booking = self.latest(person)
        if booking and booking.number:
            cancel_visit(code=booking.declaration.code, phone=f"0751{person:06d}")

    def check_in(self, person: int, place: int) -> None:
        booking = self.latest(person)
        if booking:
            to = BookingStatus.MISSED if place else BookingStatus.CHECKED_IN
            move_booking(booking=booking, to=to, by=self.owner)

    def clock(self, person: int, place: int) -> None:
        self.now += dt.timedelta(minutes=(1, 4, 11)[place])

    def sweep(self, person: int, place: int) -> None:
        expire_holds(by=COMMAND)


@pytest.fixture
def new_day(campaign: Campaign, owner, settings) -> Callable[[], Day]:
    settings.CODES_PER_PHONE_PER_HOUR = 10_000
    settings.CODES_PER_PREFIX_PER_HOUR = 10_000
    chosen = list(Slot.objects.select_related("session__unit").order_by("session__date", "starts"))
    slots = [chosen[0], chosen[1], chosen[-1]]

    def start() -> Day:
        from appointments.models import StatusEntry

        for model in (StatusEntry, Booking, Declaration):
            model.objects.all()._raw_delete("default")
        Slot.objects.update(taken=0, capacity=1)
        Slot.objects.filter(pk=slots[1].pk).update(capacity=2)
        Session.objects.update(last_number=0)
        return Day(slots, owner)

    return start


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_order_keeps_the_sums(new_day, steps) -> None:
    day = new_day()
    for step in steps:
        day.do(*step)


def test_long_random_day_keeps_the_sums(new_day) -> None:
    chance = random.Random(20261121)
    day = new_day()
    verbs = (
        ["hold"] * 4 + ["confirm"] * 4 + ["confirm_elsewhere", "cancel", "cancel", "clock", "sweep", "book"]
    )
    for _step in range(150):
        day.do(chance.choice(verbs), chance.randrange(PEOPLE), chance.randrange(3))
    reached = set(Booking.objects.values_list("status", flat=True))
    assert {"booked", "cancelled", "expired"} <= reached
