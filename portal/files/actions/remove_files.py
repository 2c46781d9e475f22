"""Removing: by whoever sent it, by the room it belongs to, and by the clock.

Rows first, bytes after the commit. The key of the bytes stood in the row, so from the commit on they are
noise, also where a disk keeps what was deleted; what a crash leaves lying is found by the sweeper.
"""

import datetime as dt
import uuid
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.files import limits
from portal.files.actions.receive_file import find_upload
from portal.files.enums import FileState
from portal.files.errors import SENTENCES, FileNotFound
from portal.files.models import Blob, StoredFile
from portal.files.owners import find_owner
from portal.files.storing import names_older_than, remove


def remove_upload(*, file_uid: uuid.UUID, upload_key: str, by: Actor) -> None:
    """Whoever sent a file takes it back, with the key he got for it. FileNotFound; NotAllowed."""
    file = find_upload(file_uid=file_uid, upload_key=upload_key)
    _remove_own(file, by)


def remove_file(*, file_uid: uuid.UUID, by: Actor) -> None:
    """Somebody who may still add files takes one away. FileNotFound; NotAllowed `not_allowed`."""
    file = StoredFile.objects.select_related("unit").filter(uid=file_uid).first()
    owner = find_owner(file.owner_key) if file else None
    if file is None or owner is None or not owner.may_read(by, file.owner_uid):
        raise FileNotFound
    _remove_own(file, by)


def _remove_own(file: StoredFile, by: Actor) -> None:
    owner = find_owner(file.owner_key)
    if owner is None or not owner.may_put(by, file.owner_uid):
        raise NotAllowed("not_allowed", SENTENCES["put_not_allowed"])
    with transaction.atomic():
        record(action="file.removed", by=by, obj=file, unit=file.unit, detail={"owner": file.owner_key})
        _delete(StoredFile.objects.filter(pk=file.pk))


@transaction.atomic
def erase_files(*, owner_key: str, owner_uid: uuid.UUID, by: Actor) -> int:
    """All files of a row that is erased itself; returns how many. Called by the room it belongs to."""
    found = list(StoredFile.objects.select_related("unit").of(owner_key, owner_uid))
    for file in found:
        record(action="file.erased", by=by, obj=file, unit=file.unit, detail={"owner": owner_key})
    return _delete(StoredFile.objects.filter(pk__in=[file.pk for file in found]))


def keep_files(*, owner_key: str, owner_uid: uuid.UUID, until: dt.datetime) -> int:
    """Clean files of a row are kept until then; returns how many. Called by the room it belongs to."""
    rows = StoredFile.objects.of(owner_key, owner_uid).filter(state=FileState.CLEAN)
    return rows.update(kept_until=until)


def sweep_files(*, by: Actor) -> tuple[int, int]:
    """(rows whose time is over, bytes without a row) that went; the next call takes the rest."""
    now = timezone.now()
    over = StoredFile.objects.filter(kept_until__lt=now).exclude(leased_until__gt=now)
    chosen = list(over.order_by("kept_until").values_list("pk", flat=True)[: limits.SWEEP_BATCH])
    with transaction.atomic():
        gone = _delete(StoredFile.objects.filter(pk__in=chosen))
    return gone, _sweep_orphans()


def _delete(files: QuerySet[StoredFile]) -> int:
    """Rows of the files, their bytes and history; inside the caller's transaction."""
    pks = list(files.values_list("pk", flat=True))
    names = list(Blob.objects.filter(file__in=pks).values_list("name", flat=True))
    StoredFile.objects.filter(pk__in=pks).delete()
    for name in names:
        transaction.on_commit(partial(remove, name), robust=True)
    return len(pks)


def _sweep_orphans() -> int:
    """Bytes that no row knows, older than any work in progress."""
    old = list(names_older_than(limits.ORPHAN_AGE.total_seconds()))
    known = set(Blob.objects.filter(name__in=old).values_list("name", flat=True)) if old else set()
    orphans = [name for name in old if name not in known]
    for name in orphans:
        remove(name)
    return len(orphans)
