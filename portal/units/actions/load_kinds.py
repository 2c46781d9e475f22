"""Kinds of units from data/kinds.tsv."""

from collections.abc import Callable

from portal.units import official
from portal.units.models import UnitKind


def load_kinds(*, told: Callable[[str, int, int], None] | None = None) -> dict[str, UnitKind]:
    """All kinds by code, those missing created; `told("kinds", created, changed)` hears how many."""
    there = {kind.code: kind for kind in UnitKind.objects.all()}
    new = [
        UnitKind(
            code=row["code"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            level=int(row["level"]),
            is_current=row["is_current"] == "1",
        )
        for row in official.kinds()
        if row["code"] not in there
    ]
    UnitKind.objects.bulk_create(new)
    if told is not None:
        told("kinds", len(new), 0)
    return there | {kind.code: kind for kind in new}
