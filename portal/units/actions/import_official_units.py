"""Load the official units, what became of the old ones, and the holidays; again changes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.units import official
from portal.units.actions.load_kinds import load_kinds
from portal.units.actions.load_official_days import load_official_days
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.units.models import Succession, Unit, UnitKind
from portal.units.naming import folded_path, plain

BATCH = 500
# What a new data edition may correct in a unit that exists; addresses, phones and switches are officers'.
OWNED = ("kind_id", "parent_id", "name", "display_name", "folded_name", "folded_path")
Progress = Callable[[str, int, int], None]


@dataclass
class ImportReport:
    """Rows per table; `created` and `changed` stay empty when the database already agreed."""

    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, created: int, changed: int) -> None:
        self.created[table] = self.created.get(table, 0) + created
        self.changed[table] = self.changed.get(table, 0) + changed

    @property
    def totals(self) -> tuple[int, int]:
        return sum(self.created.values()), sum(self.changed.values())


def import_official_units(
    *, by: Actor, years: Iterable[int] | None = None, progress: Progress | None = None
) -> ImportReport:
    """All or nothing. `years` of holidays: this year and the next when not given.

    ValueError when a data file is incomplete. Officers' own entries (addresses, phones, calendar days
    they corrected, units they closed) are left as they are.
    """
    told = progress or (lambda label, done, total: None)
    this_year = local_today().year
    report = ImportReport()
    with transaction.atomic():
        kinds = load_kinds(told=report.add)
        units = _import_units(report, kinds, told)
        _import_successions(report, units, told)
        report.add("days", *load_official_days(years=years or (this_year, this_year + 1)))
        told("reach", 0, 1)
        report.add("reach", *rebuild_reach())
        told("reach", 1, 1)
        if any(report.totals):
            detail = {"edition": official.DATA_EDITION, "created": report.created, "changed": report.changed}
            record(action="units.imported", by=by, obj=units[official.MINISTRY], unit=None, detail=detail)
    return report


def _import_units(
    report: ImportReport, kinds: dict[str, UnitKind], told: Progress
) -> dict[official.Key, Unit]:
    there = _known_units()
    slugs = {slug for slug in Unit.objects.values_list("slug", flat=True) if slug}
    done, total = 0, sum(official.EXPECTED.values()) + 1
    for layer in official.layers():
        new, changed = [], []
        for line in layer:
            values = _values(line, kinds, there)
            if unit := there.get(line.key):
                changed.extend(_differing(unit, line, values, there))
            else:
                new.append(_new_unit(line, values, slugs))
        for start in range(0, len(new), BATCH):
            Unit.objects.bulk_create(new[start : start + BATCH])
            told("units", done + min(start + BATCH, len(new)), total)
        Unit.objects.bulk_update(changed, OWNED_FIELDS, batch_size=100)
        there |= {(unit.edition, unit.official_code): unit for unit in new}
        report.add("units", len(new), len(changed))
        done += len(layer)
    told("units", total, total)
    return there


OWNED_FIELDS = tuple(name.removesuffix("_id") for name in OWNED)


def _known_units() -> dict[official.Key, Unit]:
    """Official units by (edition, code); the ministry is the one without a code."""
    rows = Unit.objects.filter(edition__in=(official.NOW, official.OLD)).order_by()
    return {(unit.edition, unit.official_code): unit for unit in rows}


def _values(
    line: official.OfficialUnit, kinds: dict[str, UnitKind], units: dict[official.Key, Unit]
) -> dict[str, Any]:
    parent = units[line.parent] if line.parent else None
    above = parent.folded_path.strip() if parent and line.parent != official.MINISTRY else ""
    return {
        "kind_id": kinds[line.kind].pk,
        "parent_id": parent.pk if parent else None,
        "name": line.name,
        "display_name": line.display_name,
        "folded_name": plain(line.name),
        "folded_path": folded_path(line.display_name, above),
    }


def _differing(
    unit: Unit, line: official.OfficialUnit, values: dict[str, Any], units: dict[official.Key, Unit]
) -> list[Unit]:
    """The unit with the list's values set, or nothing when it has them or was closed here since."""
    if not line.is_old and (unit.valid_to or (line.parent and units[line.parent].valid_to)):
        return []
    if all(getattr(unit, name) == value for name, value in values.items()):
        return []
    for name, value in values.items():
        setattr(unit, name, value)
    return [unit]


def _new_unit(line: official.OfficialUnit, values: dict[str, Any], slugs: set[str]) -> Unit:
    slug = next(slug for slug in line.slugs if slug not in slugs)
    slugs.add(slug)
    return Unit(
        edition=line.key[0],
        official_code=line.key[1],
        slug=slug,
        police_title=official.POLICE_TITLES.get(line.key, ""),
        valid_from=None if line.is_old or line.parent is None else official.TWO_TIERS_SINCE,
        valid_to=official.LAST_OLD_DAY if line.is_old else None,
        latitude=line.latitude,
        longitude=line.longitude,
        **values,
    )


def _import_successions(report: ImportReport, units: dict[official.Key, Unit], told: Progress) -> None:
    there = set(Succession.objects.values_list("predecessor_id", "successor_id"))
    wanted = official.successions()
    new = [
        Succession(
            predecessor=units[line.old],
            successor=units[line.new],
            on=official.TWO_TIERS_SINCE,
            inherits_records=line.main,
        )
        for line in wanted
        if (units[line.old].pk, units[line.new].pk) not in there
    ]
    for start in range(0, len(new), BATCH):
        Succession.objects.bulk_create(new[start : start + BATCH])
        told("successions", start, len(wanted))
    told("successions", len(wanted), len(wanted))
    report.add("successions", len(new), 0)
