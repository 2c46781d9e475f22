import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.clock import LOCAL
from portal.units.enums import TimeUnit
from portal.units.working_time import (
    HALF_DAY_MINUTES,
    WorkCalendar,
    add_working_days,
    add_working_minutes,
    due_at,
    is_working_day,
    merge_spans,
    working_days_between,
    working_minutes_between,
)

# Around the national day of 2026: Monday 31 August off, made up on Saturday 22 August.
SUMMER = WorkCalendar(
    {
        dt.date(2026, 8, 22): True,
        dt.date(2026, 8, 31): False,
        dt.date(2026, 9, 1): False,
        dt.date(2026, 9, 2): False,
    }
)
days = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
calendars = st.dictionaries(days, st.booleans(), max_size=40).map(WorkCalendar)
moments = st.datetimes(
    dt.datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    dt.datetime(2027, 6, 30),  # noqa: DTZ001
    timezones=st.just(LOCAL),
).map(lambda moment: moment.replace(second=0, microsecond=0))


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-08-21", True),
        ("2026-08-22", True),
        ("2026-08-23", False),
        ("2026-08-29", False),
        ("2026-08-31", False),
        ("2026-09-02", False),
        ("2026-09-03", True),
    ],
)
def test_working_day_knows_swaps_and_holidays(day, worked):
    assert is_working_day(SUMMER, dt.date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("received", "amount", "unit", "due"),
    [
        # Counting starts on the working day after receipt, whatever the hour.
        ("2026-08-17T07:05", 1, TimeUnit.WORKING_DAY, "2026-08-18T17:00"),
        ("2026-08-17T16:59", 1, TimeUnit.WORKING_DAY, "2026-08-18T17:00"),
        ("2026-08-21T10:00", 1, TimeUnit.WORKING_DAY, "2026-08-22T17:00"),
        ("2026-08-28T10:00", 1, TimeUnit.WORKING_DAY, "2026-09-03T17:00"),
        ("2026-08-21T10:00", 7, TimeUnit.WORKING_DAY, "2026-09-03T17:00"),
        ("2026-08-30T10:00", 1, TimeUnit.WORKING_DAY, "2026-09-03T17:00"),
        # Half a working day is 240 office minutes, over the noon break and over the night.
        ("2026-08-17T07:00", 1, TimeUnit.HALF_WORKING_DAY, "2026-08-17T11:00"),
        ("2026-08-17T09:00", 1, TimeUnit.HALF_WORKING_DAY, "2026-08-17T15:00"),
        ("2026-08-17T16:00", 1, TimeUnit.HALF_WORKING_DAY, "2026-08-18T10:00"),
        ("2026-08-28T16:00", 1, TimeUnit.HALF_WORKING_DAY, "2026-09-03T10:00"),
        ("2026-08-17T22:00", 1, TimeUnit.HALF_WORKING_DAY, "2026-08-18T11:00"),
        # Hours run through the night.
        ("2026-08-28T20:00", 12, TimeUnit.HOUR, "2026-08-29T08:00"),
        # Calendar days end at 24:00, on a day off at the end of the next working day.
        ("2026-08-17T08:00", 3, TimeUnit.CALENDAR_DAY, "2026-08-20T23:59:59"),
        ("2026-08-17T08:00", 12, TimeUnit.CALENDAR_DAY, "2026-09-03T17:00"),
    ],
)
def test_due_at_never_converts_units(received, amount, unit, due):
    assert due_at(SUMMER, at(received), amount, unit) == at(due)


def test_due_at_reads_moments_in_local_time():
    late_utc = dt.datetime(2026, 8, 16, 18, 0, tzinfo=dt.UTC)  # 01:00 on Monday in Viet Nam
    assert due_at(SUMMER, late_utc, 1, TimeUnit.WORKING_DAY) == at("2026-08-18T17:00")


def test_minutes_between_skips_noon_night_and_holidays():
    assert working_minutes_between(SUMMER, at("2026-08-28T11:00"), at("2026-09-03T07:30")) == 30 + 210 + 30


def test_worked_saturday_has_the_hours_of_a_monday():
    calendar = WorkCalendar({dt.date(2026, 8, 22): True}, {0: ((480, 720),), 4: ((480, 600),)})
    assert calendar.spans(dt.date(2026, 8, 22)) == ((480, 720),)


def test_spans_never_count_a_minute_twice():
    assert merge_spans([(600, 700), (420, 650), (800, 900), (700, 710)]) == ((420, 710), (800, 900))


@pytest.mark.parametrize("amount", [0, -1])
def test_amounts_start_at_one(amount):
    for unit in TimeUnit:
        with pytest.raises(ValueError, match="starts at 1"):
            due_at(SUMMER, at("2026-08-17T08:00"), amount, unit)


def test_calendar_without_working_days_is_an_error():
    idle = WorkCalendar({dt.date(2026, 1, 1) + dt.timedelta(days=step): False for step in range(4000)})
    with pytest.raises(ValueError, match="no further"):
        add_working_days(idle, dt.date(2026, 1, 1), 1)
    with pytest.raises(ValueError, match="no further"):
        add_working_minutes(idle, at("2026-01-01T08:00"), 1)


@given(calendars, days, st.integers(1, 60))
def test_adding_days_is_the_inverse_of_counting_them(calendar, start, count):
    end = add_working_days(calendar, start, count)
    assert is_working_day(calendar, end)
    assert working_days_between(calendar, start, end) == count
    assert working_days_between(calendar, start, end - dt.timedelta(days=1)) == count - 1


@given(calendars, days, st.integers(1, 30), st.integers(1, 30))
def test_adding_days_twice_is_adding_their_sum(calendar, start, first, second):
    one_step = add_working_days(calendar, start, first + second)
    assert add_working_days(calendar, add_working_days(calendar, start, first), second) == one_step


@given(calendars, moments, st.integers(1, 5000))
def test_adding_minutes_is_the_inverse_of_counting_them(calendar, start, minutes):
    end = add_working_minutes(calendar, start, minutes)
    assert end > start
    assert working_minutes_between(calendar, start, end) == minutes


@given(calendars, moments, moments, moments)
def test_minutes_of_parts_add_up(calendar, first, second, third):
    first, second, third = sorted((first, second, third))
    parts = working_minutes_between(calendar, first, second) + working_minutes_between(
        calendar, second, third
    )
    assert working_minutes_between(calendar, first, third) == parts


@given(calendars, moments, st.integers(1, 40), st.sampled_from(list(TimeUnit)))
def test_due_lies_later_and_grows_with_the_amount(calendar, received, amount, unit):
    due = due_at(calendar, received, amount, unit)
    assert received < due <= due_at(calendar, received, amount + 1, unit)


@given(calendars, moments, st.integers(1, 10))
def test_half_days_are_counted_in_office_minutes(calendar, received, amount):
    due = due_at(calendar, received, amount, TimeUnit.HALF_WORKING_DAY)
    assert working_minutes_between(calendar, received, due) == amount * HALF_DAY_MINUTES


@given(calendars, days, moments)
def test_receipt_hour_does_not_move_a_working_day(calendar, day, moment):
    early = dt.datetime.combine(day, dt.time(0, 0), tzinfo=LOCAL)
    late = dt.datetime.combine(day, moment.time(), tzinfo=LOCAL)
    assert due_at(calendar, early, 3, TimeUnit.WORKING_DAY) == due_at(calendar, late, 3, TimeUnit.WORKING_DAY)
