"""The one way a file changes its state: ask the table, set, note who and why, write it into the journal."""

from typing import Any

from django.db import transaction

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.broker import publish
from portal.files.enums import FileState
from portal.files.models import FileEntry, StoredFile
from portal.files.workflow import FILE_WORKFLOW

CHECK_TASK = "files.check_file"
QUEUE = "documents"


def move_file(
    *, file: StoredFile, to: str, by: Actor, code: str = "", reason: str = "", **changes: Any
) -> StoredFile:
    """Move a row that the caller has locked; `changes` are further columns, written with it.

    Conflict `move_not_allowed`, NotAllowed, ValidationError `reason_required`. A file that is now RECEIVED is
    checked by a worker soon after the commit.
    """
    move = FILE_WORKFLOW.check(file.state, to, by=by, obj=file, reason=reason)
    frm, file.state, file.code = file.state, to, code
    for name, value in changes.items():
        setattr(file, name, value)
    file.save(update_fields=["state", "code", *changes])
    FileEntry(file=file, frm=frm, to=to, code=code, actor=by.actor_ref, reason=reason or None).save()
    record(
        action=f"file.{move.verb}",
        by=by,
        obj=file,
        unit=file.unit,
        detail={"from": frm, "to": to, "code": code, "owner": file.owner_key},
    )
    if to == FileState.RECEIVED:
        wake(file)
    return file


def wake(file: StoredFile) -> None:
    """Ask a worker to check it once this is committed; a lost wake-up is repeated by `check_due`."""
    transaction.on_commit(lambda: publish(CHECK_TASK, str(file.uid), QUEUE), robust=True)
