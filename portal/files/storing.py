"""Where the bytes lie: below `files/` of the storage alias `private`, under random names.

The alias is asked for a path on a local disk: uploads are appended to and cut, which a remote store cannot
do.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import storages

FOLDER = "files"


def new_name() -> str:
    """32 random hexadecimal characters; the first two name the folder."""
    return secrets.token_hex(16)


def path_of(name: str) -> Path:
    """Where the bytes of `name` lie; their folder exists afterwards."""
    path = Path(storages["private"].path(f"{FOLDER}/{name[:2]}/{name}"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def settle(path: Path) -> None:
    """Have the name on the disk too, not only the bytes: after a power cut both are there."""
    with contextlib.suppress(OSError):  # no folder can be opened on Windows
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(name: str) -> None:
    """Delete the bytes; nothing happens when they are gone."""
    path_of(name).unlink(missing_ok=True)


def names_older_than(seconds: float) -> Iterator[str]:
    """Names of all bytes that nobody has touched for so long."""
    root = Path(storages["private"].path(FOLDER))
    oldest = time.time() - seconds
    for path in sorted(root.glob("??/*")) if root.exists() else ():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                yield path.name


def free_bytes() -> int:
    """What is left on the disk."""
    root = Path(storages["private"].path(""))
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(root).free
