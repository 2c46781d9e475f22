"""An evening of 2,000 citizens through the real door, on the embedded default and on PostgreSQL with Redis.

`make test-long` runs it; the last figures stand in docs/PERFORMANCE.md. Nothing here asserts a speed: the
command itself fails when a number, a booking or a message is missing.
"""

import signal
import sys
from pathlib import Path

import pytest

from tests.processes import (
    clean_environment,
    free_port_pair,
    http_status,
    start_command,
    start_launcher,
    wait_until,
)
from tests.servers import Postgres, Valkey

CITIZENS = "2000"
pytestmark = pytest.mark.long


def play(tmp_path: Path, **servers: str) -> str:
    """What `play_evening` printed beside a portal started for it; fails the test when the command failed."""
    port, var, log = free_port_pair(), tmp_path / "var", tmp_path / "evening.log"
    portal = start_launcher(port=port, var=var, log=tmp_path / "portal.log", **servers)
    try:
        address = f"http://127.0.0.1:{port}"
        assert wait_until(lambda: http_status(f"{address}/healthz") == 200, seconds=180)
        assert wait_until(lambda: http_status(f"http://127.0.0.1:{port + 1}/_stats") == 200, seconds=60)
        environment = clean_environment(PORTAL_MODE="development", PORTAL_VAR=str(var), **servers)
        command = [sys.executable, "manage.py", "play_evening", "--url", address, "--citizens", CITIZENS]
        evening = start_command(command, environment=environment, log=log)
        assert wait_until(lambda: evening.process.poll() is not None, seconds=1500)
        printed = log.read_text(encoding="utf-8")
        assert evening.process.returncode == 0, printed
        return printed
    finally:
        portal.process.send_signal(signal.SIGINT)
        wait_until(lambda: portal.process.poll() is not None, seconds=30)
        portal.end()


def test_evening_on_the_embedded_default(tmp_path: Path) -> None:
    print(play(tmp_path))


def test_evening_on_postgresql_and_redis(tmp_path: Path, own_postgres: Postgres, own_valkey: Valkey) -> None:
    print(play(tmp_path, DATABASE_URL=own_postgres.url, REDIS_URL=own_valkey.url))
