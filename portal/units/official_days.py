"""Public holidays and make-up working days from the `holidays` package (MIT), as plain rows.

Labour Code 45/2019/QH14 art. 112 gives the days; the yearly decision on swaps is in the package only
once it was published, so next year's rows stay unconfirmed until then and officers can correct them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import holidays

SOURCE_PREFIX = "holidays "
SOURCE = f"{SOURCE_PREFIX}{holidays.__version__}"


@dataclass(frozen=True)
class OfficialDay:
    date: dt.date
    is_working: bool
    name: str


def official_days(years: Iterable[int]) -> list[OfficialDay]:
    """Days off and worked weekends of the years, by date; names in Vietnamese."""
    wanted = sorted(set(years))
    table = holidays.country_holidays("VN", years=wanted, language="vi")
    off = [OfficialDay(day, False, name) for day, name in table.items() if day.year in wanted]
    worked = [
        OfficialDay(day, True, "Ngày làm việc bù") for day in table.weekend_workdays if day.year in wanted
    ]
    return sorted(off + worked, key=lambda day: day.date)
