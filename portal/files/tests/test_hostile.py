"""Hostile files: each gets its clear answer, what is kept carries nothing that was planted, nobody
crashes."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from portal.common.actors import Actor
from portal.files import limits
from portal.files.actions.check_file import check_file
from portal.files.actions.open_file import open_file
from portal.files.cleaning.kinds import KINDS
from portal.files.enums import BlobRole, FileState
from portal.files.errors import SENTENCES
from portal.files.models import StoredFile
from portal.files.tests.conftest import WORKER, send
from portal.files.tests.demo_owner import Folder
from portal.files.tests.hostile import HOSTILE
from portal.files.tests.samples import M, unpacked_pdf

pytestmark = pytest.mark.django_db
PLANTED = (M, b"<script", b"\n=cmd", b"\n@SUM")
PARTS = 3  # so that several test processes share them


def unpacked(kind: str, data: bytes) -> bytes:
    """The bytes together with everything that lies packed in them."""
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return data + b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if kind == "pdf":
        return data + unpacked_pdf(data)
    if KINDS[kind].group == "image":
        with Image.open(io.BytesIO(data)) as picture:
            return data + repr(sorted(picture.info)).encode() + bytes(picture.getexif().tobytes())
    return data


def kept(file: StoredFile, by: Actor) -> tuple[str, list[bytes]]:
    """What a clean file is served as, and which marks are still in it."""
    opened = open_file(file_uid=file.uid, by=by)
    with opened.reader as reader:
        whole = unpacked(file.kind, reader.read())
    assert opened.name.endswith(f".{KINDS[file.kind].extension}")
    assert not set('/\\\r\n\0"\u202e') & set(opened.name) and len(opened.name) <= 130
    # A formula stays to be read, as text; that it is none any more is proven in test_tables.py.
    is_text = file.kind == "xlsx" and b"HYPERLINK" in whole
    return opened.mime, [mark for mark in PLANTED if mark in whole and not is_text]


def answer(folder: Folder, by: Actor, name: str) -> str:
    """The code somebody is told, or "clean"."""
    called, build, _expected = HOSTILE[name]
    try:
        file = send(folder, by, called, build())
    except ValidationError as error:
        return " ".join(item.code for items in error.error_dict.values() for item in items)
    check_file(file_uid=file.uid, by=WORKER)
    file.refresh_from_db()
    roles = set(file.blobs.values_list("role", flat=True))
    if file.state == FileState.REFUSED:
        assert (roles, file.explanation) == (set(), str(SENTENCES[file.code]))
        return file.code
    assert kept(file, by) == (KINDS[file.kind].mime, []), name
    assert roles == ({BlobRole.CLEAN, BlobRole.THUMBNAIL} if file.is_image else {BlobRole.CLEAN})
    return file.state


def test_there_are_more_than_a_hundred():
    assert len(HOSTILE) > 100


@pytest.mark.parametrize("part", range(PARTS))
def test_every_hostile_file_gets_its_answer(part, folder, citizen, monkeypatch):
    """One table, compared whole: the code that is told, or clean and without a trace of what was planted."""
    monkeypatch.setattr(limits, "FILES_PER_PERSON_PER_HOUR", 1000)
    folder.register(most_files=1000)
    names = list(HOSTILE)[part::PARTS]
    assert {name: answer(folder, citizen, name) for name in names} == {
        name: HOSTILE[name][2] for name in names
    }
