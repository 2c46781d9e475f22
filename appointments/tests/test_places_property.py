"""Whatever happens in whatever order: sums hold, numbers stay gapless, one place each, no family halved.

The same plays on SQLite and PostgreSQL; real threads play in tests/faults/test_whole_rush.py.
"""

import datetime as dt
import random
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.actions.answer_offer import accept_offer, decline_offer
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.change_visit import change_visit, move_visit
from appointments.actions.confirm_visit import resend_code
from appointments.actions.sweep import expire_holds, mark_full_campaigns
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Booking, Campaign, Session, Slot, WaitingEntry
from appointments.tests.lines import offer, wait
from appointments.tests.visits import ADDRESS, COMMAND, book, check_sums, confirm, family, hold
from portal.citizens.enums import Channel
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import DomainError
from procedures.models import Declaration

PEOPLE = 5
VERBS = [
    "hold", "hold_family", "confirm", "confirm_elsewhere", "cancel", "cancel_one", "clock", "sweep", "book",
    "book_family", "check_in", "change", "change_one", "move", "join", "offer", "accept", "decline",
]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, PEOPLE - 1), st.integers(0, 2)), min_size=4, max_size=24
)
# Every place is taken and somebody waits; a public place comes back, is offered and taken; one runs out.
FULL_AND_OFFERED = [
    ("book_family", 0, 1), ("book_family", 1, 0), ("book", 2, 2), ("book", 3, 2),
    ("join", 4, 0), ("cancel", 3, 0), ("offer", 0, 0), ("accept", 0, 0),
    ("cancel", 4, 0), ("hold", 3, 2), ("clock", 0, 2), ("sweep", 0, 0),
]  # fmt: skip
# What a refusal may be called; anything else is a fault.
POLITE = {
    "slot_full", "already_registered", "hold_expired", "code_resend_wait", "move_not_allowed", "code_expired",
    "code_phone_limit", "code_tries_spent", "too_many_tries", "phone_full", "campaign_full", "slot_past",
    "already_waiting", "places_free", "offer_gone",
}  # fmt: skip


class Day:
    """Five households, three slots of one and two places and a reserve on two days, and a clock."""

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
        check_parties()

    def hold(self, person: int, place: int) -> None:
        hold(self.slots[place], person)

    def book(self, person: int, place: int) -> None:
        book(self.slots[place], person, by=self.owner)

    def hold_family(self, person: int, place: int) -> None:
        hold(self.slots[place], person, people=family(1 + place, seed=person))

    def book_family(self, person: int, place: int) -> None:
        book(self.slots[place], person, people=family(1 + place, seed=person), by=self.owner)

    def confirm(self, person: int, place: int, wish: str = "") -> None:
        booking = self.latest(person)
        if booking is None or booking.challenge is None:
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

    def cancel_one(self, person: int, place: int) -> None:
        booking = self.latest(person)
        if booking and booking.status == BookingStatus.BOOKED:
            only = [booking.uid]
            cancel_visit(code=booking.declaration.code, phone=f"0751{person:06d}", only=only)

    def change(self, person: int, place: int, alone: bool = False) -> None:
        booking = self.latest(person)
        if booking and booking.status == BookingStatus.BOOKED:
            change_visit(
                code=booking.declaration.code,
                citizen=booking.contact,
                slot=str(self.slots[place].uid),
                only=[booking.uid] if alone else None,
            )

    def change_one(self, person: int, place: int) -> None:
        self.change(person, place, alone=True)

    def move(self, person: int, place: int) -> None:
        booking = self.latest(person)
        if booking and booking.number:
            move_visit(booking=booking, slot=str(self.slots[place].uid), by=self.owner)

    def join(self, person: int, place: int) -> None:
        wait(self.slots[0].session.campaign, person, size=1 + place)

    def offer(self, person: int, place: int) -> None:
        mark_full_campaigns(by=COMMAND)
        offer()
        for entry in WaitingEntry.objects.filter(status="offered"):
            assert Booking.objects.filter(party=entry.party, status="held").count() == entry.size

    def offered(self) -> WaitingEntry | None:
        return WaitingEntry.objects.filter(status="offered").order_by("pk").first()

    def accept(self, person: int, place: int) -> None:
        entry = self.offered()
        if entry:
            taken = accept_offer(code=entry.code, citizen=entry.contact, channel=Channel.WEB)
            assert len(taken) == entry.size

    def decline(self, person: int, place: int) -> None:
        entry = self.offered()
        if entry:
            decline_offer(code=entry.code, citizen=entry.contact)

    def check_in(self, person: int, place: int) -> None:
        booking = self.latest(person)
        if booking:
            to = BookingStatus.MISSED if place else BookingStatus.CHECKED_IN
            move_booking(booking=booking, to=to, by=self.owner)

    def clock(self, person: int, place: int) -> None:
        self.now += dt.timedelta(minutes=(1, 4, 11)[place])

    def sweep(self, person: int, place: int) -> None:
        expire_holds(by=COMMAND)


def check_parties() -> None:
    """Nobody's family stands half held and half booked, or in two hours under one visit."""
    seen: dict[object, set[tuple[str, int]]] = {}
    live = Booking.objects.filter(status__in=("held", "accepted", "booked"))
    for party, status, slot in live.values_list("party", "status", "slot"):
        seen.setdefault(party, set()).add((status, slot))
    assert {party: found for party, found in seen.items() if len(found) > 1} == {}


@pytest.fixture
def new_day(campaign: Campaign, owner, settings) -> Callable[[], Day]:
    settings.CODES_PER_PHONE_PER_HOUR = 10_000
    settings.CODES_PER_PREFIX_PER_HOUR = 10_000
    chosen = list(Slot.objects.select_related("session__unit").order_by("session__date", "starts"))
    slots = [chosen[0], chosen[1], chosen[-1]]

    def start() -> Day:
        from appointments.models import StatusEntry

        for model in (StatusEntry, WaitingEntry, Booking, Declaration):
            model.objects.all()._raw_delete("default")
        # The other slots stay closed, so that the campaign is full soon and a line begins.
        Slot.objects.update(taken=0, reserve_taken=0, capacity=1, reserve=0, open_to_public=False)
        Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(open_to_public=True, reserve=1)
        Slot.objects.filter(pk=slots[1].pk).update(capacity=2)
        Session.objects.update(last_number=0)
        Campaign.objects.update(status="open")
        return Day(slots, owner)

    return start


@settings(
    max_examples=20,
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
    for step in FULL_AND_OFFERED:
        day.do(*step)
    assert WaitingEntry.objects.get().status == "taken"
    verbs = ["hold"] * 3 + ["hold_family"] * 2 + ["confirm"] * 5 + ["confirm_elsewhere", "cancel", "cancel"]
    verbs += ["cancel_one", "clock", "sweep", "book", "book_family", "change", "change_one", "move"]
    verbs += ["join", "join", "offer", "offer", "offer", "accept", "accept", "decline"]
    for _step in range(120):
        day.do(chance.choice(verbs), chance.randrange(PEOPLE), chance.randrange(3))
    reached = set(Booking.objects.values_list("status", flat=True))
    assert {"booked", "cancelled", "expired", "moved"} <= reached
