"""Hands a file to the process that opens it (cleaning/child.py) and takes its answer.

That process starts with an empty environment and Python's isolated mode: no key of the portal, no database
address. When it dies, is too slow or answers nonsense, the file is the reason and is refused.
"""

import base64
import contextlib
import json
import logging
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.files.cleaning.sealed import new_key
from portal.files.errors import SENTENCES
from portal.files.limits import CLEANING_SECONDS
from portal.files.models import Blob, StoredFile
from portal.files.storing import new_name, path_of, settle

logger = logging.getLogger(__name__)
_ROOM = str(Path(__file__).parent)
# Appended, not put in front: nothing of this room may stand before a library.
_START = f"import sys; sys.path.append({_ROOM!r}); from cleaning.child import main; main()"
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "OPENPYXL_LXML": "False"}
_OUT_OF_TIME = {-signal.SIGKILL, -getattr(signal, "SIGXCPU", signal.SIGKILL)}


class SourceMissing(Exception):
    """The bytes of the original cannot be read: the disk's fault, not the sender's."""


@dataclass(frozen=True)
class Cleaned:
    """`refused` is a code or ""; `blobs` are unsaved rows whose bytes lie on the disk; `sha256` of the
    original."""

    refused: str
    sha256: str
    blobs: tuple[Blob, ...] = ()


def clean(file: StoredFile, original: Blob) -> Cleaned:
    """Open the file elsewhere. SourceMissing when its own bytes are gone."""
    blobs = [_new_blob(file, "clean"), _new_blob(file, "thumbnail")]
    answer = run_child(
        {
            "kind": file.kind,
            "source": _order(original) | {"stored_size": original.stored_size},
            "clean": _order(blobs[0]),
            "thumbnail": _order(blobs[1]),
        }
    )
    if answer.get("missing"):
        discard(blobs)
        raise SourceMissing
    written = [blob for blob in blobs if _measured(blob, answer.get(blob.role))]
    refused = answer.get("refused", "" if blobs[0] in written else "file_unreadable")
    discard([blob for blob in blobs if refused or blob not in written])
    if refused:
        return Cleaned(refused if refused in SENTENCES else "file_unreadable", _digest(answer))
    for blob in written:
        settle(path_of(blob.name))
    return Cleaned("", _digest(answer), tuple(written))


def discard(blobs: Any) -> None:
    for blob in blobs:
        path_of(blob.name).unlink(missing_ok=True)


def run_child(order: dict[str, Any]) -> dict[str, Any]:
    """The child's answer; {"refused": …} when it died or took too long."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-I", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )
    try:
        told, _nothing = process.communicate(json.dumps(order).encode(), timeout=CLEANING_SECONDS)
    except subprocess.TimeoutExpired:
        return {"refused": "too_complex"}
    finally:  # also when the task itself runs out of time
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.communicate()
    if process.returncode != 0:
        logger.warning("a decoder ended with %s", process.returncode)
        return {"refused": "too_complex" if process.returncode in _OUT_OF_TIME else "file_unreadable"}
    return _read(told)


def _read(told: bytes) -> dict[str, Any]:
    """What a process says that has just read hostile bytes is believed only in the right shape."""
    try:
        answer = json.loads(told[:10_000])
    except ValueError:
        return {"refused": "file_unreadable"}
    return answer if isinstance(answer, dict) else {"refused": "file_unreadable"}


def _digest(answer: dict[str, Any]) -> str:
    return str(answer.get("sha256", ""))[:64]


def _new_blob(file: StoredFile, role: str) -> Blob:
    return Blob(file=file, role=role, name=new_name(), key=new_key())


def _order(blob: Blob) -> dict[str, Any]:
    return {
        "path": str(path_of(blob.name)),
        "key": base64.b64encode(blob.key).decode(),
        "uid": blob.uid.hex,
    }


def _measured(blob: Blob, told: Any) -> bool:
    """Write the measures onto the row; False when there is nothing, or not what lies on the disk."""
    numbers = (
        [told.get(name) for name in ("size", "stored_size", "records")] if isinstance(told, dict) else []
    )
    if len(numbers) != 3 or not all(type(number) is int and number > 0 for number in numbers):
        return False
    blob.size, blob.stored_size, blob.records = numbers
    path = path_of(blob.name)
    return path.exists() and path.stat().st_size == blob.stored_size
