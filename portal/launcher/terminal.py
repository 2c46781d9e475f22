"""One terminal for all processes: each line carries the name of who wrote it."""

import os
import sys
import threading
from typing import TextIO

COLOURS = {"portal": 32, "valkey": 35, "web": 36, "worker": 33, "beat": 34, "provider": 95, "prepare": 90}
RED = 31
NAME_WIDTH = 8


class Terminal:
    """Writes whole lines to `stream`, coloured when a person looks at it.

    NO_COLOR (no-color.org) and a stream that is no terminal switch the colours off.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.colour = self.stream.isatty() and not os.environ.get("NO_COLOR")
        self.lock = threading.Lock()

    def say(self, name: str, text: str) -> None:
        """Write one line for process `name`."""
        self._write(self._label(name) + text)

    def complain(self, text: str) -> None:
        """Write one line of the supervisor that needs attention, in red."""
        self._write(self._label("portal") + (f"\033[{RED}m{text}\033[0m" if self.colour else text))

    def block(self, lines: list[str]) -> None:
        """Write several lines together, without names, so that they can be copied."""
        self._write("\n".join(["", *lines, ""]))

    def _label(self, name: str) -> str:
        padded = f"{name:<{NAME_WIDTH}} | "
        return f"\033[{COLOURS.get(name, 37)}m{padded}\033[0m" if self.colour else padded

    def _write(self, text: str) -> None:
        """A closed terminal (SIGHUP, `| head`) must not stop the clean end of the children."""
        with self.lock:
            try:
                self.stream.write(text + "\n")
                self.stream.flush()
            except (OSError, ValueError):
                self.colour = False
