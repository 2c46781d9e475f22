"""What happens after the check: who opens a file, what quarantine does, and what the clock takes away."""

import datetime as dt
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.common.errors import Conflict, NotAllowed
from portal.files import decoder, limits
from portal.files.actions.check_file import check_file
from portal.files.actions.judge_file import judge_file
from portal.files.actions.open_file import open_file
from portal.files.actions.receive_file import begin_file
from portal.files.actions.remove_files import erase_files, keep_files, remove_file, sweep_files
from portal.files.cleaning.sealed import CannotOpen, SealedReader, SealedWriter, new_key
from portal.files.enums import BlobRole, FileState
from portal.files.errors import FileNotFound
from portal.files.models import Blob, StoredFile
from portal.files.storing import path_of
from portal.files.tests.conftest import WORKER, send
from portal.files.tests.demo_owner import KEY
from portal.files.tests.samples import M, picture, with_exif

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def on_disk() -> set[str]:
    return {path.name for path in path_of("00" * 16).parents[1].glob("??/*")}


# ---- sealed


def test_nothing_on_the_disk_says_what_was_sent(put):
    """Neither the bytes nor the name nor the kind: a stolen disk tells sizes."""
    file = put("so-ho-khau.jpg", with_exif())
    for name in on_disk():
        raw = path_of(name).read_bytes()
        assert M not in raw and b"\xff\xd8\xff" not in raw and b"JFIF" not in raw
    assert {path_of(name).stat().st_mode & 0o777 for name in on_disk()} == {0o600}
    assert on_disk() == set(file.blobs.values_list("name", flat=True))


def test_records_open_in_their_own_file_and_place_only(tmp_path):
    key, uid, path = new_key(), uuid.uuid4(), tmp_path / "sealed"
    writer = SealedWriter(path, key=key, uid=uid)
    writer.write(b"a" * (1024 * 1024) + b"b" * (1024 * 1024))
    writer.close()
    raw = path.read_bytes()
    half = len(raw) // 2
    damage = {
        "swapped": raw[half:] + raw[:half],
        "one bit": raw[:-1] + bytes([raw[-1] ^ 1]),
        "cut off": raw[:-5],
    }
    told = {}
    for name, changed in damage.items():
        path.write_bytes(changed)
        try:
            reader = SealedReader(path, key=key, uid=uid, stored_size=len(raw))
            told[name] = b"".join(reader.pieces())
        except CannotOpen:
            told[name] = "refused"
    path.write_bytes(raw)
    with pytest.raises(CannotOpen):
        list(SealedReader(path, key=key, uid=uuid.uuid4(), stored_size=len(raw)).pieces())
    assert told == dict.fromkeys(damage, "refused")
    right = SealedReader(path, key=key, uid=uid, stored_size=len(raw))
    assert b"".join(right.pieces(1024 * 1024 - 2, 1024 * 1024 + 3)) == b"aabbb"


# ---- opening


def test_who_opens_and_that_it_is_written_down(put, people, folder):
    file = put("anh.jpg", picture())
    told = {}
    for name, by in {
        "owner": people.owner,
        "citizen": people.citizen,
        "stranger": people.stranger,
        "stranger citizen": people.stranger_citizen,
    }.items():
        try:
            told[name] = open_file(file_uid=file.uid, by=by).mime
        except FileNotFound as refusal:
            told[name] = refusal.code
    assert told == {
        "owner": "image/jpeg",
        "citizen": "image/jpeg",
        "stranger": "file_not_found",
        "stranger citizen": "file_not_found",
    }
    small = open_file(file_uid=file.uid, by=people.owner, role=BlobRole.THUMBNAIL)
    assert (small.mime, small.name) == ("image/jpeg", "anh-nho.jpg")
    looks = AuditEntry.objects.filter(object_uid=str(file.uid), action__in=["file.opened", "file.previewed"])
    assert list(looks.order_by("pk").values_list("actor", "action")) == [
        (people.owner.actor_ref, "file.opened"),
        (people.citizen.actor_ref, "file.opened"),
        (people.owner.actor_ref, "file.previewed"),
    ]


def test_what_is_not_clean_or_not_there_opens_for_nobody(folder, put, citizen):
    waiting = send(folder, citizen, "anh.jpg", picture())
    gone = put("anh.jpg", picture())
    path_of(gone.blobs.get(role=BlobRole.CLEAN).name).unlink()
    told = []
    for file in (waiting, gone):
        with pytest.raises(Conflict) as refused:
            open_file(file_uid=file.uid, by=citizen)
        told.append(refused.value.code)
    assert told == ["file_not_ready", "file_missing"]


# ---- a decoder that dies


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os; os.abort()", "file_unreadable"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "file_unreadable"),
        ("print('no json')", "file_unreadable"),
        ('print(\'{"clean": {"size": 5, "stored_size": 5, "records": 1}}\')', "file_unreadable"),
        ("import time; time.sleep(60)", "too_complex"),
    ],
)
def test_a_decoder_that_dies_or_lies_costs_only_its_file(program, code, put, monkeypatch):
    monkeypatch.setattr(decoder, "_START", program)
    monkeypatch.setattr(decoder, "CLEANING_SECONDS", 2)
    file = put("anh.jpg", picture())
    assert (file.state, file.code, on_disk()) == (FileState.REFUSED, code, set())


def test_a_decoder_that_wants_too_much_memory_is_ended(put, monkeypatch):
    greedy = decoder._START.replace("import main; main()", "import main; greedy()")
    greedy = (
        "def greedy():\n  import cleaning.child as c\n  c.work = lambda order: bytes(10**10)\n  c.main()\n"
        + greedy
    )
    monkeypatch.setattr(decoder, "_START", greedy)
    file = put("anh.jpg", picture())
    assert (file.state, file.code) == (FileState.REFUSED, "too_complex")


