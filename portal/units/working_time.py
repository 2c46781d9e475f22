"""Working time: pure functions over a WorkCalendar. Moments are aware; days and minutes are local.

Deadlines keep the unit the law wrote them in. Day counts begin on the day after receipt (Civil Code
91/2015/QH13 art. 147); a half working day and minutes are counted inside office hours; hours and
calendar days run through nights and weekends. Weekends are Saturday and Sunday, whatever the unit's
reception hours: a Saturday morning at the counter is not a working day for deadlines.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from portal.common.clock import LOCAL, MINUTES_OF_DAY, local_moment
from portal.units.enums import TimeUnit

Spans = tuple[tuple[int, int], ...]
# 07:00-11:30 and 13:30-17:00: the eight hours a commune police station announces when it says nothing else.
DEFAULT_OFFICE_HOURS: dict[int, Spans] = dict.fromkeys(range(5), ((420, 690), (810, 1020)))
HALF_DAY_MINUTES = 240  # half of the eight hours of Labour Code 45/2019/QH14 art. 105
HORIZON_DAYS = 3660  # a calendar without working days ends in an error, not in an endless loop


@dataclass(frozen=True)
class WorkCalendar:
    """`exceptions`: date -> worked or off; `hours`: weekday -> spans in minutes after midnight."""

    exceptions: Mapping[dt.date, bool] = field(default_factory=dict)
    hours: Mapping[int, Spans] = field(default_factory=lambda: DEFAULT_OFFICE_HOURS)

    def spans(self, day: dt.date) -> Spans:
        """Office spans of a working day, () on others; a worked weekend has the hours of a Monday."""
        if not is_working_day(self, day):
            return ()
        return self.hours.get(day.weekday()) or self.hours.get(0) or DEFAULT_OFFICE_HOURS[0]


def merge_spans(spans: Iterable[tuple[int, int]]) -> Spans:
    """Sort spans and join those that touch, so that no minute counts twice."""
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def is_working_day(calendar: WorkCalendar, day: dt.date) -> bool:
    return calendar.exceptions.get(day, day.weekday() < 5)


def working_days_after(calendar: WorkCalendar, day: dt.date) -> Iterator[dt.date]:
    """Working days after `day`, in order."""
    for distance in range(1, HORIZON_DAYS):
        later = day + dt.timedelta(days=distance)
        if is_working_day(calendar, later):
            yield later
    raise ValueError("this calendar has no further working days")


def add_working_days(calendar: WorkCalendar, day: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `day`; `day` itself is never counted. `count` is 1 or more."""
    if count < 1:
        raise ValueError("count starts at 1")
    days = working_days_after(calendar, day)
    for _skipped in range(count - 1):
        next(days)
    return next(days)


def working_days_between(calendar: WorkCalendar, start: dt.date, end: dt.date) -> int:
    """How many working days lie after `start`, up to and including `end`; 0 when end is not later."""
    days = (start + dt.timedelta(days=step) for step in range(1, (end - start).days + 1))
    return sum(is_working_day(calendar, day) for day in days)


def working_minutes_between(calendar: WorkCalendar, start: dt.datetime, end: dt.datetime) -> int:
    """Whole office minutes from `start` to `end`; 0 when end is not later."""
    first, last = start.astimezone(LOCAL), end.astimezone(LOCAL)
    if last <= first:
        return 0
    total = 0
    for step in range((last.date() - first.date()).days + 1):
        day = first.date() + dt.timedelta(days=step)
        from_minute = _minute(first) if day == first.date() else 0
        to_minute = _minute(last) if day == last.date() else MINUTES_OF_DAY
        total += sum(
            max(0, min(closes, to_minute) - max(opens, from_minute)) for opens, closes in calendar.spans(day)
        )
    return total


def add_working_minutes(calendar: WorkCalendar, start: dt.datetime, minutes: int) -> dt.datetime:
    """The moment by which `minutes` (1 or more) office minutes have passed since `start`."""
    if minutes < 1:
        raise ValueError("minutes start at 1")
    first = start.astimezone(LOCAL)
    left = minutes
    for step in range(HORIZON_DAYS):
        day = first.date() + dt.timedelta(days=step)
        from_minute = _minute(first) if step == 0 else 0
        for opens, closes in calendar.spans(day):
            usable = max(0, closes - max(opens, from_minute))
            if usable >= left:
                return _at(day, max(opens, from_minute) + left)
            left -= usable
    raise ValueError("this calendar has no further office hours")


def end_of_working_day(calendar: WorkCalendar, day: dt.date) -> dt.datetime:
    """When the last office span of a working day closes."""
    spans = calendar.spans(day)
    if not spans:
        raise ValueError("not a working day")
    return _at(day, spans[-1][1])


def due_at(calendar: WorkCalendar, received: dt.datetime, amount: int, unit: TimeUnit) -> dt.datetime:
    """When something received at `received` is due; `amount` is 1 or more of `unit`.

    working_day: end of the last working day. half_working_day: 240 office minutes each.
    hour: that many hours later. calendar_day: the end of the last day, or of the next working day when
    it falls on a day off (Civil Code art. 148 clause 5).
    """
    if amount < 1:
        raise ValueError("amount starts at 1")
    local = received.astimezone(LOCAL)
    if unit == TimeUnit.WORKING_DAY:
        return end_of_working_day(calendar, add_working_days(calendar, local.date(), amount))
    if unit == TimeUnit.HALF_WORKING_DAY:
        return add_working_minutes(calendar, local, amount * HALF_DAY_MINUTES)
    if unit == TimeUnit.HOUR:
        return local + dt.timedelta(hours=amount)
    last = local.date() + dt.timedelta(days=amount)
    if is_working_day(calendar, last):
        return dt.datetime.combine(last, dt.time(23, 59, 59), tzinfo=LOCAL)
    return end_of_working_day(calendar, add_working_days(calendar, last, 1))


def _at(day: dt.date, minutes: int) -> dt.datetime:
    """local_moment, where minute 1440 is the midnight that ends the day."""
    return local_moment(day + dt.timedelta(days=minutes // MINUTES_OF_DAY), minutes % MINUTES_OF_DAY)


def _minute(moment: dt.datetime) -> int:
    """Whole minutes after midnight."""
    return moment.hour * 60 + moment.minute
