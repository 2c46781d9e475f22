"""The base of every queryset of rows that carry a unit, under the name other rooms import."""

from portal.units.models.units import HoldsUnits, UnitScopedQuerySet, reach_of

__all__ = ["HoldsUnits", "UnitScopedQuerySet", "reach_of"]
