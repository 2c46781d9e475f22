import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal.common.clock import LOCAL
from portal.units.models import CalendarDay, OpeningHours
from portal.units.queries import next_opening, open_now, reception_spans, work_calendar


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.fixture
def ward(demo):
    """Open on weekdays 07:00-11:30 and 13:30-17:00 and on Saturday morning; three special days in 2026."""
    unit = demo["Phường Hải Vân Đông"]
    day(dt.date(2026, 8, 31), is_working=False)
    day(dt.date(2026, 8, 23), is_working=True)
    day(dt.date(2026, 8, 19), is_working=False, unit=unit, moves_deadlines=False)
    return unit


def day(date, *, is_working, unit=None, moves_deadlines=True):
    return CalendarDay.objects.create(
        date=date, is_working=is_working, name="Thử", source="Thử", unit=unit, moves_deadlines=moves_deadlines
    )


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-08-18T06:59", False),
        ("2026-08-18T07:00", True),
        ("2026-08-18T11:29", True),
        ("2026-08-18T11:30", False),
        ("2026-08-18T13:30", True),
        ("2026-08-18T17:00", False),
        ("2026-08-22T08:00", True),
        ("2026-08-22T14:00", False),
        ("2026-08-23T14:00", True),
        ("2026-08-31T08:00", False),
        ("2026-08-19T08:00", False),
    ],
)
def test_open_now_follows_hours_holidays_and_own_closures(ward, moment, is_open):
    assert open_now(ward, at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-08-18T06:00", "2026-08-18T07:00"),
        ("2026-08-18T07:00", "2026-08-18T13:30"),
        ("2026-08-18T17:00", "2026-08-20T07:00"),
        ("2026-08-29T12:00", "2026-09-01T07:00"),
    ],
)
def test_next_opening_skips_closed_days(ward, moment, opening):
    assert next_opening(ward, at(moment)) == at(opening)


def test_next_opening_is_none_without_hours(ward):
    OpeningHours.objects.filter(unit=ward).delete()
    assert next_opening(ward, at("2026-08-18T06:00")) is None


def test_own_closure_does_not_move_deadlines(ward):
    calendar = work_calendar(ward)
    assert calendar.exceptions == {dt.date(2026, 8, 31): False, dt.date(2026, 8, 23): True}


def test_own_day_wins_over_the_national_one(ward):
    day(dt.date(2026, 8, 31), is_working=True, unit=ward)
    assert reception_spans(ward, dt.date(2026, 8, 31)) == ((420, 690), (810, 1020))
    assert work_calendar(ward).exceptions[dt.date(2026, 8, 31)] is True
    assert work_calendar(None).exceptions[dt.date(2026, 8, 31)] is False


def test_office_hours_of_the_unit_count_for_deadlines(ward):
    OpeningHours.objects.create(unit=ward, kind="office", weekday=0, opens=480, closes=720)
    assert work_calendar(ward).hours == {0: ((480, 720),)}


def test_a_date_stands_once_for_all_and_once_per_unit(ward):
    for unit in (None, ward):
        with pytest.raises(IntegrityError), transaction.atomic():
            day(dt.date(2026, 8, 31) if unit is None else dt.date(2026, 8, 19), is_working=True, unit=unit)


def test_hours_must_close_after_they_open(ward):
    for opens, closes in ((600, 600), (600, 500), (600, 1441)):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningHours.objects.create(unit=ward, weekday=6, opens=opens, closes=closes)
