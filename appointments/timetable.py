"""Formulas of days, hours and places; no tables.

Times are minutes after local midnight, spans pairs of them, weekdays 0 = Monday.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from portal.common.clock import show_minutes

Spans = tuple[tuple[int, int], ...]
WORKDAYS = (0, 1, 2, 3, 4)
DEFAULT_MINUTES = 5


@dataclass(frozen=True)
class Round:
    """One line of a plan: a place on some days, with its hours and places per slot."""

    first_date: dt.date
    last_date: dt.date
    place_name: str
    place_address: str
    spans: Spans
    slot_minutes: int
    capacity: int
    reserve: int = 0
    weekdays: tuple[int, ...] = WORKDAYS


@dataclass(frozen=True)
class Plan:
    """What an officer asks for: a name and one line per place and stretch of days."""

    name: str
    rounds: tuple[Round, ...]
    skip_holidays: bool = True
    description: str = ""
    numbering: str = "at_once"
    minutes_per_person: int = DEFAULT_MINUTES


@dataclass(frozen=True)
class PlannedSession:
    """One place on one day as it would be created."""

    date: dt.date
    place_name: str
    place_address: str
    starts: tuple[int, ...]
    slot_minutes: int
    capacity: int
    reserve: int = 0

    @property
    def places(self) -> int:
        return self.capacity * len(self.starts)

    @property
    def reserved(self) -> int:
        return self.reserve * len(self.starts)

    @property
    def hours(self) -> str:
        """`07:30-11:30, 13:30-17:00`: from the first slot to the end of the last, breaks left out."""
        return ", ".join(
            f"{show_minutes(opens)}-{show_minutes(closes)}"
            for opens, closes in joined(self.starts, self.slot_minutes)
        )


@dataclass(frozen=True)
class OfficeSettings:
    """How an office calendar is laid out from reception hours."""

    days_ahead: int
    counters: int
    minutes_per_person: int
    slot_minutes: int
    reserve: int = 0

    @property
    def capacity(self) -> int:
        """Public places of one slot."""
        return office_capacity(
            counters=self.counters,
            minutes_per_person=self.minutes_per_person,
            slot_minutes=self.slot_minutes,
            reserve=self.reserve,
        )


def starts_in(spans: Iterable[tuple[int, int]], slot_minutes: int) -> tuple[int, ...]:
    """When slots begin; the last one of each span ends before it closes."""
    return tuple(
        start for opens, closes in spans for start in range(opens, closes - slot_minutes + 1, slot_minutes)
    )


def joined(starts: Iterable[int], minutes: int) -> Spans:
    """Spans of slots that follow each other without a break."""
    spans: list[tuple[int, int]] = []
    for start in sorted(starts):
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], start + minutes)
        else:
            spans.append((start, start + minutes))
    return tuple(spans)


def days_of(first: dt.date, last: dt.date, weekdays: Iterable[int]) -> list[dt.date]:
    """The dates from `first` to `last` on these weekdays."""
    wanted = set(weekdays)
    span = (first + dt.timedelta(days=step) for step in range((last - first).days + 1))
    return [day for day in span if day.weekday() in wanted]


def planned_session(line: Round, day: dt.date) -> PlannedSession:
    return PlannedSession(
        date=day,
        place_name=line.place_name,
        place_address=line.place_address,
        starts=starts_in(line.spans, line.slot_minutes),
        slot_minutes=line.slot_minutes,
        capacity=line.capacity,
        reserve=line.reserve,
    )


def office_capacity(*, counters: int, minutes_per_person: int, slot_minutes: int, reserve: int) -> int:
    """Public places of one slot: whom the counters can serve, less the staff's reserve; never below 0."""
    return max(0, counters * slot_minutes // minutes_per_person - reserve)


def counters_needed(*, persons: int, minutes_per_person: int, slot_minutes: int) -> int:
    """How many counters serve so many people within one slot."""
    return -(-persons * minutes_per_person // slot_minutes)
