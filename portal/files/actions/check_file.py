"""Checking a file: claim, clean in another process, scan, settle. Broken off anywhere, it is done again."""

import datetime as dt
import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.common.broker import publish
from portal.common.crypto import blind_index
from portal.files import limits
from portal.files.actions.gate import CHECK_TASK, QUEUE, move_file
from portal.files.cleaning.sealed import CannotOpen, SealedReader
from portal.files.decoder import Cleaned, SourceMissing, clean, discard
from portal.files.enums import BlobRole, FileState
from portal.files.models import Blob, StoredFile
from portal.files.models.files import CONTENT
from portal.files.owners import find_owner
from portal.files.scanner import ScanUnavailable, find_malware, is_configured
from portal.files.storing import path_of, remove

_FREE: dict[str, Any] = {"lease": None, "leased_until": None}


def check_file(*, file_uid: uuid.UUID, by: Actor) -> str:
    """Decide about one file: its state afterwards, "" when it was not due or somebody else is at it.

    Fails closed: only what was decoded, written anew and (when a scanner is set up) scanned becomes clean.
    """
    file = _claim(file_uid, by)
    if file is None:
        return ""
    if file.attempts > limits.CHECK_ATTEMPTS:  # the worker itself died at it, again and again
        return _settle(file, by, to=FileState.QUARANTINED, code="check_failed")
    original = file.blobs.get(role=BlobRole.ORIGINAL)
    try:
        cleaned = clean(file, original)
    except SourceMissing:
        return _settle(file, by, to=FileState.REFUSED, code="file_missing")
    if cleaned.refused:
        return _settle(file, by, to=FileState.REFUSED, code=cleaned.refused, cleaned=cleaned)
    code, finding = _scan(original)
    to = FileState.QUARANTINED if code else FileState.CLEAN
    return _settle(file, by, to=to, code=code, cleaned=cleaned, finding=finding)


def check_due(*, by: Actor) -> int:
    """Wake a worker for everything that waits or was broken off, oldest first; returns how many."""
    due = StoredFile.objects.checkable(timezone.now()).order_by("pk").values_list("uid", flat=True)
    waiting = list(due[: limits.SWEEP_BATCH])
    for uid in waiting:
        publish(CHECK_TASK, str(uid), QUEUE)
    return len(waiting)


@transaction.atomic
def _claim(file_uid: uuid.UUID, by: Actor) -> StoredFile | None:
    now = timezone.now()
    rows = StoredFile.objects.select_for_update(of=("self",)).select_related("unit")
    file = rows.checkable(now).filter(uid=file_uid).first()
    if file is None:
        return None
    return move_file(
        file=file,
        to=FileState.CHECKING,
        by=by,
        attempts=file.attempts + 1,
        lease=uuid.uuid4(),
        leased_until=now + limits.CHECK_LEASE,
    )


def _scan(original: Blob) -> tuple[str, str]:
    """(code, what was found) of the bytes as they came; ("", "") when there is nothing to hold it for."""
    if not is_configured():
        return "", ""
    try:
        with SealedReader(
            path_of(original.name), key=original.key, uid=original.uid, stored_size=original.stored_size
        ) as reader:
            finding = find_malware(reader.pieces())
    except (ScanUnavailable, CannotOpen):
        return "scan_unavailable", ""
    return ("malware", finding) if finding else ("", "")


def _settle(
    file: StoredFile, by: Actor, *, to: str, code: str, cleaned: Cleaned | None = None, finding: str = ""
) -> str:
    """Write the verdict if the lease is still ours; else throw away what was made."""
    blobs = cleaned.blobs if cleaned else ()
    with transaction.atomic():
        rows = StoredFile.objects.select_for_update(of=("self",)).select_related("unit")
        mine = rows.filter(pk=file.pk, lease=file.lease, state=FileState.CHECKING).first()
        if mine is not None:
            # What is kept decides which bytes stay: the original only as long as somebody may have to look
            # again.
            drop_blobs(mine, keep_original=to == FileState.QUARANTINED)
            for blob in blobs:
                blob.save(force_insert=True)
            move_file(file=mine, to=to, by=by, code=code, **_verdict(mine, to, code, cleaned, finding))
            tell_owner(mine)
    if mine is None:
        discard(blobs)
        return ""
    return to


def _verdict(file: StoredFile, to: str, code: str, cleaned: Cleaned | None, finding: str) -> dict[str, Any]:
    now = timezone.now()
    digest = cleaned.sha256 if cleaned else ""
    waits = code == "scan_unavailable"
    return {
        **_FREE,
        "finding": finding,
        "content_hash": blind_index(CONTENT, digest) if digest else None,
        "checked_at": now,
        "attempts": 0 if waits else file.attempts,
        "next_at": now + limits.RECHECK_AFTER if waits else None,
        "kept_until": now + lifetime(file, to),
    }


def lifetime(file: StoredFile, to: str) -> dt.timedelta:
    """How long a file is kept from the moment it came into a state."""
    if to == FileState.CLEAN:
        owner = find_owner(file.owner_key)
        return dt.timedelta(days=owner.keep_days) if owner else limits.QUARANTINE_LIFE
    return limits.REFUSED_LIFE if to == FileState.REFUSED else limits.QUARANTINE_LIFE


def drop_blobs(file: StoredFile, *, keep_original: bool) -> None:
    """Rows now, bytes after the commit: a crash between the two leaves noise that the sweeper finds."""
    rows = file.blobs.exclude(role=BlobRole.ORIGINAL) if keep_original else file.blobs.all()
    names = list(rows.values_list("name", flat=True))
    rows.delete()
    for name in names:
        transaction.on_commit(partial(remove, name), robust=True)


def tell_owner(file: StoredFile) -> None:
    """The room it belongs to hears of a verdict in the same transaction."""
    owner = find_owner(file.owner_key)
    if owner and owner.on_checked and file.state in (FileState.CLEAN, FileState.REFUSED):
        owner.on_checked(file)
