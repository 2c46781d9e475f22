"""Fill the catalogue from the data files; a second run changes nothing."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from portal.audit.record import record
from portal.common.actors import Actor
from procedures.models import Fee, Paper, Procedure

DATA = Path(__file__).resolve().parents[1] / "data"


def load_procedures(*, by: Actor) -> int:
    """Create or update every procedure of procedures/data/*.toml; returns how many there are."""
    count = 0
    for path in sorted(DATA.glob("*.toml")):
        load_one(entry=tomllib.loads(path.read_text(encoding="utf-8")), by=by)
        count += 1
    return count


@transaction.atomic
def load_one(*, entry: dict[str, Any], by: Actor) -> Procedure:
    """One file: the table [procedure], [[papers]] and [[fees]]. Papers and fees are replaced as a whole."""
    fields = dict(entry["procedure"])
    procedure, created = Procedure.objects.update_or_create(key=fields.pop("key"), defaults=fields)
    procedure.papers.all().delete()
    Paper.objects.bulk_create(
        Paper(procedure=procedure, order=order, **paper)
        for order, paper in enumerate(entry.get("papers", []))
    )
    procedure.fees.all().delete()
    Fee.objects.bulk_create(Fee(procedure=procedure, **fee) for fee in entry.get("fees", []))
    if created:
        record(action="procedure.loaded", by=by, obj=procedure)
    return procedure
