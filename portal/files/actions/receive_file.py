"""Taking files: begun and continued piece by piece, or whole from a form. Both end in the same state."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.common.actors import Actor
from portal.common.client_address import address_prefix
from portal.common.crypto import blind_index
from portal.common.errors import NotAllowed
from portal.files import limits
from portal.files.actions.gate import move_file
from portal.files.cleaning.kinds import HEAD_BYTES, Kind, Refused, kind_of
from portal.files.cleaning.sealed import Busy, SealedWriter, new_key
from portal.files.enums import BlobRole, FileState, PutBy
from portal.files.errors import SENTENCES, FileNotFound, conflict, invalid, too_many
from portal.files.models import Blob, FileEntry, StoredFile
from portal.files.models.files import UPLOAD_KEY
from portal.files.owners import FileOwner, find_owner
from portal.files.rules import put_by_of
from portal.files.storing import free_bytes, new_name, path_of, settle
from portal.files.validators import check_size, clean_name, extension_of
from portal.requests.throttle import count_hit, seconds_left


@dataclass(frozen=True)
class Begun:
    """The row, and the secret that lets its holder go on; it is stored as a keyed hash only."""

    file: StoredFile
    upload_key: str


@dataclass(frozen=True)
class Incoming:
    """A file that came whole with a form: sealed on the disk already, first bytes at hand, no row yet."""

    name: str
    head: bytes
    blob: Blob


def begin_file(
    *, owner_key: str, owner_uid: uuid.UUID, name: str, size: int, by: Actor, address: str = ""
) -> Begun:
    """Make room for a file of `size` bytes. `address` is the caller's, for counting only.

    FileNotFound; NotAllowed; ValidationError `file_empty`, `file_too_large`; Conflict `files_here_limit`,
    `storage_full`; TooMany `files_hour_limit`.
    """
    check_size(size)
    owner, unit = _owner_for(owner_key, owner_uid, by)
    _refuse_flood(owner, owner_key, owner_uid, unit, by, address)
    _refuse_full_disk(size)
    key = secrets.token_urlsafe(32)
    file = _new_file(owner_key, owner_uid, unit, name, size, by)
    file.upload_key_hash = blind_index(UPLOAD_KEY, key)
    with transaction.atomic():
        _insert(file, Blob(file=file, role=BlobRole.ORIGINAL, name=new_name(), key=new_key()), by)
    return Begun(file, key)


def append_bytes(*, file_uid: uuid.UUID, upload_key: str, offset: int, data: bytes, by: Actor) -> StoredFile:
    """Put `data` behind the first `offset` bytes; the last byte finishes the file.

    FileNotFound for a wrong key; Conflict `upload_offset` (with the right `offset`), `upload_busy`,
    `upload_over`; ValidationError `chunk_size`, and any code of kinds.py when the first bytes show that the
    file is not taken: then it is refused and stays so.
    """
    file = find_upload(file_uid=file_uid, upload_key=upload_key)
    if file.state != FileState.RECEIVING:
        raise conflict("upload_over", offset=file.received, state=file.state)
    if offset != file.received:
        raise conflict("upload_offset", offset=file.received)
    _check_chunk(file, len(data))
    if offset == 0:
        _look_at_head(file, data[:HEAD_BYTES], by)
    lease = _take_lease(file, offset)
    blob = file.blobs.get(role=BlobRole.ORIGINAL)
    try:
        writer = SealedWriter(
            path_of(blob.name),
            key=blob.key,
            uid=blob.uid,
            records=blob.records,
            stored_size=blob.stored_size,
            still_mine=lambda: StoredFile.objects.filter(pk=file.pk, lease=lease).exists(),
        )
    except Busy as error:
        raise conflict("upload_busy", retry_after=2) from error
    writer.write(data)
    writer.close()
    settle(path_of(blob.name))
    return _commit(file, lease, blob, writer, by)


def take_whole(
    *, owner_key: str, owner_uid: uuid.UUID, incoming: Incoming, by: Actor, address: str = ""
) -> StoredFile:
    """A file that came with a form. Refusals as in `begin_file` and `append_bytes`; then its bytes are
    gone."""
    try:
        check_size(incoming.blob.size)
        owner, unit = _owner_for(owner_key, owner_uid, by)
        _refuse_flood(owner, owner_key, owner_uid, unit, by, address)
        file = _new_file(owner_key, owner_uid, unit, incoming.name, incoming.blob.size, by)
        file.kind = _kind(file, owner, incoming.head).key
        file.received = file.size
        incoming.blob.file = file
        with transaction.atomic():
            _insert(file, incoming.blob, by)
            return move_file(file=file, to=FileState.RECEIVED, by=by)
    except Refused as refusal:
        path_of(incoming.blob.name).unlink(missing_ok=True)
        raise invalid(refusal.code) from refusal
    except Exception:
        path_of(incoming.blob.name).unlink(missing_ok=True)
        raise


def find_upload(*, file_uid: uuid.UUID, upload_key: str) -> StoredFile:
    """The file whose upload this key belongs to; FileNotFound."""
    digest = blind_index(UPLOAD_KEY, upload_key)
    found = StoredFile.objects.select_related("unit").filter(uid=file_uid, upload_key_hash=digest).first()
    if found is None:
        raise FileNotFound
    return found


# ---- what is asked before anything is written


def _owner_for(key: str, uid: uuid.UUID, by: Actor) -> tuple[FileOwner, Any]:
    owner = find_owner(key)
    unit = owner.unit_of(uid) if owner else None
    if owner is None or unit is None:
        raise FileNotFound
    if not owner.may_put(by, uid):
        raise NotAllowed("not_allowed", SENTENCES["put_not_allowed"])
    return owner, unit


def _refuse_flood(
    owner: FileOwner, owner_key: str, owner_uid: uuid.UUID, unit: Any, by: Actor, address: str
) -> None:
    """Counted outside a transaction, so that what was refused is counted too."""
    here = StoredFile.objects.of(owner_key, owner_uid).exclude(state=FileState.REFUSED)
    if here.count() >= owner.most_files:
        raise conflict("files_here_limit", most=owner.most_files)
    counted = [("files.unit", unit.uid.hex, limits.FILES_PER_UNIT_PER_HOUR)]
    if put_by_of(by) in (PutBy.CITIZEN, PutBy.OFFICER):
        counted.append(("files.person", by.actor_ref, limits.FILES_PER_PERSON_PER_HOUR))
    if address:
        counted.append(("files.address", address_prefix(address), limits.FILES_PER_ADDRESS_PER_HOUR))
    for scope, key, most in counted:
        if count_hit(scope=scope, key=key, seconds=limits.HOUR) > most:
            raise too_many("files_hour_limit", retry_after=seconds_left(limits.HOUR))


def _refuse_full_disk(size: int) -> None:
    if free_bytes() - size < settings.FILES_FREE_MB * 1024 * 1024:
        raise conflict("storage_full", retry_after=600)


def _check_chunk(file: StoredFile, length: int) -> None:
    left = file.size - file.received
    if not min(limits.CHUNK_LEAST, left) <= length <= min(limits.CHUNK_MOST, left):
        raise invalid("chunk_size")


def _kind(file: StoredFile, owner: FileOwner, head: bytes) -> Kind:
    """What the first bytes claim, if it is wanted here; Refused."""
    kind = kind_of(head, extension_of(file.name))
    if kind.group not in owner.groups:
        raise Refused("file_kind")
    if file.size > kind.max_bytes:
        raise Refused("file_too_large")
    return kind


# ---- writing


def _look_at_head(file: StoredFile, head: bytes, by: Actor) -> None:
    """Nobody sends 200 MB to hear that it is no film."""
    owner = find_owner(file.owner_key)
    if owner is None:
        raise FileNotFound
    try:
        kind = _kind(file, owner, head)
    except Refused as refusal:
        with transaction.atomic():
            locked = StoredFile.objects.select_for_update(of=("self",)).select_related("unit").get(pk=file.pk)
            kept_until = timezone.now() + limits.REFUSED_LIFE
            move_file(file=locked, to=FileState.REFUSED, by=by, code=refusal.code, kept_until=kept_until)
        raise invalid(refusal.code) from refusal
    StoredFile.objects.filter(pk=file.pk).update(kind=kind.key)
    file.kind = kind.key


def _take_lease(file: StoredFile, offset: int) -> uuid.UUID:
    """One conditional UPDATE: of two who append at one place, one gets it."""
    lease, now = uuid.uuid4(), timezone.now()
    free = Q(lease__isnull=True) | Q(leased_until__lte=now)
    rows = StoredFile.objects.filter(free, pk=file.pk, state=FileState.RECEIVING, received=offset)
    if rows.update(lease=lease, leased_until=now + limits.APPEND_LEASE):
        return lease
    fresh = StoredFile.objects.filter(pk=file.pk).first()
    if fresh is not None and fresh.received != offset:
        raise conflict("upload_offset", offset=fresh.received)
    raise conflict("upload_busy", retry_after=2)


@transaction.atomic
def _commit(file: StoredFile, lease: uuid.UUID, blob: Blob, writer: SealedWriter, by: Actor) -> StoredFile:
    """The bytes are on the disk; from here on they count."""
    rows = StoredFile.objects.select_for_update(of=("self",)).select_related("unit")
    mine = rows.filter(pk=file.pk, lease=lease, state=FileState.RECEIVING).first()
    if mine is None:
        raise conflict("upload_busy", retry_after=2)
    blob.size += writer.size
    blob.stored_size, blob.records = writer.stored_size, writer.records
    blob.save(update_fields=["size", "stored_size", "records"])
    mine.received += writer.size
    mine.lease, mine.leased_until = None, None
    mine.save(update_fields=["received", "lease", "leased_until"])
    if mine.received == mine.size:
        move_file(file=mine, to=FileState.RECEIVED, by=by)
    return mine


def _new_file(owner_key: str, owner_uid: uuid.UUID, unit: Any, name: str, size: int, by: Actor) -> StoredFile:
    return StoredFile(
        unit=unit,
        owner_key=owner_key,
        owner_uid=owner_uid,
        put_by_kind=put_by_of(by),
        put_by=by.actor_ref,
        name=clean_name(name),
        size=size,
        kept_until=timezone.now() + limits.UPLOAD_LIFE,
    )


def _insert(file: StoredFile, blob: Blob, by: Actor) -> None:
    file.save(force_insert=True)
    blob.save(force_insert=True)
    FileEntry(file=file, to=FileState.RECEIVING, actor=by.actor_ref).save()
