"""MP4, MOV, 3GP, M4A: the tree of boxes is walked; boxes that say where, when, by whom or with what it was
filmed are blanked in place, and so are the samples of tracks that are neither picture nor sound (phones write
their position there). Nothing is moved, so the index stays right. [ISO/IEC 14496-12, boxes as published]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from .kinds import Refused
from .patches import Patches, copy_patched

MAX_BOXES = 200_000
MAX_TABLE = 64 * 1024 * 1024
_TOP = {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx"}
_BLANKED = {b"free", b"skip", b"wide"}
_CONTAINERS = {
    b"moov", b"trak", b"edts", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf", b"mfra",
    b"gmhd",
}  # fmt: skip
_LEAVES = {
    b"mvhd", b"iods", b"tkhd", b"elst", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"nmhd", b"dref", b"stsd",
    b"stts", b"ctts", b"cslg", b"stss", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"sdtp", b"sbgp",
    b"sgpd", b"trex", b"mehd", b"mfhd", b"tfhd", b"tfdt", b"trun", b"tfra", b"mfro", b"gmin",
}  # fmt: skip
_TIMED = {b"mvhd", b"tkhd", b"mdhd"}
_KEPT_TRACKS = {b"vide", b"soun"}


@dataclass
class Box:
    kind: bytes
    start: int
    body: int
    end: int
    children: list["Box"] = field(default_factory=list)

    def find(self, *path: bytes) -> "Box | None":
        found: Box | None = self
        for kind in path:
            found = next((child for child in found.children if child.kind == kind), None) if found else None
        return found


class Film:
    """One file on its way through."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self.source, self.size, self.count = source, size, 0
        self.patches = Patches()

    def read(self, place: int, length: int) -> bytes:
        if length > MAX_TABLE:
            raise Refused("too_complex")
        self.source.seek(place)
        data = b""
        while len(data) < length:
            part = self.source.read(length - len(data))
            if not part:
                raise Refused("file_unreadable")
            data += part
        return data

    def boxes(self, start: int, end: int, allowed: set[bytes], *, top: bool = False) -> Iterator[Box]:
        """Those of `allowed`; all others are made `free` and emptied."""
        place = start
        while place < end:
            box = self._box(place, end, top=top)
            if box.kind in allowed:
                yield box
            else:
                self.drop(box)
            place = box.end

    def _box(self, place: int, end: int, *, top: bool) -> Box:
        self.count += 1
        if self.count > MAX_BOXES:
            raise Refused("too_complex")
        if place + 8 > end:
            raise Refused("file_unreadable")
        head = self.read(place, 8)
        size, body = int.from_bytes(head[:4], "big"), place + 8
        if size == 1:
            size, body = (
                int.from_bytes(self.read(place + 8, 8), "big") if place + 16 <= end else 0,
                place + 16,
            )
        elif size == 0 and top:
            size = end - place
        if size < body - place or place + size > end:
            raise Refused("file_unreadable")
        return Box(head[4:8], place, body, place + size)

    def drop(self, box: Box) -> None:
        self.patches.put(box.start + 4, b"free")
        self.patches.blank(box.body, box.end)

    def tree(self, box: Box, depth: int = 0) -> Box:
        if depth > 8:
            raise Refused("too_complex")
        for child in self.boxes(box.body, box.end, _CONTAINERS | _LEAVES):
            box.children.append(self.tree(child, depth + 1) if child.kind in _CONTAINERS else child)
            self._quieten(child)
        return box

    def _quieten(self, box: Box) -> None:
        """Times of making, and names inside handlers."""
        if box.kind in _TIMED:
            version = self.read(box.body, 1)[0]
            self.patches.blank(box.body + 4, min(box.end, box.body + (20 if version == 1 else 12)))
        elif box.kind == b"hdlr":
            self.patches.blank(box.body + 24, box.end)


def clean_film(source: BinaryIO, size: int, out: BinaryIO) -> None:
    """Refused `file_unreadable`, `too_complex`, `media_type`, `media_metadata`."""
    film = Film(source, size)
    tops = list(film.boxes(0, size, _TOP, top=True))
    index = next((box for box in tops if box.kind == b"moov"), None)
    if index is None or not any(box.kind == b"mdat" for box in tops):
        raise Refused("file_unreadable")  # a recording that was broken off has no index
    for box in tops:
        if box.kind in _CONTAINERS:
            film.tree(box)
    fragmented = any(box.kind == b"moof" for box in tops)
    kept = [_keep_track(film, track, fragmented) for track in index.children if track.kind == b"trak"]
    if not any(kept):
        raise Refused("media_type")
    copy_patched(source, out, size, film.patches)


def _keep_track(film: Film, track: Box, fragmented: bool) -> bool:
    """True for picture and sound; every other track is blanked with all its samples."""
    handler = track.find(b"mdia", b"hdlr")
    kind = film.read(handler.body + 8, 4) if handler and handler.end - handler.body >= 12 else b""
    _refuse_outside_media(film, track)
    samples = list(_samples(film, track))
    if any(start + length > film.size for start, length in samples):
        raise Refused("file_unreadable")
    if kind in _KEPT_TRACKS:
        return True
    if fragmented:
        raise Refused("media_metadata")
    for start, length in samples:
        film.patches.blank(start, start + length)
    film.drop(track)
    return False


def _refuse_outside_media(film: Film, track: Box) -> None:
    """A track may point at a file or an address elsewhere; then playing it would call there."""
    table = track.find(b"mdia", b"minf", b"dinf", b"dref")
    if table is None:
        return
    place = table.body + 8
    while place + 12 <= table.end:
        size = int.from_bytes(film.read(place, 4), "big")
        if size < 12 or not film.read(place + 8, 4)[3] & 1:
            raise Refused("media_type")
        place += size


def _samples(film: Film, track: Box) -> Iterator[tuple[int, int]]:
    """(place, length) of every chunk of a track: as far as its samples reach."""
    table = track.find(b"mdia", b"minf", b"stbl")
    if table is None:
        return
    offsets = _numbers(film, table.find(b"stco"), 4) or _numbers(film, table.find(b"co64"), 8)
    sizes = _sizes(film, table.find(b"stsz"))
    runs = _runs(film, table.find(b"stsc"))
    next_sample = 0
    for number, offset in enumerate(offsets, start=1):
        while len(runs) > 1 and runs[1][0] <= number:
            runs.pop(0)
        count = runs[0][1] if runs else 0
        yield offset, sum(sizes(next_sample + step) for step in range(count))
        next_sample += count


def _numbers(film: Film, box: Box | None, width: int) -> list[int]:
    if box is None:
        return []
    data = film.read(box.body, box.end - box.body)[8:]
    return [int.from_bytes(data[at : at + width], "big") for at in range(0, len(data) - width + 1, width)]


def _runs(film: Film, box: Box | None) -> list[tuple[int, int]]:
    """(first chunk, samples in each chunk from there on)."""
    flat = _numbers(film, box, 4)
    runs = list(zip(flat[0::3], flat[1::3], strict=False))
    if any(count > 1_000_000 for _first, count in runs):
        raise Refused("too_complex")
    return runs


def _sizes(film: Film, box: Box | None):  # type: ignore[no-untyped-def]
    """Length of the n-th sample."""
    if box is None:
        return lambda number: 0
    data = film.read(box.body, box.end - box.body)
    same = int.from_bytes(data[4:8], "big")
    if same:
        return lambda number: same
    return lambda number: int.from_bytes(data[12 + 4 * number : 16 + 4 * number], "big")
