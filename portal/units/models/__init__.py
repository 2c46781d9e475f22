from portal.units.models.calendar import CalendarDay
from portal.units.models.places import Hamlet, OpeningHours, UnitContact
from portal.units.models.scope import UnitScopedQuerySet, reach_of
from portal.units.models.succession import Succession, UnitReach
from portal.units.models.units import Unit, UnitKind

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
    "reach_of",
]
