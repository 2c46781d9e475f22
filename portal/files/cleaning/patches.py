"""Blanking parts of a file without moving the rest: places in a film's index stay right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

PIECE = 1024 * 1024


@dataclass
class Patches:
    """What is written over what: zeros over ranges, then single values on top."""

    zeros: list[tuple[int, int]] = field(default_factory=list)  # start, end
    values: list[tuple[int, bytes]] = field(default_factory=list)

    def blank(self, start: int, end: int) -> None:
        if end > start:
            self.zeros.append((start, end))

    def put(self, place: int, value: bytes) -> None:
        self.values.append((place, value))


def copy_patched(source: BinaryIO, out: BinaryIO, size: int, patches: Patches) -> None:
    """`source` to `out` piece by piece; only the piece at hand is in memory."""
    zeros = _merged(patches.zeros)
    values = sorted(patches.values)
    source.seek(0)
    place = first_zero = first_value = 0
    while place < size:
        piece = bytearray(source.read(min(PIECE, size - place)))
        end = place + len(piece)
        while first_zero < len(zeros) and zeros[first_zero][1] <= place:
            first_zero += 1
        for start, stop in _until(zeros, first_zero, end):
            inside, behind = max(start, place) - place, min(stop, end) - place
            piece[inside:behind] = bytes(behind - inside)
        while first_value < len(values) and values[first_value][0] + len(values[first_value][1]) <= place:
            first_value += 1
        for at, value in _until(values, first_value, end):
            for offset, byte in enumerate(value):
                if place <= at + offset < end:
                    piece[at + offset - place] = byte
        out.write(bytes(piece))
        place = end


def _until(ranges: list, first: int, end: int) -> Iterable[tuple]:
    for each in ranges[first:]:
        if each[0] >= end:
            return
        yield each


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, and those that touch as one: a film has thousands of small samples side by side."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
