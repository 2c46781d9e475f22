"""Bring the common edition in line with the data files; a second run changes nothing.

Editions of provinces, their notes and modes are never touched: what a unit wrote stays what its people read.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from procedures.actions.move_version import move_version
from procedures.actions.write_edition import REVIEW_DAYS, search_text_of
from procedures.content import Content
from procedures.enums import Fact, Grade, VersionStatus
from procedures.models import Procedure, ProcedureVersion
from procedures.validators import check_content

DATA = Path(__file__).resolve().parents[1] / "data" / "catalogue"
SHARED = "shared.toml"
# What the procedure itself and its version keep in columns; the rest of an entry is content.
COLUMNS = ("slug", "name", "name_en", "field", "filing_mode", "official_code", "ended_on")
LINKS = ("replaced_by", "part_of")
DATED = ("grade", "valid_from", "checked_on", "checked_by")
Entry = dict[str, Any]


@transaction.atomic
def load_catalogue(*, by: Actor, only: Iterable[str] | None = None) -> int:
    """Create or update what the files say, all of it or the keys `only`; returns how many procedures.

    ValidationError as `check_content` when a file is wrong: then nothing is loaded.
    """
    wanted = None if only is None else set(only)
    entries = [entry for entry in read_entries() if wanted is None or entry["key"] in wanted]
    procedures = _write_procedures(entries)
    latest = {
        version.procedure_id: version
        for version in ProcedureVersion.objects.filter(province=None).order_by("number")
    }
    versions = [_version_of(entry, procedures, by) for entry in entries]
    first = [version for version in versions if version.procedure_id not in latest]
    _write_first(first)
    later = [
        version
        for version in versions
        if version not in first and _write_next(version, latest[version.procedure_id], by)
    ]
    if changed := [version.procedure.key for version in [*first, *later]]:
        record(action="catalogue.loaded", by=by, detail={"changed": changed})
    return len(entries)


@cache
def read_entries() -> tuple[Entry, ...]:
    """Every entry of the files, shared passages filled in, dates as text; read once per process."""
    shared = tomllib.loads((DATA / SHARED).read_text(encoding="utf-8"))
    found = []
    for path in sorted(DATA.glob("*.toml")):
        if path.name != SHARED:
            file = tomllib.loads(path.read_text(encoding="utf-8"))
            found += [file["defaults"] | entry for entry in file["procedures"]]
    return tuple(_plain(_filled(entry, shared)) for entry in found)


def _filled(entry: Entry, shared: dict[str, Any]) -> Entry:
    """`steps = "@online"` stands for the passage shared.steps.online."""
    return {
        name: shared[name][value[1:]] if isinstance(value, str) and value.startswith("@") else value
        for name, value in entry.items()
    }


def _plain(value: Any) -> Any:
    """Dates inside lists as yyyy-mm-dd, which JSON can keep; those of columns too, Django reads them."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _write_procedures(entries: list[Entry]) -> dict[str, Procedure]:
    """The rows of the entries by key; a row is written only when a column differs."""
    known = Procedure.objects.in_bulk(field_name="key")
    new = [Procedure(key=entry["key"], **_columns(entry)) for entry in entries if entry["key"] not in known]
    Procedure.objects.bulk_create(new)
    known |= {procedure.key: procedure for procedure in new}
    for entry in entries:
        _update(known[entry["key"]], _columns(entry) | _linked(entry, known))
    return known


def _columns(entry: Entry) -> dict[str, Any]:
    found = {name: entry[name] for name in COLUMNS if name in entry}
    if "ended_on" in found:
        found["ended_on"] = dt.date.fromisoformat(found["ended_on"])
    return found


def _linked(entry: Entry, known: dict[str, Procedure]) -> dict[str, Any]:
    """Links to procedures that are not loaded (a test loads one) stay empty."""
    found = {name: known.get(entry.get(name, "")) for name in LINKS}
    return {f"{name}_id": other.pk if other else None for name, other in found.items()}


def _update(procedure: Procedure, values: dict[str, Any]) -> None:
    if all(getattr(procedure, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(procedure, name, value)
    procedure.save(update_fields=list(values))


def _version_of(entry: Entry, procedures: dict[str, Procedure], by: Actor) -> ProcedureVersion:
    """The entry as an unsaved version of the common edition."""
    content = _content(entry)
    check_content(content)
    checked = dt.date.fromisoformat(entry["checked_on"])
    return ProcedureVersion(
        procedure=procedures[entry["key"]],
        name=entry["name"],
        name_en=entry.get("name_en", ""),
        content=content,
        search_text=search_text_of(entry["name"], entry.get("name_en", ""), content),
        grade=entry["grade"],
        valid_from=dt.date.fromisoformat(entry["valid_from"]),
        checked_on=checked,
        checked_by=entry["checked_by"],
        review_on=checked + dt.timedelta(days=REVIEW_DAYS),
        made_by=by.actor_ref,
    )


def _content(entry: Entry) -> Content:
    """What is no column; facts from a single source are withheld unless the entry says which are sure."""
    skipped = {"key", "slug", "name", "name_en", "filing_mode", "ended_on", *LINKS, *DATED}
    content = {name: value for name, value in entry.items() if name not in skipped}
    if entry["grade"] != Grade.CONFIRMED:
        content.setdefault("unsure", Fact.values)
    return content


def _write_first(versions: list[ProcedureVersion]) -> None:
    """First versions replace nothing, so they need no gate: one statement for all of them."""
    for version in versions:
        version.number = 1
        if version.grade != Grade.UNVERIFIED:
            version.status, version.published_at = VersionStatus.PUBLISHED, timezone.now()
    ProcedureVersion.objects.bulk_create(versions)


def _write_next(version: ProcedureVersion, latest: ProcedureVersion, by: Actor) -> bool:
    """Add `version` after `latest` and publish it unless it is unverified; False when nothing changed."""
    same = ("name", "name_en", "content", "grade", "valid_from", "checked_on", "checked_by")
    if all(getattr(latest, name) == getattr(version, name) for name in same):
        return False
    version.number = latest.number + 1
    version.save()
    if latest.status == VersionStatus.DRAFT:
        move_version(version=latest, to=VersionStatus.DISCARDED, by=by)
    if version.grade != Grade.UNVERIFIED:
        move_version(version=version, to=VersionStatus.PUBLISHED, by=by)
    return True
