"""The broker may vanish at any moment: messages are rows, and the broker only wakes.

Real processes: a Valkey of this test's own, a Celery worker with beat, and the local provider. The worker
imports this module to learn the notice.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu.transport.redis  # noqa: F401 - imported once per process, long before the first booking
import pytest
from django.db import connection, transaction

from portal.celery import app
from portal.common import broker as wake
from portal.common.actors import SystemActor
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.queue_message import queue_message
from portal.notifications.actions.templates import create_template
from portal.notifications.notices import Notice, register_notice
from portal.units.models import Unit, UnitKind
from tests.processes import clean_environment, wait_until
from tests.servers import Valkey, free_port

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 200
SECONDS_AFTER_RETURN = 60
TESTER = SystemActor("tester")
NOTICE = register_notice(
    Notice(
        "faults.confirmed", "transactional", purpose="faults", parameters=("number",), answers_at_once=True
    )
)


def ask(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return json.load(answer)


def database_environment(var: Path) -> dict[str, str]:
    """How a process with the data folder `var` finds the database of this test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        # SQLite follows the link, so both processes share one file, one WAL and one lock.
        (var / "portal.sqlite3").symlink_to(name)
        return {}
    return {"DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"}


@pytest.fixture
def start_process(tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """`start_process(*arguments, **environment)` runs Python with them; ended after the test."""
    running = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen:
        with (tmp_path / f"process-{len(running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=clean_environment(PORTAL_MODE="test", PORTAL_VAR=str(tmp_path), **environment),
                stdout=log,
                stderr=log,
            )
        running.append(process)
        return process

    yield start
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def provider(start_process) -> str:
    """Address of a local provider that starts empty."""
    port = free_port()
    start_process("-m", "portal.notifications.local_provider", "--port", str(port))
    address = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        try:
            return ask(f"{address}/_stats")["count"] == 0
        except OSError:
            return False

    assert wait_until(is_up, seconds=15)
    return address


@pytest.fixture
def worker(transactional_db, tmp_path, start_process, own_valkey: Valkey, provider: str) -> subprocess.Popen:
    """A worker with beat on this test's database, broker and provider, sweeping as often as by default."""
    return start_process(
        *("-m", "celery", "-A", "portal", "worker", "--beat", "--concurrency", "2", "--loglevel", "INFO"),
        *(
            "--queues",
            "codes,transactional,bulk,callbacks,documents,maintenance",
            "--include",
            "tests.faults.test_broker_loss",
        ),
        *("--without-gossip", "--without-mingle"),
        **database_environment(tmp_path),
        PORTAL_BROKER_URL=f"{own_valkey.url}/0",
        SMS_CHANNEL="esms",
        ESMS_BASE_URL=provider,
        LOCAL_PROVIDER_URL=provider,
        PUBLIC_URL=provider,
    )


@pytest.fixture
def unit(transactional_db) -> Unit:
    kind = UnitKind.objects.create(code="phuong-thu", name_vi="Phường", name_en="Ward", level=3)
    unit = Unit.objects.create(
        kind=kind, name="Sông Mới", display_name="Phường Sông Mới", folded_name="song moi"
    )
    create_template(
        channel="sms", notice=NOTICE.key, body="Lịch hẹn số {number}.", provider_id="", unit=None, by=TESTER
    )
    return unit


def confirm(number: int, unit: Unit) -> float:
    """What a booking does at its end; returns the seconds it took."""
    start = time.monotonic()
    with transaction.atomic():
        phone = ensure_contact_point(phone=f"+84750{number:06d}", by=TESTER)
        queue_message(
            notice=NOTICE.key,
            to=phone,
            unit=unit,
            intent="confirmed",
            about=uuid.uuid4(),
            context={"number": number},
            by=TESTER,
        )
    return time.monotonic() - start


@pytest.mark.faults
def test_every_confirmation_arrives_once_after_the_broker_was_killed(
    worker, unit, own_valkey: Valkey, provider: str, monkeypatch
):
    monkeypatch.setattr(app.conf, "broker_url", f"{own_valkey.url}/0")
    monkeypatch.setattr(wake, "_connections", {})
    wake.resume()
    confirm(0, unit)
    assert wait_until(lambda: ask(f"{provider}/_stats")["count"] == 1, seconds=40)

    seconds_per_booking = [confirm(number, unit) for number in range(1, 41)]
    own_valkey.kill()
    for number in range(41, MESSAGES + 1):
        seconds_per_booking.append(confirm(number, unit))
        time.sleep(0.03)
    own_valkey.start()
    returned = time.monotonic()

    arrived = wait_until(
        lambda: ask(f"{provider}/_stats")["count"] >= MESSAGES + 1,
        seconds=returned + SECONDS_AFTER_RETURN - time.monotonic(),
    )
    seconds = time.monotonic() - returned
    stats = ask(f"{provider}/_stats")
    print(
        f"{stats} {seconds:.1f} s after the broker's return; slowest booking {max(seconds_per_booking):.2f} s"
    )
    assert arrived
    assert (stats["count"], stats["unique_request_ids"], stats["phones"]) == (MESSAGES + 1,) * 3
    assert max(seconds_per_booking) < 1
