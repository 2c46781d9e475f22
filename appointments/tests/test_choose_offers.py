"""The rule of the waiting list and its clock, for every line and every hour."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from appointments.actions.choose_offers import ANSWER_TIME, PATIENCE, Room, Waiting, choose_offers, offer_end
from portal.common.clock import LOCAL

LINES = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 5)), max_size=20).map(
    lambda rows: [Waiting(key, size, passed) for key, (size, passed) in enumerate(rows)]
)
ROOMS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=8).map(
    lambda rows: [Room(slot, free, near) for slot, (free, near) in enumerate(rows)]
)
MOMENTS = st.integers(0, 365 * 24 * 3600).map(
    lambda seconds: dt.datetime(2026, 1, 1, tzinfo=LOCAL) + dt.timedelta(seconds=seconds)
)


@given(line=LINES, rooms=ROOMS)
def test_no_place_is_given_twice_and_nobody_is_split(line, rooms) -> None:
    free = {room.slot: room.free for room in rooms}
    for one in choose_offers(line, rooms):
        if one.slot is not None:
            free[one.slot] -= one.size
    assert all(left >= 0 for left in free.values())


@given(line=LINES, rooms=ROOMS)
def test_whoever_fits_when_his_turn_comes_is_served_unless_somebody_was_passed_too_often(line, rooms) -> None:
    before = [one.passed for one in line]
    served = choose_offers(line, rooms)
    left = {room.slot: room.free for room in rooms}
    blocked = False
    for place, one in enumerate(served):
        fitting = [room.slot for room in rooms if left[room.slot] >= one.size and (room.near or not blocked)]
        assert one.slot == (fitting[0] if fitting else None)
        if one.slot is not None:
            left[one.slot] -= one.size
        passed_by_now = [
            before[other] + sum(1 for later in served[other + 1 : place + 1] if later.slot is not None)
            for other in range(place + 1)
            if served[other].slot is None
        ]
        blocked = any(times >= PATIENCE for times in passed_by_now)


@given(line=LINES, rooms=ROOMS)
def test_passing_is_counted_for_those_ahead_only(line, rooms) -> None:
    before = [one.passed for one in line]
    served = choose_offers(line, rooms)
    for place, one in enumerate(served):
        behind = sum(1 for later in served[place + 1 :] if later.slot is not None)
        assert one.passed - before[place] == (behind if one.slot is None else 0)


@given(line=LINES, rooms=ROOMS, chosen=st.lists(st.sampled_from([None, 1, 2]), min_size=20, max_size=20))
def test_everybody_comes_to_an_hour_that_works_on_what_he_wants(line, rooms, chosen) -> None:
    """Every other hour works on 1, none on 2."""
    works_on = {room.slot: frozenset({1} if room.slot % 2 else ()) for room in rooms}
    for one, service in zip(line, chosen, strict=False):
        one.service = service
    before = {one.key: one.passed for one in line}
    choose_offers(line, [Room(room.slot, room.free, room.near, works_on[room.slot]) for room in rooms])
    for one in line:
        if one.slot is not None:
            assert one.service is None or one.service in works_on[one.slot]
        if one.service == 2:
            assert (one.slot, one.passed) == (None, before[one.key])


def test_nobody_is_held_up_for_an_hour_that_would_not_help_whoever_was_passed() -> None:
    line = [Waiting(0, 4, passed=PATIENCE, service=1), Waiting(1, 1), Waiting(2, 1)]
    choose_offers(line, [Room(1, 1), Room(2, 1, services=frozenset({1}))])
    assert [(one.slot, one.passed) for one in line] == [(None, PATIENCE), (1, 0), (None, 0)]


@given(small=st.integers(1, 40))
def test_a_large_family_waits_for_at_most_three_smaller_ones(small: int) -> None:
    """Single places come back one by one in far days: after three of them nobody passes any more."""
    line = [Waiting(0, 4), *(Waiting(key, 1) for key in range(1, small + 1))]
    for _turn in range(small):
        choose_offers([one for one in line if one.slot is None], [Room(9, 1)])
    assert sum(one.slot is not None for one in line) == min(small, PATIENCE)
    choose_offers([one for one in line if one.slot is None], [Room(1, 4)])
    assert line[0].slot == 1


@given(offered=MOMENTS)
def test_two_hours_of_daylight_to_answer(offered: dt.datetime) -> None:
    """Counted minute by minute, the slow way."""
    end = offer_end(offered, offered + dt.timedelta(days=9))
    assert 6 <= end.hour < 22 or end.timetz() == dt.time(22, tzinfo=LOCAL)
    moment, waking = offered, dt.timedelta()
    step = dt.timedelta(minutes=1)
    while moment + step <= end:
        waking += step if 6 <= moment.hour < 22 else dt.timedelta()
        moment += step
    assert abs(waking - ANSWER_TIME) <= 2 * step


@given(offered=MOMENTS, minutes=st.integers(0, 600))
def test_answer_is_due_before_the_hour_begins(offered: dt.datetime, minutes: int) -> None:
    starts = offered + dt.timedelta(minutes=minutes)
    assert offer_end(offered, starts) <= starts


def test_examples_an_officer_can_check() -> None:
    far = dt.datetime(2027, 1, 1, tzinfo=LOCAL)

    def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)

    assert offer_end(at(23, 9), far) == at(23, 11)
    assert offer_end(at(23, 21), far) == at(24, 7)
    assert offer_end(at(23, 20), far) == at(23, 22)
    assert offer_end(at(23, 23, 30), far) == at(24, 8)
    assert offer_end(at(24, 3), far) == at(24, 8)
    assert offer_end(at(23, 9), at(23, 10)) == at(23, 10)
