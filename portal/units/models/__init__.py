from portal.units.models.calendar import CalendarDay
from portal.units.models.places import Hamlet, OpeningHours, UnitContact
from portal.units.models.units import (
    Succession,
    Unit,
    UnitKind,
    UnitReach,
    UnitScopedQuerySet,
    heirs_of,
    reach_of,
)

__all__ = [
    "CalendarDay",
    "Hamlet",
    "OpeningHours",
    "Succession",
    "Unit",
    "UnitContact",
    "UnitKind",
    "UnitReach",
    "UnitScopedQuerySet",
    "heirs_of",
    "reach_of",
]
