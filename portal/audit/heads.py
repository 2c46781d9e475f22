"""The exported heads: what leaves the database, so that a rewritten or shortened chain shows.

One text file per local day, one line per export: `<sealed_at UTC> <number> <entries so far> <digest>`.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Head:
    """The last seal at the moment of an export."""

    sealed_at: dt.datetime
    number: int
    entries: int
    digest: str

    def as_line(self) -> str:
        return f"{self.sealed_at.astimezone(dt.UTC).isoformat()} {self.number} {self.entries} {self.digest}\n"


def heads_folder() -> Path:
    """settings.AUDIT_HEADS_FOLDER; another disk or a share that the database server cannot write is best."""
    return Path(getattr(settings, "AUDIT_HEADS_FOLDER", settings.VAR / "audit-heads"))


def parse_head(line: str) -> Head:
    """ValueError when the line is not one that `as_line` wrote."""
    sealed_at, number, entries, digest = line.split()
    return Head(dt.datetime.fromisoformat(sealed_at), int(number), int(entries), digest)


def read_heads(folder: Path) -> Iterator[tuple[str, Head]]:
    """(`file:line`, head) of every export, oldest first; ValueError names a line that is damaged."""
    for path in sorted(folder.glob("????-??-??.txt")):
        for count, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
            place = f"{path.name}:{count}"
            try:
                yield place, parse_head(line)
            except ValueError as error:
                raise ValueError(f"{place} is damaged") from error
