"""WebM: elements that tell of title, time, device or carry other files become Void, in place and of the same
length. Browsers' own recordings leave the lengths of segment and clusters open; both spellings are read.
[RFC 8794 EBML, RFC 9559 Matroska]
"""

from typing import BinaryIO

from .kinds import Refused
from .patches import Patches, copy_patched

MAX_ELEMENTS = 400_000
_EBML, _SEGMENT, _INFO, _TRACKS, _ENTRY, _CLUSTER = (
    0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675,
)  # fmt: skip
_DOCTYPE, _VOID = 0x4282, 0xEC
_KEPT_TOP = {0x114D9B74, _INFO, _TRACKS, _CLUSTER, 0x1C53BB6B}  # with seek heads and cues
_IN_CLUSTER = {0xE7, 0xA3, 0xA0, 0xAB, 0xA7}
_KEPT_INFO = {0x2AD7B1, 0x4489, 0x4D80, 0x5741}
_NAMES_OF_PROGRAMS = {0x4D80, 0x5741}
_DROPPED_IN_ENTRY = {0x536E, 0x7446, 0x258688, 0x26B240, 0xBF}
_OPEN = -1


class Webm:
    """One file on its way through."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self.source, self.size, self.count = source, size, 0
        self.patches = Patches()
        self.seen: set[int] = set()

    def _read(self, place: int, length: int) -> bytes:
        self.source.seek(place)
        data = self.source.read(length)
        while len(data) < length:
            more = self.source.read(length - len(data))
            if not more:
                raise Refused("file_unreadable")
            data += more
        return data

    def _number(self, place: int, *, keep_marker: bool) -> tuple[int, int]:
        """(value, bytes it takes) of a number that says its own length."""
        first = self._read(place, 1)[0]
        width = 9 - first.bit_length()
        if first == 0 or (keep_marker and width > 4):
            raise Refused("file_unreadable")
        raw = int.from_bytes(self._read(place, width), "big")
        if keep_marker:
            return raw, width
        value = raw & ((1 << 7 * width) - 1)
        return (_OPEN if value == (1 << 7 * width) - 1 else value), width

    def element(self, place: int, end: int) -> tuple[int, int, int]:
        """(id, start of its content, end of its content or _OPEN)."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise Refused("too_complex")
        identity, width = self._number(place, keep_marker=True)
        length, more = self._number(place + width, keep_marker=False)
        body = place + width + more
        if length != _OPEN and body + length > end:
            raise Refused("file_unreadable")
        return identity, body, (_OPEN if length == _OPEN else body + length)

    def drop(self, place: int, end: int) -> None:
        """Make the element at `place` a Void of the same length."""
        total = end - place
        if total >= 9:
            head = bytes([_VOID]) + (0x0100000000000000 | (total - 9)).to_bytes(8, "big")
        else:
            head = bytes([_VOID, 0x80 | (total - 2)])
        self.patches.blank(place + len(head), end)
        self.patches.put(place, head)

    def segment(self, start: int, end: int) -> None:
        """Top elements, and those of clusters whose length was left open."""
        place, in_open_cluster = start, False
        while place < end:
            identity, body, stop = self.element(place, end)
            self.seen.add(identity)
            if identity == _CLUSTER and stop == _OPEN:
                in_open_cluster, place = True, body
                continue
            if stop == _OPEN:
                raise Refused("file_unreadable")
            if identity in (_INFO, _TRACKS):
                self._inside(identity, body, stop)
            elif identity not in _KEPT_TOP and not (in_open_cluster and identity in _IN_CLUSTER):
                self.drop(place, stop)
            place = stop

    def _inside(self, parent: int, start: int, end: int) -> None:
        place = start
        while place < end:
            identity, body, stop = self.element(place, end)
            if stop == _OPEN:
                raise Refused("file_unreadable")
            self._look_at(parent, identity, place, body, stop)
            place = stop

    def _look_at(self, parent: int, identity: int, place: int, body: int, stop: int) -> None:
        if parent == _TRACKS and identity == _ENTRY:
            self._inside(_ENTRY, body, stop)
        elif parent == _INFO and identity in _NAMES_OF_PROGRAMS:
            self.patches.blank(body, stop)  # must be there, may be empty
        elif (
            (parent == _INFO and identity not in _KEPT_INFO)
            or (parent == _ENTRY and identity in _DROPPED_IN_ENTRY)
            or parent == _TRACKS
        ):
            self.drop(place, stop)


def clean_webm(source: BinaryIO, size: int, out: BinaryIO) -> None:
    """Refused `file_unreadable`, `too_complex`, `media_type`."""
    film = Webm(source, size)
    identity, body, end = film.element(0, size)
    if identity != _EBML or end == _OPEN or end - body > 200:
        raise Refused("file_unreadable")
    if b"\x42\x82" not in film._read(body, end - body) or b"webm" not in film._read(body, end - body):
        raise Refused("media_type")
    identity, body, stop = film.element(end, size)
    if identity != _SEGMENT:
        raise Refused("file_unreadable")
    film.segment(body, size if stop == _OPEN else stop)
    if not {_TRACKS, _CLUSTER} <= film.seen:
        raise Refused("file_unreadable")
    copy_patched(source, out, size if stop == _OPEN else stop, film.patches)
