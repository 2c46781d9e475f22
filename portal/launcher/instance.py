"""One launcher per data folder: two supervisors on one SQLite file would start two beats."""

import fcntl
import os
from pathlib import Path
from typing import TextIO


class AlreadyRunning(Exception):
    """Another launcher holds the folder; `pid` is its process number as text, empty when unknown."""

    def __init__(self, pid: str) -> None:
        super().__init__(pid)
        self.pid = pid


def claim(folder: Path) -> TextIO:
    """Lock `folder` and return the open lock file; the kernel lets go when this process ends in any way.

    Raises AlreadyRunning.
    """
    stream = (folder / "launcher.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.seek(0)
        raise AlreadyRunning(stream.read().strip()) from error
    stream.truncate(0)
    stream.write(f"{os.getpid()}\n")
    stream.flush()
    return stream
