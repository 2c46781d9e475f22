"""A folder that takes files, and the short way to put one into it."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from portal.common.actors import Actor, SystemActor
from portal.files.actions.check_file import check_file
from portal.files.actions.receive_file import Incoming, append_bytes, begin_file, take_whole
from portal.files.cleaning.sealed import SealedWriter, new_key
from portal.files.enums import BlobRole
from portal.files.models import Blob, StoredFile
from portal.files.owners import forget_file_owner
from portal.files.storing import new_name, path_of
from portal.files.tests.demo_owner import KEY, Folder

WORKER = SystemActor("files")


@pytest.fixture
def folder(ward, citizen, settings, tmp_path, monkeypatch) -> Iterator[Folder]:
    """Owner's and citizen's; bytes lie in a folder of the test, and no worker is woken."""
    monkeypatch.setattr("portal.files.actions.gate.publish", lambda *_args: True)
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            **settings.STORAGES["private"],
            "OPTIONS": {**settings.STORAGES["private"]["OPTIONS"], "location": str(tmp_path / "private")},
        },
    }
    made = Folder(ward, {citizen.actor_ref})
    made.register()
    yield made
    forget_file_owner(KEY)


def send(folder: Folder, by: Actor, name: str, data: bytes, *, piece: int = 1024 * 1024) -> StoredFile:
    """Begin, append to the end; raises what the room raises."""
    begun = begin_file(owner_key=KEY, owner_uid=folder.uid, name=name, size=len(data), by=by)
    for start in range(0, len(data), piece):
        append_bytes(
            file_uid=begun.file.uid,
            upload_key=begun.upload_key,
            offset=start,
            data=data[start : start + piece],
            by=by,
        )
    return StoredFile.objects.get(pk=begun.file.pk)


def send_by_form(folder: Folder, by: Actor, name: str, data: bytes) -> StoredFile:
    """As a form without script does."""
    blob = Blob(role=BlobRole.ORIGINAL, name=new_name(), key=new_key(), uid=uuid.uuid4())
    writer = SealedWriter(path_of(blob.name), key=blob.key, uid=blob.uid)
    writer.write(data)
    writer.close()
    blob.size, blob.stored_size, blob.records = writer.size, writer.stored_size, writer.records
    return take_whole(owner_key=KEY, owner_uid=folder.uid, incoming=Incoming(name, data[:4096], blob), by=by)


@pytest.fixture
def put(folder: Folder, citizen, django_capture_on_commit_callbacks) -> Callable[..., StoredFile]:
    """`put(name, data, by=citizen)` sends and checks: the file as it is then."""

    def put_and_check(name: str, data: bytes, by: Actor = citizen) -> StoredFile:
        file = send(folder, by, name, data)
        with django_capture_on_commit_callbacks(execute=True):
            check_file(file_uid=file.uid, by=WORKER)
        return StoredFile.objects.get(pk=file.pk)

    return put_and_check
