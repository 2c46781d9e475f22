"""The sealed file: AES-256-GCM records one after another, written and read as a stream.

A record is 4 bytes length, 12 bytes nonce, ciphertext with its 16-byte tag. Associated data = the blob's
uid and the number of the record, so that no record opens in another file or at another place. Each blob has
a key of its own, which stands in the database sealed by the portal's key; without that row the bytes are
noise.
"""

import hashlib
import io
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

RECORD_BYTES = 1024 * 1024
KEY_BYTES = 32
_LENGTH = 4
_NONCE = 12
_OVERHEAD = _NONCE + 16


class CannotOpen(Exception):
    """The bytes are gone, cut off, or not what was written under this key."""


class Busy(Exception):
    """Somebody else writes to this file now."""


def _lock(handle: int) -> bool:
    """Until the file is closed; where there are no such locks the row's lease stands alone."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def _associated(uid: uuid.UUID, number: int) -> bytes:
    return b"portal.files" + uid.bytes + number.to_bytes(8, "big")


class SealedWriter:
    """Appends to the file at `path` after `records` records of `stored_size` bytes; what lies behind them was
    never committed and is cut off. `close()` returns only when the disk has it.

    One writer at a time: Busy when somebody else has the file, or when `still_mine()`, asked after the file
    is locked and before it is touched, says no.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        key: bytes,
        uid: uuid.UUID,
        records: int = 0,
        stored_size: int = 0,
        still_mine: Callable[[], bool] = lambda: True,
    ) -> None:
        self.uid, self.records, self.stored_size, self.size = uid, records, stored_size, 0
        self._cipher, self._waiting = AESGCM(key), bytearray()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file: BinaryIO = os.fdopen(handle, "r+b")
        if not (_lock(handle) and still_mine()):
            self._file.close()
            raise Busy
        if os.fstat(handle).st_size < stored_size:
            self._file.close()
            raise CannotOpen("committed bytes are missing")
        self._file.truncate(stored_size)
        self._file.seek(stored_size)

    def write(self, data: bytes) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) >= RECORD_BYTES:
            self._put(bytes(self._waiting[:RECORD_BYTES]))
            del self._waiting[:RECORD_BYTES]
        return len(data)

    def _put(self, plain: bytes) -> None:
        nonce = os.urandom(_NONCE)
        body = nonce + self._cipher.encrypt(nonce, plain, _associated(self.uid, self.records))
        self._file.write(len(body).to_bytes(_LENGTH, "big") + body)
        self.records += 1
        self.stored_size += _LENGTH + len(body)

    def close(self) -> None:
        """Write what waits and have it on the disk."""
        if self._waiting:
            self._put(bytes(self._waiting))
            self._waiting.clear()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close without a word; the caller throws the file away."""
        self._file.close()


class SealedReader(io.RawIOBase):
    """A sealed file as a seekable stream of plain bytes; one record at a time is in memory."""

    def __init__(self, path: str | Path, *, key: bytes, uid: uuid.UUID, stored_size: int) -> None:
        super().__init__()
        self._uid, self._cipher, self._at = uid, AESGCM(key), 0
        self._known: tuple[int, bytes] = (-1, b"")
        try:
            self._file = Path(path).open("rb")  # noqa: SIM115 - closed by close()
            self._index = list(self._records(stored_size))
        except (OSError, ValueError) as error:
            raise CannotOpen("the bytes are missing or cut off") from error
        self.size = self._index[-1][1] + self._index[-1][2] if self._index else 0

    def _records(self, stored_size: int) -> Iterator[tuple[int, int, int]]:
        """(place in the file, place in the plain bytes, plain length) of each record."""
        place = start = 0
        total = os.fstat(self._file.fileno()).st_size
        while place < stored_size:
            self._file.seek(place)
            length = int.from_bytes(self._file.read(_LENGTH), "big")
            if length < _OVERHEAD or place + _LENGTH + length > min(stored_size, total):
                raise ValueError("cut off")
            yield place + _LENGTH, start, length - _OVERHEAD
            place, start = place + _LENGTH + length, start + length - _OVERHEAD

    def _open_record(self, number: int) -> bytes:
        if self._known[0] != number:
            place, _start, length = self._index[number]
            self._file.seek(place)
            body = self._file.read(length + _OVERHEAD)
            try:
                plain = self._cipher.decrypt(body[:_NONCE], body[_NONCE:], _associated(self._uid, number))
            except InvalidTag as error:
                raise CannotOpen("not the bytes that were written") from error
            self._known = (number, plain)
        return self._known[1]

    def _number_at(self, place: int) -> int:
        low, high = 0, len(self._index) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._index[middle][1] <= place else (low, middle - 1)
        return low

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self.size:
            return 0
        number = self._number_at(self._at)
        plain = self._open_record(number)
        inside = self._at - self._index[number][1]
        part = plain[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The plain bytes from `start` up to `end`, at most one record at a time."""
        self.seek(start)
        left = (self.size if end is None else end) - start
        while left > 0:
            part = self.read(min(left, RECORD_BYTES))
            if not part:
                raise CannotOpen("cut off")
            left -= len(part)
            yield part

    def close(self) -> None:
        if not self.closed and hasattr(self, "_file"):
            self._file.close()
        super().close()


def sha256_of(reader: SealedReader) -> str:
    """Of the plain bytes, in hexadecimal."""
    digest = hashlib.sha256()
    for piece in reader.pieces():
        digest.update(piece)
    reader.seek(0)
    return digest.hexdigest()
