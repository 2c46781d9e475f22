"""One child process: started on a leash, heard line by line, ended together with its own children."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
BACK_OFF_SECONDS = (0.5, 1, 2, 5, 10)
STEADY_SECONDS = 30
# Advice for the owner of a big server, printed at each start; it hides the lines that matter here.
NOISE = re.compile(r"Memory overcommit must be enabled")


def leashed(command: list[str], *, death_signal: int = signal.SIGTERM, user: str = "") -> list[str]:
    """Return `command` wrapped so that it gets `death_signal` when the calling process dies.

    Must be started from the main thread: Linux watches the thread that forked, not the process.
    `user` is "UID:GID" or empty.
    """
    options = ["--user", user] if user else []
    return [
        sys.executable,
        "-I",
        "-S",
        str(LEASH),
        *options,
        str(int(death_signal)),
        str(os.getpid()),
        *command,
    ]


class Undertaker:
    """Remembers the process groups of the children and kills them when this process dies unasked."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("undertaker.py"))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
            bufsize=1,
        )

    def remember(self, group: int) -> None:
        """A child with this group was started."""
        self._tell(f"+{group}")

    def forget(self, group: int) -> None:
        """The group is gone; its number may be given to somebody else."""
        self._tell(f"-{group}")

    def dismiss(self) -> None:
        """Nothing is left to watch."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.wait()

    def _tell(self, line: str) -> None:
        """Somebody may have killed the undertaker; the portal runs on without it."""
        with contextlib.suppress(OSError, ValueError):
            self.process.stdin.write(line + "\n")


@dataclass
class Child:
    """A named process of the portal. `stop_seconds` is how long a polite end may take."""

    name: str
    command: list[str]
    environment: dict[str, str]
    hear: Callable[[str, str], None]
    folder: Path
    undertaker: Undertaker
    stop_seconds: float = 4
    process: subprocess.Popen | None = None
    started_at: float = 0
    deaths: int = 0
    start_again_at: float = field(default=0, init=False)

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches only the supervisor."""
        self.process = subprocess.Popen(
            leashed(self.command),
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.undertaker.remember(self.process.pid)
        self.started_at = time.monotonic()
        self.start_again_at = 0
        threading.Thread(
            target=self._pump, args=(self.process,), daemon=True, name=f"hear-{self.name}"
        ).start()

    def is_running(self) -> bool:
        """True while the process lives."""
        return self.process is not None and self.process.poll() is None

    def plan_restart(self) -> float:
        """Sweep what the dead process left and return the seconds until it is started again."""
        self.kill_group()
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.deaths = 0
        wait = BACK_OFF_SECONDS[min(self.deaths, len(BACK_OFF_SECONDS) - 1)]
        self.deaths += 1
        self.start_again_at = time.monotonic() + wait
        return wait

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process alone; it ends its own children in its own order."""
        if self.is_running():
            self.process.terminate()

    def wait_or_kill(self, deadline: float) -> bool:
        """Wait until `deadline` (monotonic seconds), then kill the group; True when the end was polite."""
        polite = True
        if self.process is not None:
            try:
                self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                polite = False
            self.kill_group()
            self.process.wait()
        return polite

    def kill_group(self) -> None:
        """Kill what is left of the group: forked workers outlive a parent that was killed with -9."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.undertaker.forget(self.process.pid)

    def _pump(self, process: subprocess.Popen) -> None:
        with contextlib.suppress(ValueError):
            for line in process.stdout:
                text = line.decode("utf-8", "replace").rstrip()
                if text and not NOISE.search(text):
                    self.hear(self.name, text)
