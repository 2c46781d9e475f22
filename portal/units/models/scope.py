"""Which rows an officer may see, in one place for every room."""

from collections.abc import Iterable
from typing import Any, Protocol, Self

from django.db import models


class HoldsUnits(Protocol):
    """An officer, as this room needs him: the primary keys of the units he holds a role in."""

    def unit_ids(self) -> Iterable[int]: ...


def reach_of(unit_ids: Iterable[int]) -> models.QuerySet[Any, Any]:
    """Primary keys (a subquery) of every unit whose rows may be seen from the given units."""
    from portal.units.models.succession import UnitReach

    return UnitReach.objects.filter(unit_id__in=list(unit_ids)).values("reaches_id")


class UnitScopedQuerySet(models.QuerySet):
    """Base for rows that carry a unit; a room with a longer path sets `unit_path` ("booking__unit")."""

    unit_path = "unit"

    def visible_to(self, officer: HoldsUnits) -> Self:
        """Rows of the officer's units, of the units below them and of those merged into them."""
        return self.filter(**{f"{self.unit_path}__in": reach_of(officer.unit_ids())})
