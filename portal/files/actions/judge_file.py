"""What an officer decides about a file in quarantine."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.files.actions.check_file import drop_blobs, lifetime, tell_owner
from portal.files.actions.gate import move_file
from portal.files.enums import BlobRole, FileState
from portal.files.errors import conflict
from portal.files.models import StoredFile
from portal.files.storing import remove


@transaction.atomic
def judge_file(*, obj: StoredFile, to: str, by: Actor, reason: str = "") -> StoredFile:
    """Release (`clean`), refuse, or check once more (`received`) what is held.

    Conflict `move_not_allowed`, `file_not_ready` when there is no cleaned copy to release; NotAllowed;
    ValidationError `reason_required`.
    """
    rows = StoredFile.objects.select_for_update(of=("self",)).select_related("unit")
    file = rows.get(pk=obj.pk)
    held = file.state == FileState.QUARANTINED
    if held and to == FileState.CLEAN and not file.blobs.filter(role=BlobRole.CLEAN).exists():
        raise conflict("file_not_ready")
    code = "refused_by_officer" if to == FileState.REFUSED else ""
    now = timezone.now()
    changes = {"kept_until": now + lifetime(file, to), "next_at": None, "attempts": 0, "checked_at": now}
    move_file(file=file, to=to, by=by, code=code, reason=reason, **changes)
    if to == FileState.CLEAN:
        _drop_original(file)
    elif to == FileState.REFUSED:
        drop_blobs(file, keep_original=False)
    tell_owner(file)
    return file


def _drop_original(file: StoredFile) -> None:
    """Only the cleaned copy is ever served, so only it stays."""
    for blob in file.blobs.filter(role=BlobRole.ORIGINAL):
        blob.delete()
        transaction.on_commit(partial(remove, blob.name), robust=True)
