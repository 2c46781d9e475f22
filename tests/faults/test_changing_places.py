"""Real threads on PostgreSQL: people who change their minds, officers who call days off, nobody lost."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from appointments.actions import confirm_visit as confirming
from appointments.actions.cancel_session import cancel_session, finish_closures
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.change_visit import change_visit
from appointments.models import Booking, Session, SessionClosure, Slot
from appointments.tests.visits import COMMAND, book, check_sums, confirm, hold, slots_in_order
from procedures.models import Declaration
from tests.faults.test_last_places import in_threads
from tests.people import make_campaign

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two_days(ward, id_card, settings) -> tuple[Session, Session]:
    settings.CODES_PER_PHONE_PER_HOUR = 10_000
    settings.CODES_PER_PREFIX_PER_HOUR = 100_000
    first, second = make_campaign(ward, id_card, capacity=2).sessions.order_by("date")
    return first, second


def phone(number: int) -> str:
    return f"075{1_000_000 + number:07d}"


def change(booking: Booking, number: int, slot: Slot) -> str:
    change_visit(code=booking.declaration.code, phone=phone(number), slot=str(slot.uid))
    return "moved"


def live(booking: Booking) -> int:
    return Booking.objects.filter(declaration=booking.declaration_id, status="booked").count()


@pytest.fixture
def many_tries(monkeypatch) -> None:
    monkeypatch.setattr("appointments.actions.prove_visit.TRIES_PER_HOUR", 10_000)


@pytest.mark.parametrize("same_day", [True, False])
def test_two_full_but_one_slots_are_changed_both_ways(two_days, many_tries, same_day: bool) -> None:
    """Two people swap hours again and again: no deadlock, one place each after every step."""
    first, second = two_days
    one = slots_in_order(first)[0]
    two = slots_in_order(first)[1] if same_day else slots_in_order(second)[0]
    Slot.objects.filter(pk__in=[one.pk, two.pk]).update(capacity=2)
    people = [book(one, 0), book(two, 1)]

    def swap(number: int) -> Counter:
        answers: Counter = Counter()
        for turn in range(15):
            wish = (two, one)[(turn + number) % 2]
            answers[change(people[number], number, wish)] += 1
            assert live(people[number]) == 1
        return answers

    assert in_threads(swap, 2, at_once=2) == [Counter(moved=15), Counter(moved=15)]
    check_sums()


@pytest.mark.parametrize("same_hour", [True, False])
def test_correcting_answers_while_the_code_is_answered_changes_nothing_that_was_confirmed(
    two_days, monkeypatch, same_hour: bool
) -> None:
    """Two tabs of one phone: both lock the declaration before the booking, and who comes second is told."""
    first, _second = two_days
    one, two = slots_in_order(first)[:2]
    booking = hold(one)
    confirmed = booking.declaration.details
    written, later = Event(), Event()
    plain = confirming.give_numbers

    def pause(*args: Any, **terms: Any) -> bool:
        written.set()
        later.wait(timeout=1)  # while the other tab is locked out
        return plain(*args, **terms)

    monkeypatch.setattr(confirming, "give_numbers", pause)

    def act(number: int) -> Any:
        if number == 0:
            return confirm(booking).number
        written.wait(timeout=20)
        return hold(one if same_hour else two, permanent_address="Số 1 đường Hoa Mai").status

    assert in_threads(act, 2, at_once=2) == [1, "hold_expired"]
    booking.refresh_from_db()
    assert (booking.status, booking.slot_id) == ("booked", one.pk)
    assert Declaration.objects.get(pk=booking.declaration_id).details == confirmed
    check_sums()


def test_last_place_of_another_day_goes_to_one_and_the_others_keep_theirs(two_days, many_tries) -> None:
    first, second = two_days
    slots = slots_in_order(first)
    people = [book(slots[number // 2], number) for number in range(8)]
    there = slots_in_order(second)[0]
    Slot.objects.filter(pk=there.pk).update(capacity=1)
    answers = in_threads(lambda number: change(people[number], number, there), 8, at_once=8)
    assert Counter(answers) == {"moved": 1, "slot_full": 7}
    assert [live(one) for one in people] == [1] * 8
    check_sums()


def test_same_wish_from_many_threads_moves_once(two_days, many_tries) -> None:
    first, second = two_days
    booking = book(slots_in_order(first)[0])
    there = slots_in_order(second)[0]
    answers = in_threads(lambda number: change(booking, 0, there), 12, at_once=12)
    assert set(answers) <= {"moved", "changed_meanwhile"}
    assert "moved" in answers
    assert Booking.objects.filter(declaration=booking.declaration_id).count() == 2
    assert live(booking) == 1
    check_sums()


def test_day_is_called_off_while_people_change_cancel_and_book(two_days, many_tries) -> None:
    """Afterwards nobody stands in the cancelled day, and nobody has two places."""
    first, second = two_days
    Slot.objects.filter(session=second).update(capacity=5)
    Slot.objects.filter(session=first).update(capacity=10)
    slots, there = slots_in_order(first), slots_in_order(second)
    people = [book(slots[number % 4], number) for number in range(30)]
    officer = COMMAND
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    def act(number: int) -> Any:
        chance = random.Random(seed + number)
        if number == 5:
            cancel_session(session=first, reason="Mất điện", target=second, by=officer)
            return "called off"
        verb = chance.choice(["change", "change", "cancel", "book", "hold"])
        person = number % 30
        if verb == "change":
            return change(people[person], person, chance.choice([*slots, *there]))
        if verb == "cancel":
            cancel_visit(code=people[person].declaration.code, phone=phone(person))
        elif verb == "book":
            book(chance.choice([*slots, *there]), 100 + number)
        else:
            hold(chance.choice(slots), 200 + number)
        return verb

    answers = Counter(in_threads(act, 60, at_once=12))
    finish_closures(by=COMMAND)
    assert set(answers) <= {
        "called off", "moved", "cancel", "book", "hold",
        "slot_full", "session_cancelled", "move_not_allowed", "changed_meanwhile", "already_registered",
    }, answers  # fmt: skip
    assert answers["called off"] == 1
    left = Booking.objects.filter(session=first, status__in=["held", "accepted", "booked"])
    assert left.count() == 0
    assert SessionClosure.objects.get().finished_at is not None
    assert {live(one) for one in people} <= {0, 1}
    check_sums()


def test_five_hundred_people_are_moved_within_one_request(ward, id_card, settings) -> None:
    first, second = make_campaign(ward, id_card, capacity=125).sessions.order_by("date")
    slots = slots_in_order(first)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _book_in_thread(slots[number % 4], number), range(500)))
    started = time.monotonic()
    closure = cancel_session(session=first, reason="Bão", target=second, by=COMMAND)
    seconds = time.monotonic() - started
    print(f"500 people moved in {seconds:.1f} s")
    assert (closure.moved, closure.displaced, closure.finished_at is None) == (500, 0, False)
    assert seconds < 10
    check_sums()


def _book_in_thread(slot: Slot, number: int) -> None:
    from django.db import connection

    try:
        book(slot, number, birth_date=f"05/09/{1950 + number % 50}", full_name=f"Nguyễn {_word(number)}")
    finally:
        connection.close()


def _word(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in f"{number:03d}").capitalize()
