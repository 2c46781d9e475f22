"""Start commands of the portal as real processes and see what they leave behind (Linux: /proc)."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.launcher.processes import leashed
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[1]
OURS = re.compile(r"^(PORTAL_|DJANGO_|PYTEST_|DATABASE_URL|REDIS_URL|ESMS_|SECURE_|ALLOWED_HOSTS|PUBLIC_URL)")


def clean_environment(**values: str) -> dict[str, str]:
    """os.environ without anything that steers the portal or these tests, plus `values`."""
    kept = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    return {**kept, "PYTHONUNBUFFERED": "1", **values}


def free_port_pair() -> int:
    """A port whose successor is free too: the local provider sits one above the portal."""
    while True:
        port = free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """True as soon as `condition()` holds, False when it never did within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def http_status(url: str, headers: dict[str, str] | None = None) -> int:
    """Status of one GET; 0 when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    # HTTPException: a free port of the ephemeral range may, for a moment, be connected to itself.
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return 0


def processes_with(marker: str) -> dict[int, str]:
    """Living processes whose environment contains `marker`: number and command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if marker.encode() in environment and command:
                found[int(folder.name)] = command
    return found


@dataclass
class Command:
    """A running command whose output goes to a file."""

    process: subprocess.Popen
    log: Path
    port: int = 0

    @property
    def output(self) -> str:
        """Everything written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text: str, *, seconds: float = 60) -> bool:
        """True when `text` appears in the output in time."""
        return wait_until(
            lambda: text in self.output or self.process.poll() is not None, seconds=seconds
        ) and (text in self.output)

    def end(self) -> None:
        """Kill the command and its group; for the end of a test."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start_command(arguments: list[str], *, environment: dict[str, str], log: Path) -> Command:
    """Start `arguments` in the project folder, in a group of its own, dying with this test process."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            leashed(arguments, death_signal=signal.SIGTERM),
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Command(process, log)


def start_launcher(*, port: int, var: Path, log: Path, **values: str) -> Command:
    """Start `make run`'s second half on its own data folder."""
    environment = clean_environment(**{"PORT": str(port), "PORTAL_VAR": str(var), **values})
    return start_command([sys.executable, "-m", "portal.launcher"], environment=environment, log=log)
