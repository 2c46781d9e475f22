"""Carrying the head of the chain out of the database."""

import os
from pathlib import Path

from django.db.models import Sum

from portal.audit.heads import Head, heads_folder
from portal.audit.models import Seal
from portal.audit.queries import last_seal
from portal.common.actors import Actor
from portal.common.clock import local_today


def export_head(*, by: Actor, folder: Path | None = None) -> Path | None:
    """Append the last seal to today's file and return its path; None when nothing is sealed yet.

    A head that stands there already is not written twice. The file is flushed to the disk.
    """
    last = last_seal()
    if last is None:
        return None
    total = Seal.objects.filter(number__lte=last.number).aggregate(found=Sum("count"))["found"]
    head = Head(last.sealed_at, last.number, total, last.digest)
    target = folder or heads_folder()
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{local_today():%Y-%m-%d}.txt"
    if not path.exists() or head.as_line() not in path.read_text(encoding="ascii"):
        _append(path, head.as_line())
    return path


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="ascii") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
