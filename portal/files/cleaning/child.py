"""The process that opens one stranger's file. It gets its order on standard input, answers on standard
output, knows two or three paths and their keys, and ends.

Before the first byte is read it limits its own time, memory, open files and file size, so that a bomb or a
crash of a decoder ends this process and nothing else.
"""

import base64
import contextlib
import io
import json
import sys
import uuid
from collections.abc import Callable
from typing import Any

from .kinds import Refused
from .sealed import CannotOpen, SealedReader, SealedWriter, sha256_of

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 40
FILE_BYTES = 300 * 1024 * 1024
OPEN_FILES = 64
BUFFER_BYTES = 128 * 1024

Cleaner = Callable[[Any, Any, Any, int], None]


def limit_myself() -> None:
    """Nothing on systems without rlimits; there the parent's clock is the only limit."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_FSIZE", FILE_BYTES),
        ("RLIMIT_NOFILE", OPEN_FILES),
        ("RLIMIT_CORE", 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # already lower
            resource.setrlimit(getattr(resource, name), (value, value))


def _writer(blob: dict[str, str]) -> SealedWriter:
    return SealedWriter(blob["path"], key=base64.b64decode(blob["key"]), uid=uuid.UUID(blob["uid"]))


def _measures(writer: SealedWriter) -> dict[str, int]:
    writer.close()
    return {"size": writer.size, "stored_size": writer.stored_size, "records": writer.records}


def work(order: dict[str, Any]) -> dict[str, Any]:
    """Clean one file: {"sha256", "clean", perhaps "thumbnail"} or {"refused": code}."""
    source = order["source"]
    reader = SealedReader(
        source["path"],
        key=base64.b64decode(source["key"]),
        uid=uuid.UUID(source["uid"]),
        stored_size=source["stored_size"],
    )
    answer: dict[str, Any] = {"sha256": sha256_of(reader)}
    clean = _writer(order["clean"])
    thumbnail = _writer(order["thumbnail"]) if order["kind"] in ("jpeg", "png", "webp") else None
    try:
        # Decoders expect to get as many bytes as they ask for; a record may end earlier.
        _cleaner(order["kind"])(io.BufferedReader(reader, BUFFER_BYTES), clean, thumbnail, reader.size)
    except Refused as refusal:
        return answer | {"refused": refusal.code}
    answer["clean"] = _measures(clean)
    if thumbnail is not None:
        answer["thumbnail"] = _measures(thumbnail)
    return answer


def _cleaner(kind: str) -> Cleaner:
    """Imported only now: a photo does not pay for qpdf, a voice note for neither."""
    if kind in ("jpeg", "png", "webp"):
        from .images import clean_image

        return lambda reader, clean, small, size: clean_image(
            reader, kind, _Seekless(clean), _Seekless(small)
        )
    if kind == "pdf":
        from .pdf import clean_pdf

        return lambda reader, clean, small, size: clean_pdf(reader, clean)
    if kind in ("mp4", "mov", "3gp", "m4a"):
        from .boxes import clean_film

        return lambda reader, clean, small, size: clean_film(reader, size, clean)
    if kind == "webm":
        from .webm import clean_webm

        return lambda reader, clean, small, size: clean_webm(reader, size, clean)
    return _sound_or_table(kind)


def _sound_or_table(kind: str) -> Cleaner:
    if kind in ("mp3", "amr", "ogg"):
        from . import sound

        copy = {"mp3": sound.clean_mp3, "amr": sound.clean_amr, "ogg": sound.clean_ogg}[kind]
        return lambda reader, clean, small, size: copy(reader, size, clean)
    from . import sheets

    rewrite = {"xlsx": sheets.clean_workbook, "csv": sheets.clean_csv}[kind]
    return lambda reader, clean, small, size: rewrite(reader, _Seekless(clean))


class _Seekless:
    """Only `write`: encoders that find `seek` would use it, and a sealed file only grows."""

    def __init__(self, writer: SealedWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> int:
        return self._writer.write(bytes(data))

    def flush(self) -> None:
        """Nothing waits here."""


def main() -> None:
    limit_myself()
    try:
        answer = work(json.load(sys.stdin))
    except MemoryError:
        answer = {"refused": "too_complex"}
    except CannotOpen:
        answer = {"missing": True}
    except Exception:  # whatever a decoder throws at broken bytes: the file is the reason, and its answer
        answer = {"refused": "file_unreadable"}
    json.dump(answer, sys.stdout)
