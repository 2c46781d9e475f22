"""How entries are hashed; any change here breaks every chain written before (docs/adr/0009-audit.md)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Protocol

from portal.audit.models import AuditEntry

START = "0" * 64  # what the first seal names as the digest before it


class Place(Protocol):
    """An entry's id and digest at its position in a seal."""

    entry_id: int
    entry_digest: str


def canonical(entry: AuditEntry) -> bytes:
    """Every column as JSON: sorted keys, no blanks, UTF-8, the moment in UTC to the microsecond."""
    content = {
        "id": entry.pk,
        "uid": str(entry.uid),
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_uid": entry.object_uid,
        "unit_number": entry.unit_number,
        "unit_uid": entry.unit_uid,
        "unit_code": entry.unit_code,
        "detail": entry.detail,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def entry_digest(entry: AuditEntry) -> str:
    """SHA-256 of the canonical form, 64 hex characters."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def seal_digest(number: int, previous: str, places: Iterable[Place]) -> str:
    """SHA-256 chained over the seal's number, the digest before it and every entry in its order."""
    digest = hashlib.sha256(f"{number}:{previous}".encode()).hexdigest()
    for place in places:
        digest = hashlib.sha256(f"{digest}:{place.entry_id}:{place.entry_digest}".encode()).hexdigest()
    return digest
