"""Opening a file for somebody: asked, read, written down."""

import uuid
from dataclasses import dataclass

from portal.audit.record import record
from portal.common.actors import Actor
from portal.files.cleaning.kinds import KINDS
from portal.files.cleaning.sealed import CannotOpen, SealedReader
from portal.files.enums import BlobRole, FileState
from portal.files.errors import FileNotFound, conflict
from portal.files.models import StoredFile
from portal.files.rules import can_open
from portal.files.storing import path_of
from portal.files.validators import served_name

THUMBNAIL_MIME = "image/jpeg"


@dataclass(frozen=True)
class Opened:
    """Plain bytes as a stream, and what they are called and are; `reader.close()` is the caller's."""

    reader: SealedReader
    name: str
    mime: str


def open_file(*, file_uid: uuid.UUID, by: Actor, role: str = BlobRole.CLEAN) -> Opened:
    """The cleaned file, or its small picture (`thumbnail`). The look is written into the journal.

    FileNotFound, also for whoever may not read it; Conflict `file_not_ready`, `file_missing`.
    """
    file = StoredFile.objects.select_related("unit").filter(uid=file_uid).first()
    if file is None or not can_open(by, file):
        raise FileNotFound
    if file.state != FileState.CLEAN:
        raise conflict("file_not_ready", state=file.state, reason=file.code)
    reader = _reader(file, role)
    verb = "previewed" if role == BlobRole.THUMBNAIL else "opened"
    record(action=f"file.{verb}", by=by, obj=file, unit=file.unit, detail={"owner": file.owner_key})
    if role == BlobRole.THUMBNAIL:
        return Opened(reader, "anh-nho.jpg", THUMBNAIL_MIME)
    kind = KINDS[file.kind]
    return Opened(reader, served_name(file.name, kind.extension), kind.mime)


def _reader(file: StoredFile, role: str) -> SealedReader:
    blob = file.blobs.filter(role=role if role == BlobRole.THUMBNAIL else BlobRole.CLEAN).first()
    if blob is None:
        raise FileNotFound
    try:
        reader = SealedReader(path_of(blob.name), key=blob.key, uid=blob.uid, stored_size=blob.stored_size)
    except CannotOpen as error:
        raise conflict("file_missing") from error
    if reader.size != blob.size:
        reader.close()
        raise conflict("file_missing")
    return reader
