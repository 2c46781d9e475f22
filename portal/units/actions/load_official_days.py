"""National holidays and make-up days of the calendar."""

from collections.abc import Iterable

from portal.units import official_days
from portal.units.models import CalendarDay


def load_official_days(*, years: Iterable[int]) -> tuple[int, int]:
    """(created, changed) national days of `years`; those an officer entered or corrected are not touched."""
    there = {day.date: day for day in CalendarDay.objects.filter(unit__isnull=True)}
    new, changed = [], []
    for line in official_days.official_days(years):
        day = there.get(line.date)
        if day is None:
            new.append(_new_day(line))
        elif day.source.startswith(official_days.SOURCE_PREFIX) and (day.is_working, day.name) != (
            line.is_working,
            line.name,
        ):
            day.is_working, day.name, day.source = line.is_working, line.name, official_days.SOURCE
            changed.append(day)
    CalendarDay.objects.bulk_create(new)
    CalendarDay.objects.bulk_update(changed, ["is_working", "name", "source"])
    return len(new), len(changed)


def _new_day(line: official_days.OfficialDay) -> CalendarDay:
    return CalendarDay(
        date=line.date,
        is_working=line.is_working,
        name=line.name,
        source=official_days.SOURCE,
        moves_deadlines=True,
    )
