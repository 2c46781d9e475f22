"""The last places under a real rush: threads, each with a connection of its own, on PostgreSQL.

Each guard is also switched off once: a test that stays green without the guard would prove nothing.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from appointments.actions import book_visit, place_statements
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.sweep import expire_holds
from appointments.models import Booking, Session, Slot
from appointments.tests.visits import COMMAND, book, check_sums, code_for, confirm, hold, slots_in_order
from portal.common.errors import DomainError
from tests.people import make_campaign

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
REQUESTS, AT_ONCE, PLACES = 200, 24, 3
CHECK = "slot_taken_within_capacity"


@pytest.fixture
def last_slot(ward, id_card, settings) -> Slot:
    """One slot with three places; the budget of codes is not what is tested here."""
    settings.CODES_PER_PREFIX_PER_HOUR = 100_000
    ward.code_budget_per_hour = 100_000
    ward.save()
    campaign = make_campaign(ward, id_card, capacity=PLACES)
    return slots_in_order(campaign.sessions.first())[0]


def in_threads(work: Callable[[int], Any], count: int, at_once: int = AT_ONCE) -> list[Any]:
    """`work(number)` for every number, `at_once` at a time; the answer or the code of the refusal."""

    def run(number: int) -> Any:
        try:
            return work(number)
        except DomainError as refusal:
            return refusal.code
        except ValidationError as refusal:
            return sorted(error.code for errors in refusal.error_dict.values() for error in errors)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(run, range(count)))


def switch_the_guard_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The condition of the UPDATE is gone, and the look before it that spares most people the way there."""
    monkeypatch.setattr(place_statements, "HAS_ROOM", "true")
    monkeypatch.setattr(book_visit, "refuse_full", lambda *slot, **wanted: None)


@contextmanager
def without_check() -> Iterator[None]:
    """The table's own guard, the CHECK constraint, is gone for a while; its definition is put back."""
    constraint = next(found for found in Slot._meta.constraints if found.name == CHECK)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Slot, constraint)
    try:
        yield
    finally:
        with connection.cursor() as cursor:  # rows that break it must go first
            cursor.execute("TRUNCATE appointments_slot CASCADE")
        with connection.schema_editor() as editor:
            editor.add_constraint(Slot, constraint)


def rush(slot: Slot) -> Counter:
    """200 people book without a code; what they were answered."""
    return Counter(in_threads(lambda number: "won" if book(slot, number).number else "lost", REQUESTS))


def test_three_of_two_hundred_bookings_win(last_slot: Slot) -> None:
    assert rush(last_slot) == {"won": PLACES, "slot_full": REQUESTS - PLACES}
    numbers = Booking.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3]
    check_sums()


def test_three_of_two_hundred_holds_win_and_their_codes_give_gapless_numbers(last_slot: Slot) -> None:
    def citizen(number: int) -> int:
        booking = hold(last_slot, number)
        return confirm(booking, code=code_for(booking)).number

    answers = in_threads(citizen, REQUESTS)
    assert Counter(answers)["slot_full"] == REQUESTS - PLACES
    assert sorted(answer for answer in answers if answer != "slot_full") == [1, 2, 3]
    check_sums()


def test_without_the_guard_the_check_of_the_table_refuses_loudly(last_slot: Slot, monkeypatch) -> None:
    from django.db import IntegrityError

    switch_the_guard_off(monkeypatch)
    for number in range(PLACES):
        book(last_slot, number)
    with pytest.raises(IntegrityError, match=CHECK):
        book(last_slot, PLACES)


def test_without_both_guards_this_test_sees_the_overbooking(last_slot: Slot, monkeypatch) -> None:
    switch_the_guard_off(monkeypatch)
    with without_check():
        assert rush(last_slot)["won"] > PLACES
        last_slot.refresh_from_db()
        assert last_slot.taken > last_slot.capacity


def test_counting_before_taking_would_overbook(last_slot: Slot, monkeypatch) -> None:
    """Why the condition stands inside the UPDATE: read first and write later lets people pass in between."""
    together = Barrier(8, timeout=20)

    def look_then_take(number: int) -> str:
        free = Slot.objects.get(pk=last_slot.pk)
        together.wait()
        if free.taken >= free.capacity:
            return "slot_full"
        switch_the_guard_off(monkeypatch)
        return "won" if book(last_slot, number).number else "lost"

    with without_check():
        assert Counter(in_threads(look_then_take, 8, at_once=8))["won"] > PLACES