# ---- the scanner


@pytest.fixture
def scanner(settings) -> Iterator[Callable[[bytes], None]]:
    """A clamd that reads what it is sent and says what the test wants."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMAV_ADDRESS = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    says = {"answer": b"stream: OK\0"}

    def serve() -> None:
        while True:
            try:
                line, _address = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as told:
                assert told.read(10) == b"zINSTREAM\0"
                data = b""
                while length := int.from_bytes(told.read(4), "big"):
                    data += told.read(length)
                found = b"stream: Test.Virus FOUND\0" if b"virus-mau" in data else says["answer"]
                line.sendall(found)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield lambda answer: says.update(answer=answer)
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_the_scanner_decides_and_a_silent_one_lets_nothing_through(put, scanner, settings, folder):
    assert put("anh.jpg", picture()).state == FileState.CLEAN
    found = put("anh.jpg", picture() + b"virus-mau")
    assert (found.state, found.code, found.finding) == (FileState.QUARANTINED, "malware", "Test.Virus")
    scanner(b"INSTREAM size limit exceeded. ERROR\0")
    unclear = put("anh.jpg", picture())
    assert (unclear.state, unclear.code) == (FileState.QUARANTINED, "scan_unavailable")
    settings.CLAMAV_ADDRESS = "tcp://127.0.0.1:9"
    down = put("anh.jpg", picture())
    assert (down.state, down.code) == (FileState.QUARANTINED, "scan_unavailable")
    settings.CLAMAV_ADDRESS = ""
    assert check_file(file_uid=down.uid, by=WORKER) == ""  # not yet due
    with time_machine.travel(timezone.now() + limits.RECHECK_AFTER + dt.timedelta(seconds=1)):
        assert check_file(file_uid=down.uid, by=WORKER) == FileState.CLEAN
        assert check_file(file_uid=found.uid, by=WORKER) == ""  # what was found waits for an officer
    assert folder.told == [("clean", ""), ("clean", "")]


def test_quarantine_is_judged_by_the_chief_with_a_reason(put, scanner, people):
    held = [put("anh.jpg", picture() + b"virus-mau") for _number in range(3)]
    for by in (people.colleague, people.stranger, people.citizen):
        with pytest.raises(NotAllowed):
            judge_file(obj=held[0], to=FileState.CLEAN, by=by, reason="đã xem")
    with pytest.raises(ValidationError) as missing:
        judge_file(obj=held[0], to=FileState.CLEAN, by=people.owner)
    assert missing.value.error_dict["reason"][0].code == "reason_required"
    judge_file(obj=held[0], to=FileState.CLEAN, by=people.owner, reason="báo nhầm")
    judge_file(obj=held[1], to=FileState.REFUSED, by=people.owner, reason="nguy hiểm")
    judge_file(obj=held[2], to=FileState.RECEIVED, by=people.owner)
    for file in held:
        file.refresh_from_db()
    assert [(file.state, file.code, sorted(file.blobs.values_list("role", flat=True))) for file in held] == [
        ("clean", "", ["clean", "thumbnail"]),
        ("refused", "refused_by_officer", []),
        ("received", "", ["clean", "original", "thumbnail"]),
    ]
    assert held[0].history.last().reason == "báo nhầm"
    with open_file(file_uid=held[0].uid, by=people.citizen).reader as reader:
        assert b"virus-mau" not in reader.read()


# ---- removing


def test_the_clock_takes_what_is_over_and_bytes_nobody_knows(folder, put, citizen, on_commit):
    abandoned = begin_file(owner_key=KEY, owner_uid=folder.uid, name="a.jpg", size=100, by=citizen).file
    refused = put("anh.jpg", picture()[:500])
    clean = put("anh.jpg", picture())
    orphan = path_of("ab" * 16)
    orphan.write_bytes(b"x")
    young = path_of("cd" * 16)
    young.write_bytes(b"x")
    long_ago = (timezone.now() - limits.ORPHAN_AGE - dt.timedelta(minutes=1)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    kept = set(clean.blobs.values_list("name", flat=True))
    assert sweep_files(by=WORKER) == (0, 1)
    assert on_disk() == kept | {young.name}
    young.unlink()
    left = {}
    for day in (2, 8, 366):
        with (
            time_machine.travel(timezone.now() + dt.timedelta(days=day)),
            on_commit(execute=True),
        ):
            sweep_files(by=WORKER)
        left[day] = set(StoredFile.objects.values_list("pk", flat=True))
    assert left == {2: {refused.pk, clean.pk}, 8: {clean.pk}, 366: set()}
    assert abandoned.pk not in left[2]
    assert (on_disk(), Blob.objects.count()) == (set(), 0)


def test_rooms_keep_longer_and_erase_at_once(folder, put, citizen, stranger_citizen, on_commit):
    file, other = put("a.jpg", picture()), put("b.jpg", picture())
    until = timezone.now() + dt.timedelta(days=4000)
    assert keep_files(owner_key=KEY, owner_uid=folder.uid, until=until) == 2
    with pytest.raises(FileNotFound):
        remove_file(file_uid=file.uid, by=stranger_citizen)
    with on_commit(execute=True):
        remove_file(file_uid=file.uid, by=citizen)
    assert list(StoredFile.objects.values_list("uid", "kept_until")) == [(other.uid, until)]
    with on_commit(execute=True):
        assert erase_files(owner_key=KEY, owner_uid=folder.uid, by=WORKER) == 1
    assert (StoredFile.objects.count(), on_disk()) == (0, set())
