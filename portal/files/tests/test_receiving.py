"""Receiving: in pieces over a bad line, by a form, within limits; for the right people only."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, DomainError, NotAllowed, TooMany
from portal.files import limits
from portal.files.actions.check_file import check_due, check_file
from portal.files.actions.gate import CHECK_TASK
from portal.files.actions.receive_file import append_bytes, begin_file
from portal.files.enums import FileState
from portal.files.errors import FileNotFound
from portal.files.models import FileEntry, StoredFile
from portal.files.storing import path_of
from portal.files.tests.conftest import WORKER, send, send_by_form
from portal.files.tests.demo_owner import KEY
from portal.files.tests.samples import film, picture
from tests.people import make_officer

PIECE = limits.CHUNK_LEAST


def begin(folder, by, size, name="quay.mp4", **more):
    return begin_file(owner_key=KEY, owner_uid=folder.uid, name=name, size=size, by=by, **more)


def append(begun, offset, data, by):
    return append_bytes(file_uid=begun.file.uid, upload_key=begun.upload_key, offset=offset, data=data, by=by)


def codes(error) -> list[str]:
    return [item.code for items in error.value.error_dict.values() for item in items]


def big_film() -> bytes:
    return film(top=(8 + 3 * PIECE).to_bytes(4, "big") + b"free" + bytes(3 * PIECE))


@pytest.mark.django_db
def test_a_broken_line_loses_nothing_and_finishes_once(folder, citizen):
    """A piece that was taken is told the right place when it comes again; the last one finishes the file."""
    data = big_film()
    begun = begin(folder, citizen, len(data))
    append(begun, 0, data[:PIECE], citizen)
    with pytest.raises(Conflict) as again:
        append(begun, 0, data[:PIECE], citizen)
    assert (again.value.code, again.value.extra["offset"]) == ("upload_offset", PIECE)
    append(begun, PIECE, data[PIECE : 3 * PIECE], citizen)
    assert append(begun, 3 * PIECE, data[3 * PIECE :], citizen).state == FileState.RECEIVED
    with pytest.raises(Conflict) as over:
        append(begun, 3 * PIECE, data[3 * PIECE :], citizen)
    assert (over.value.code, over.value.extra["state"]) == ("upload_over", FileState.RECEIVED)
    check_file(file_uid=begun.file.uid, by=WORKER)
    moves = FileEntry.objects.values_list("to", flat=True)
    assert list(moves) == ["receiving", "received", "checking", "clean"]
    assert folder.told == [("clean", "")]


@pytest.mark.django_db
def test_bytes_written_but_not_committed_are_cut_off(folder, citizen):
    """A crash between disk and database: the piece comes again and the file is whole."""
    data = big_film()
    begun = begin(folder, citizen, len(data))
    append(begun, 0, data[:PIECE], citizen)
    with path_of(begun.file.blobs.get().name).open("ab") as disk:
        disk.write(b"half a record")
    append(begun, PIECE, data[PIECE : 2 * PIECE], citizen)
    append(begun, 2 * PIECE, data[2 * PIECE :], citizen)
    check_file(file_uid=begun.file.uid, by=WORKER)
    assert StoredFile.objects.get().state == FileState.CLEAN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("length", "code"),
    [(0, "chunk_size"), (PIECE - 1, "chunk_size"), (limits.CHUNK_MOST + 1, "chunk_size")],
)
def test_pieces_have_a_size(folder, citizen, length, code):
    begun = begin(folder, citizen, 5 * limits.CHUNK_MOST)
    with pytest.raises(ValidationError) as refused:
        append(begun, 0, bytes(length), citizen)
    assert codes(refused) == [code]


@pytest.mark.django_db
def test_more_than_was_promised_is_refused(folder, citizen):
    begun = begin(folder, citizen, 100)
    with pytest.raises(ValidationError) as refused:
        append(begun, 0, bytes(101), citizen)
    assert codes(refused) == ["chunk_size"]


@pytest.mark.django_db
def test_a_wrong_key_opens_no_upload(folder, citizen):
    begun = begin(folder, citizen, 100)
    with pytest.raises(FileNotFound):
        append_bytes(file_uid=begun.file.uid, upload_key="x" * 43, offset=0, data=bytes(100), by=citizen)


@pytest.mark.django_db
def test_who_may_put(folder, people, ward):
    """Owner and citizen may, a colleague without the right, a stranger, and nobody in particular may not."""
    duty = make_officer("khong-xem", ward, "inspectorate")
    told = {}
    for name, by in {
        "owner": people.owner,
        "citizen": people.citizen,
        "inspector": duty,
        "stranger": people.stranger,
        "stranger citizen": people.stranger_citizen,
        "nobody": ANONYMOUS_CITIZEN,
    }.items():
        try:
            told[name] = begin(folder, by, 100).file.put_by_kind
        except NotAllowed as refusal:
            told[name] = refusal.code
    assert told == {
        "owner": "officer",
        "citizen": "citizen",
        "inspector": "not_allowed",
        "stranger": "not_allowed",
        "stranger citizen": "not_allowed",
        "nobody": "not_allowed",
    }
    folder.open_to_all = True
    assert begin(folder, ANONYMOUS_CITIZEN, 100, address="192.0.2.7").file.put_by_kind == "anonymous"


@pytest.mark.django_db
def test_nothing_to_belong_to(folder, citizen):
    for key, uid in ((KEY, uuid.uuid4()), ("tests.nothing", folder.uid)):
        with pytest.raises(FileNotFound):
            begin_file(owner_key=key, owner_uid=uid, name="a.jpg", size=10, by=citizen)


@pytest.mark.django_db
def test_limits_of_person_place_size_and_disk(folder, citizen, monkeypatch, settings):
    told = []

    def attempt(size=100):
        try:
            begin(folder, citizen, size)
        except DomainError as refusal:
            told.append(refusal.code)
        except ValidationError as refusal:
            told.append(refusal.error_dict["size"][0].code)
        else:
            told.append("taken")

    attempt(0)
    attempt(201 * 1024 * 1024)
    attempt()
    monkeypatch.setattr(limits, "FILES_PER_PERSON_PER_HOUR", 1)
    attempt()
    monkeypatch.undo()
    folder.register(most_files=1)
    attempt()
    folder.register()
    settings.FILES_FREE_MB = 10**9
    attempt()
    assert told == [
        "file_empty",
        "file_too_large",
        "taken",
        "files_hour_limit",
        "files_here_limit",
        "storage_full",
    ]
    assert issubclass(TooMany, DomainError)


@pytest.mark.django_db
def test_a_room_may_want_pictures_only(folder, citizen):
    folder.register(groups=("image",))
    with pytest.raises(ValidationError) as refused:
        send(folder, citizen, "quay.mp4", film())
    assert codes(refused) == ["file_kind"]
    assert send(folder, citizen, "anh.jpg", picture()).state == FileState.RECEIVED


@pytest.mark.django_db
def test_a_form_gives_the_same_answers(folder, citizen, django_capture_on_commit_callbacks):
    """The way without script ends in the same state and leaves no bytes behind when it is refused."""
    file = send_by_form(folder, citizen, "anh.jpg", picture())
    with django_capture_on_commit_callbacks(execute=True):
        check_file(file_uid=file.uid, by=WORKER)
    assert StoredFile.objects.get().state == FileState.CLEAN
    with pytest.raises(ValidationError) as refused:
        send_by_form(folder, citizen, "anh.jpg", b"MZ" + bytes(200))
    assert codes(refused) == ["program"]
    names = {path.name for path in path_of("00" * 16).parents[1].glob("??/*")}
    assert names == set(StoredFile.objects.get().blobs.values_list("name", flat=True))


@pytest.mark.django_db
def test_a_lost_wake_up_is_repeated(folder, citizen, monkeypatch):
    published = []
    file = send(folder, citizen, "anh.jpg", picture())
    monkeypatch.setattr(
        "portal.files.actions.check_file.publish",
        lambda task, uid, queue: published.append((task, uid, queue)),
    )
    assert check_due(by=WORKER) == 1
    assert published == [(CHECK_TASK, str(file.uid), "documents")]


@pytest.mark.django_db
def test_a_check_that_was_broken_off_is_done_again_but_not_for_ever(folder, citizen, monkeypatch):
    """The worker dies in the middle; after the lease another takes it. Three deaths, then quarantine."""
    file = send(folder, citizen, "anh.jpg", picture())

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("portal.files.actions.check_file.clean", die)
    now = timezone.now()
    for step in range(4):
        with time_machine.travel(now + step * (limits.CHECK_LEASE + dt.timedelta(seconds=1)), tick=False):
            if step < 3:
                with pytest.raises(KeyboardInterrupt):
                    check_file(file_uid=file.uid, by=WORKER)
                assert check_file(file_uid=file.uid, by=WORKER) == ""
            else:
                assert check_file(file_uid=file.uid, by=WORKER) == FileState.QUARANTINED
    file.refresh_from_db()
    assert (file.code, file.attempts) == ("check_failed", 4)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_append_at_one_place_and_two_who_check(folder, citizen):
    """Real threads and connections: one piece is taken once, one file is checked once."""
    data = picture(size=(600, 400))
    begun = begin(folder, citizen, len(data), name="anh.jpg")

    def both(work) -> list[str]:
        def one(_number):
            try:
                return work()
            except DomainError as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(one, range(2)))

    taken = both(lambda: append(begun, 0, data, citizen).state)
    assert taken[0] == "received" and taken[1] in {"upload_busy", "upload_offset", "upload_over"}
    assert both(lambda: check_file(file_uid=begun.file.uid, by=WORKER)) == ["", "clean"]
    assert StoredFile.objects.get().blobs.count() == 2
