"""Entries that are old enough to be sealed, and fingers that reach behind the ORM."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.common.actors import SystemActor

SEALER = SystemActor("audit-sealer")


@pytest.fixture
def write_entries():
    def write(count: int, *, age_seconds: int = 60) -> list[AuditEntry]:
        at = timezone.now() - dt.timedelta(seconds=age_seconds)
        return [
            AuditEntry.objects.create(
                at=at, actor="system:test", action="thing.done", object_uid=str(UUID(int=n)), detail={"n": n}
            )
            for n in range(count)
        ]

    return write


@pytest.fixture
def tamper():
    """Runs SQL as an intruder with access to the database would."""

    def run(sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return run
