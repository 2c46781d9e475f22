"""The official units as read from portal/units/data (no database here).

Sources and licence stand in the head of each file. Codes are text with their leading zeros; a key is
(edition, code), since provinces changed codes on 1 July 2025 while others took the old ones over.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.units.enums import Edition
from portal.units.naming import make_slug

DATA = Path(__file__).resolve().parent / "data"
DATA_EDITION = "2026-04"
TWO_TIERS_SINCE = dt.date(2025, 7, 1)
LAST_OLD_DAY = dt.date(2025, 6, 30)
NOW, OLD = Edition.SINCE_JULY_2025.value, Edition.UNTIL_JUNE_2025.value
MINISTRY = (NOW, None)
MINISTRY_NAME = "Bộ Công an"
# Resolution 202/2025/QH15 and the commune resolutions of June 2025; the old tree as it stood before.
EXPECTED = {
    "provinces.tsv": 34,
    "communes.tsv": 3321,
    "old_provinces.tsv": 63,
    "old_districts.tsv": 696,
    "old_communes.tsv": 10035,
}
# The official name of this police keeps the capital of the city's full name.
POLICE_TITLES = {(NOW, "79"): "Công an Thành phố Hồ Chí Minh", MINISTRY: MINISTRY_NAME}

Key = tuple[str, str | None]


@dataclass(frozen=True)
class OfficialUnit:
    """One line of a file; `slugs` are the addresses it may get, best first."""

    key: Key
    kind: str
    name: str
    display_name: str
    parent: Key | None
    latitude: float | None
    longitude: float | None
    slugs: tuple[str, ...]

    @property
    def is_old(self) -> bool:
        return self.key[0] == OLD


@dataclass(frozen=True)
class OfficialSuccession:
    """`main`: takes the records over; otherwise only part of the area."""

    old: Key
    new: Key
    main: bool


def read_table(file_name: str) -> list[dict[str, str]]:
    """Rows of a data file; ValueError when it does not hold as many rows as the law made units."""
    with (DATA / file_name).open(encoding="utf-8", newline="") as handle:
        lines = (line for line in handle if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if len(rows) != EXPECTED.get(file_name, len(rows)):
        raise ValueError(f"{file_name}: {len(rows)} rows, {EXPECTED[file_name]} expected")
    return rows


def kinds() -> list[dict[str, str]]:
    return read_table("kinds.tsv")


def layers() -> Iterator[list[OfficialUnit]]:
    """Units from the top down, so that each layer's parents are in the layers before it."""
    words = {row["code"]: row["name_vi"] for row in kinds()}
    yield [
        OfficialUnit(MINISTRY, "ministry", MINISTRY_NAME, MINISTRY_NAME, None, None, None, ("bo-cong-an",))
    ]
    now = _layer("provinces.tsv", NOW, words, None)
    old = _layer("old_provinces.tsv", OLD, words, None)
    yield now + old
    provinces = {unit.key: unit for unit in now + old}
    communes = _layer("communes.tsv", NOW, words, "province", provinces)
    districts = _layer("old_districts.tsv", OLD, words, "province", provinces)
    yield communes + districts
    parents = provinces | {unit.key: unit for unit in districts}
    yield _layer("old_communes.tsv", OLD, words, "district", parents)


def successions() -> list[OfficialSuccession]:
    """All of 1 July 2025. A district's communes share it out; its records went to no single commune."""
    found = [
        OfficialSuccession((OLD, row["code"]), (NOW, row["successor"]), True)
        for row in read_table("old_provinces.tsv")
    ]
    districts: dict[str, dict[str, None]] = {}
    for row in read_table("old_communes.tsv"):
        heirs = row["successors"].split()
        found.extend(_shares(row["code"], heirs))
        districts.setdefault(row["district"], {}).update(dict.fromkeys(heirs))
    for row in read_table("old_districts.tsv"):
        found.extend(_shares(row["code"], row["successors"].split()))
    for code, communes in districts.items():
        found.extend(OfficialSuccession((OLD, code), (NOW, heir), False) for heir in communes)
    return found


def _shares(code: str, heirs: list[str]) -> list[OfficialSuccession]:
    return [
        OfficialSuccession((OLD, code), (NOW, heir), position == 0) for position, heir in enumerate(heirs)
    ]


def _layer(
    file_name: str,
    edition: str,
    words: dict[str, str],
    parent_column: str | None,
    parents: dict[Key, OfficialUnit] | None = None,
) -> list[OfficialUnit]:
    units = []
    for row in read_table(file_name):
        parent: Key = (edition, row[parent_column]) if parent_column else MINISTRY
        display_name = f"{words[row['kind']]} {row['name']}"
        units.append(
            OfficialUnit(
                key=(edition, row["code"]),
                kind=row["kind"],
                name=row["name"],
                display_name=display_name,
                parent=parent,
                latitude=float(row["latitude"]) if row["latitude"] else None,
                longitude=float(row["longitude"]) if row["longitude"] else None,
                slugs=_slugs(display_name, row["code"], edition, _tail(parent, parents or {})),
            )
        )
    return units


def _tail(parent: Key | None, parents: dict[Key, OfficialUnit]) -> list[str]:
    """Names that tell namesakes apart: a district in full (quận 4), a province by its bare name."""
    tail = []
    while parent in parents:
        unit = parents[parent]
        tail.append(unit.name if unit.kind in ("province", "city") else unit.display_name)
        parent = unit.parent
    return tail


def _slugs(display_name: str, code: str, edition: str, tail: list[str]) -> tuple[str, ...]:
    best = make_slug(display_name, *tail)
    if edition == OLD:
        return best, f"{best}-truoc-2025", f"{best}-truoc-2025-{code}"
    return best, f"{best}-{code}"
