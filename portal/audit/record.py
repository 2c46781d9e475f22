"""Writing an entry: a plain INSERT in the caller's transaction, no chain, no lock."""

from typing import Any

from portal.audit.models import AuditEntry
from portal.common.actors import Actor
from portal.common.logs import mask


def clean_detail(value: Any) -> Any:
    """`value` if its digest will be the same on every database; TypeError otherwise.

    Numbers with a fraction are refused: SQLite keeps their text, PostgreSQL's jsonb rewrites it.
    Strings are masked like log lines, as a second net against personal data.
    """
    if isinstance(value, dict):
        return {str(key): clean_detail(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_detail(item) for item in value]
    if isinstance(value, str):
        return mask(value)
    if value is None or isinstance(value, int):
        return value
    raise TypeError(
        f"Audit detail takes text, whole numbers, booleans and lists, not {type(value).__name__}."
    )


def record(
    *, action: str, by: Actor, obj: Any = None, unit: Any = None, detail: dict | None = None
) -> AuditEntry:
    """Append `action` (`booking.confirmed`) by `by` on `obj` (has `uid`) for `unit`.

    `detail` says no name, phone, number or code of a person; ids and statuses only. The entry commits
    or vanishes with the caller's transaction.
    """
    entry = new_entry(action=action, by=by, obj=obj, unit=unit, detail=detail)
    entry.save()
    return entry


def new_entry(
    *, action: str, by: Actor, obj: Any = None, unit: Any = None, detail: dict | None = None
) -> AuditEntry:
    """The same entry unsaved, for callers who insert several rows at once (portal.common.inserts)."""
    return AuditEntry(
        action=action,
        actor=by.actor_ref,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_uid=str(obj.uid) if obj is not None else "",
        unit_number=unit.pk if unit is not None else None,
        unit_uid=str(unit.uid) if unit is not None else "",
        unit_code=(unit.official_code or "") if unit is not None else "",
        detail=clean_detail(detail or {}),
    )


def record_read(*, action: str, by: Actor, obj: Any, unit: Any = None) -> None:
    """Append that `by` opened `obj` on the officers' desk."""
    record(action=action, by=by, obj=obj, unit=unit)