def test_numbers_taken_without_the_counter_collide(last_slot: Slot, monkeypatch) -> None:
    """max(number) + 1 instead of the stored counter: the unique key turns the race into errors."""
    from django.db import IntegrityError

    Slot.objects.filter(pk=last_slot.pk).update(capacity=40)
    together = Barrier(8, timeout=20)

    def count_instead(bookings: list[Booking], *, numbered: bool, actor: str) -> bool:
        [booking] = bookings
        booking.declaration.save()
        booking.declaration = booking.declaration
        booking.number = (
            Booking.objects.filter(session_id=booking.session_id).exclude(number=None).count() + 1
        )
        together.wait()
        booking.save(force_insert=True)
        return True

    def race(number: int) -> str:
        try:
            return "won" if book(last_slot, number).number else "lost"
        except IntegrityError:
            return "collided"

    monkeypatch.setattr(place_statements, "insert_bookings", count_instead)
    assert Counter(in_threads(race, 8, at_once=8)) == {"won": 1, "collided": 7}


def test_same_tap_from_many_threads_is_one_hold_and_one_message(last_slot: Slot) -> None:
    from portal.notifications.models import OutboxMessage

    uids = in_threads(lambda number: str(hold(last_slot, 0).uid), 24)
    assert len(set(uids)) == 1
    assert (Booking.objects.count(), OutboxMessage.objects.count()) == (1, 1)
    check_sums()


def test_same_code_from_many_threads_is_one_number_and_one_message(last_slot: Slot, settings) -> None:
    from portal.notifications.models import OutboxMessage

    settings.CODE_TRIES = 50
    booking = hold(last_slot)
    code = code_for(booking)
    assert set(in_threads(lambda number: confirm(booking, code=code).number, 16)) == {1}
    assert OutboxMessage.objects.filter(notice="appointments.booking_confirmed").count() == 1
    check_sums()


def test_people_who_swap_places_never_wait_for_each_other(last_slot: Slot) -> None:
    """Two holds change places in opposite directions, again and again: no deadlock, no lost place."""
    one, two = slots_in_order(last_slot.session)[:2]
    hold(one, 0)
    hold(two, 1)
    wishes = {0: (two, one), 1: (one, two)}

    def swap(number: int) -> str:
        person = number % 2
        for turn in range(20):
            hold(wishes[person][turn % 2], person)
        return "moved"

    assert in_threads(swap, 2, at_once=2) == ["moved", "moved"]
    check_sums()


def test_random_rush_of_holds_confirmations_cancellations_and_sweeps(last_slot: Slot) -> None:
    """Real threads on two days; the seed is printed, so that a failure can be looked at again."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    every = list(Slot.objects.select_related("session__unit").order_by("pk"))
    slots = [every[0], every[1], every[-1]]
    people = 12

    def act(number: int) -> str:
        chance = random.Random(seed + number)
        person = chance.randrange(people)
        verb = chance.choice(["hold", "hold", "confirm", "confirm", "cancel", "expire", "sweep", "book"])
        mine = Booking.objects.filter(declaration__details__isnull=False, phone_hash=PHONES[person])
        booking = mine.select_related("declaration").order_by("-pk").first()
        if verb == "hold":
            hold(chance.choice(slots), person)
        elif verb == "book":
            book(chance.choice(slots), person)
        elif verb == "confirm" and booking:
            confirm(booking, slot=str(chance.choice(slots).uid))
        elif verb == "cancel" and booking and booking.number:
            cancel_visit(code=booking.declaration.code, phone=f"0751{person:06d}")
        elif verb == "expire" and booking:
            Booking.objects.filter(pk=booking.pk, status="held").update(hold_until=booking.created_at)
        elif verb == "sweep":
            expire_holds(by=COMMAND)
        return verb

    from portal.common.crypto import blind_index

    PHONES = {person: blind_index("phone", f"+84751{person:06d}") for person in range(people)}  # noqa: N806
    answers = Counter(in_threads(act, 400, at_once=16))
    assert set(answers) <= {
        "hold", "book", "confirm", "cancel", "expire", "sweep",
        "slot_full", "already_registered", "hold_expired", "code_resend_wait", "code_phone_limit",
        "code_expired", "code_wrong", "code_tries_spent", "move_not_allowed", "too_many_tries",
    }, answers  # fmt: skip
    assert Session.objects.filter(last_number__gt=0).exists()
    check_sums()
