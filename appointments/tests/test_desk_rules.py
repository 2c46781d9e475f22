"""Formulas of the day: the order of calls, the wait, the words of the screen."""

import datetime as dt
import random
import statistics
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments import desk_rules as rules


@dataclass(frozen=True)
class Person:
    order: int
    is_priority: bool = False
    due: int = 480
    is_late: bool = False


people = st.lists(
    st.builds(
        Person,
        order=st.integers(1, 10_000),
        is_priority=st.booleans(),
        due=st.integers(420, 600),
        is_late=st.booleans(),
    ),
    unique_by=lambda person: person.order,
    max_size=40,
)


def call_all(waiting: list[Person], every: int) -> list[Person]:
    """Everybody in the order of the calls."""
    left, called = list(waiting), []
    while left:
        recent = [person.is_priority for person in reversed(called)]
        chosen = rules.next_turn(left, recent=recent, every=every)
        left.remove(chosen)
        called.append(chosen)
    return called


@given(people, st.integers(0, 5))
def test_everybody_is_called_once_and_each_kind_in_its_order(waiting: list[Person], every: int) -> None:
    called = call_all(waiting, every)
    assert sorted(called, key=lambda person: person.order) == sorted(waiting, key=lambda p: p.order)
    for kind in (True, False):
        mine = [person for person in called if person.is_priority is kind]
        assert mine == sorted(mine, key=rules.place_in_line)


@given(people, st.integers(0, 5))
def test_nobody_with_priority_waits_for_more_than_the_ratio(waiting: list[Person], every: int) -> None:
    called, normal = call_all(waiting, every), 0
    last_priority = max((n for n, person in enumerate(called) if person.is_priority), default=-1)
    for person in called[: last_priority + 1]:
        normal = 0 if person.is_priority else normal + 1
        assert normal <= every


@given(people, st.integers(1, 5))
def test_priority_never_locks_the_others_out(waiting: list[Person], every: int) -> None:
    """Between two people with priority stand `every` others as long as there are any."""
    called = call_all(waiting, every)
    last_normal = max((n for n, person in enumerate(called) if not person.is_priority), default=-1)
    kinds = [person.is_priority for person in called[: last_normal + 1]]
    assert not any(kinds[n] and kinds[n + 1] for n in range(len(kinds) - 1))


def test_nobody_waits_is_nobody() -> None:
    assert rules.next_turn([], recent=[], every=2) is None


def test_order_is_hour_then_number_and_late_people_come_after_those_on_time() -> None:
    due = [
        rules.due_minute(slot_starts=480, slot_ends=510, arrived=470),
        rules.due_minute(slot_starts=480, slot_ends=510, arrived=540),  # half an hour late
        rules.due_minute(slot_starts=540, slot_ends=570, arrived=500),
        rules.due_minute(slot_starts=570, slot_ends=600, arrived=500),  # only early
        rules.due_minute(slot_starts=None, slot_ends=None, arrived=520),  # without an appointment
    ]
    assert due == [(480, False), (540, True), (540, False), (570, False), (520, False)]
    line = [Person(order=n, due=one[0], is_late=one[1]) for n, one in enumerate(due)]
    assert [person.order for person in call_all(line, 2)] == [0, 4, 2, 1, 3]


@given(st.integers(0, 300), st.integers(0, 12), st.floats(0.5, 90))
def test_wait_is_always_a_range_around_the_expected_minutes(
    ahead: int, counters: int, minutes: float
) -> None:
    least, most = rules.wait_range(ahead=ahead, counters=counters, minutes=minutes)
    expected = ahead * minutes / max(counters, 1)
    assert 0 <= least < most
    assert least <= expected <= most
    assert (least % 5, most % 5) == (0, 0)


def test_median_error_of_the_estimate_is_at_most_a_fifth() -> None:
    """Invented days: three counters, ten minutes a person on average, some of them much longer."""
    dice, errors = random.Random(20_260_401), []
    for _day in range(200):
        served = [max(2.0, dice.lognormvariate(2.2, 0.45)) for _person in range(60)]
        minutes = rules.minutes_per_person(served[:20], fallback=10)
        ahead, free_at = dice.randrange(8, 35), [dice.uniform(0, 10) for _counter in range(3)]
        for person in range(ahead):
            first = min(range(3), key=lambda counter: free_at[counter])
            free_at[first] += served[20 + person]
        least, most = rules.wait_range(ahead=ahead, counters=3, minutes=minutes)
        errors.append(abs((least + most) / 2 - min(free_at)) / min(free_at))
    assert statistics.median(errors) <= 0.20


def test_few_or_forgotten_measurements_give_way_to_the_fallback() -> None:
    assert rules.minutes_per_person([5, 6, 7, 8], fallback=12) == 12
    assert rules.minutes_per_person([5, 6, 7, 8, 400, 0.1], fallback=12) == 12
    assert rules.minutes_per_person([5, 6, 7, 8, 9], fallback=12) == 7


@pytest.mark.parametrize(
    ("now", "over"), [((17, 59), False), ((18, 0), True), ((18, 1), True), ((9, 0), False)]
)
def test_day_is_over_in_the_evening_and_after_the_last_slot(now: tuple[int, int], over: bool) -> None:
    day = dt.date(2026, 4, 1)
    moment = dt.datetime.combine(day, dt.time(*now))
    assert rules.day_is_over(date=day, last_end=690, now=moment) is over
    assert rules.day_is_over(date=day, last_end=1100, now=dt.datetime(2026, 4, 1, 18, 19)) is False  # noqa: DTZ001
    assert rules.day_is_over(date=day - dt.timedelta(days=1), last_end=690, now=moment) is True
    assert rules.day_is_over(date=day + dt.timedelta(days=1), last_end=690, now=moment) is False


NUMBERS = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    42: "bốn mươi hai",
    100: "một trăm",
    101: "một trăm linh một",
    105: "một trăm linh năm",
    110: "một trăm mười",
    115: "một trăm mười lăm",
    131: "một trăm ba mươi mốt",
    999: "chín trăm chín mươi chín",
    1000: "một nghìn",
    1005: "một nghìn không trăm linh năm",
    1024: "một nghìn không trăm hai mươi tư",
    21_300: "hai mươi mốt nghìn ba trăm",
}


@pytest.mark.parametrize(("number", "words"), NUMBERS.items())
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert rules.number_words(number) == words


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_two_numbers_never_sound_the_same(one: int, other: int) -> None:
    assert (rules.number_words(one) == rules.number_words(other)) is (one == other)


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_what_is_no_queue_number_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no queue number"):
        rules.number_words(number)


def test_screen_says_number_and_counter() -> None:
    assert rules.call_words("42", 2) == "Mời số bốn mươi hai đến quầy hai"
    assert rules.call_words("B2-003", 1) == "Mời số bê hai, ba đến quầy một"
    assert rules.label_words("khác") == "khác"
