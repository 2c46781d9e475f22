"""Planted personal data is found in no dump, raw file, log line, broker content, session or address.

The whole portal runs as real processes on servers of its own. One journey per database, then one search;
four deliberate leaks show that the search would have seen them. docs/privacy.md tells what is not covered.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection

from portal.celery import app
from portal.common.logs import MaskPersonalData, PlainLine
from tests.canary import LEAKING_WORD, search
from tests.canary_journey import play
from tests.canary_road import NEEDLES
from tests.canary_stack import Stack, portal_stack
from tests.canary_zalo import TO_MANY, act
from tests.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("canary")]
IN_LOG, IN_COLUMN, IN_ARGUMENT = "Rạng Nguệch Ngoạc", "Lỗng Khoằm Khoèo", "Ngoẵng Tuềnh Toàng"
ON_ZALO = "cò bợ cưỡi trâu thổi kèn"

WRITTEN = (
    "SELECT count(*) FROM appointments_booking",
    "SELECT count(*) FROM citizens_person",
    "SELECT count(*) FROM citizens_waitingrequest",
    "SELECT count(*) FROM notifications_outboxmessage",
    "SELECT count(*) FROM audit_seal",
    "SELECT count(*) FROM zalo_webhookevent",
    "SELECT count(*) FROM zalo_zalouser",
    "SELECT count(*) FROM notifications_zalolink",
    "SELECT count(*) FROM conversations_chatmessage WHERE direction = 'in'",
)


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def stack(request) -> Iterator[Stack]:
    """A portal in which the planted people have been through everything."""
    with portal_stack(on_postgres=request.param == "postgresql") as running:
        play(running)
        yield running


def places_of(stack: Stack, needles: dict[str, list[str]], patterns: Path) -> set[str]:
    """Which kinds of places hold one of `needles`."""
    return {place_of(stack, Path(hit.path)) for hit in search(stack.places(), needles, list_file=patterns)}


def place_of(stack: Stack, path: Path) -> str:
    """`dump.sql`, `web.log` … by name; raw files by what they belong to."""
    if path.is_relative_to(stack.broker.folder):
        return "valkey file"
    if "pg_wal" in path.parts:
        return "write-ahead log"
    # SQLite moves its write-ahead log into the file whenever the last reader leaves.
    return "table file" if "base" in path.parts or "sqlite3" in path.name else path.name


def in_the_database(stack: Stack) -> set[str]:
    """Every kind of place where a plain column is found."""
    return {"dump.sql", "table file", "write-ahead log"} if stack.database else {"table file"}


def test_planted_people_are_found_nowhere(stack, tmp_path):
    found = search(stack.places(), NEEDLES, list_file=tmp_path / "patterns")
    assert found == []


def test_the_journey_left_traces_to_search(stack):
    """Silence of empty files would prove nothing."""
    requests = (
        *("/phieu/", "/quan-tri/appointments/booking/?q=", "/hong/", "/api/v1/visits/"),
        *("/cach-nhan-tin/ma/", "/callbacks/zalo/", "/tra-loi/", "/massmessage/add/"),
    )
    assert [part for part in requests if part not in stack.log("web")] == []
    tasks = ("notifications.deliver", "notifications.tend_mass", "zalo.process_event", "conversations.send")
    assert [task for task in tasks if f"Task {task}[" not in stack.log("worker")] == []
    assert "LPUSH" in stack.log("broker-commands")
    assert [query for query in WRITTEN if stack.sql(query) == [(0,)]] == []


def test_a_name_in_a_log_line_is_found(stack, tmp_path):
    handler = logging.FileHandler(stack.folder / "logs" / "leak.log", encoding="utf-8")
    handler.setFormatter(PlainLine())
    handler.addFilter(MaskPersonalData())
    handler.handle(logging.makeLogRecord({"name": "portal", "msg": "booked for %s", "args": (IN_LOG,)}))
    handler.close()

    assert places_of(stack, {"leak": [IN_LOG]}, tmp_path / "patterns") == {"leak.log"}


def test_a_text_of_zalo_in_a_log_line_is_found(stack, tmp_path):
    """Logged by the worker that reads it; everything else keeps it sealed."""
    act(stack, 0, "text", f"{LEAKING_WORD}: {ON_ZALO}")
    assert wait_until(lambda: ON_ZALO in stack.log("worker"), seconds=20)
    assert places_of(stack, {"leak": [ON_ZALO]}, tmp_path / "patterns") == {"worker.log"}


def test_words_to_many_stand_in_the_database_alone(stack, tmp_path):
    """In a plain column, since they name nobody; in no log, task argument, session or broker file."""
    found = places_of(stack, {"words": [TO_MANY]}, tmp_path / "patterns")
    assert found == in_the_database(stack)


def test_a_name_in_a_plain_column_is_found(stack, tmp_path):
    stack.sql("UPDATE appointments_campaign SET description = %s", f"Cho {IN_COLUMN}")

    assert places_of(stack, {"leak": [IN_COLUMN]}, tmp_path / "patterns") == in_the_database(stack)


def test_a_name_in_a_task_argument_is_found(stack, tmp_path):
    with Connection(f"{stack.broker.url}/0") as connection:
        app.send_task("canary.leak", args=[IN_ARGUMENT], queue="canary", connection=connection)

    expected = {"broker-commands.log", "valkey file", "valkey-0"}
    needles, patterns = {"leak": [IN_ARGUMENT]}, tmp_path / "patterns"
    wait_until(lambda: places_of(stack, needles, patterns) == expected, seconds=10)
    assert places_of(stack, needles, patterns) == expected
