"""Throwing away what nobody asks for any more."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from portal.requests.models import IdempotencyRecord, ThrottleCounter

BATCH = 5000


@dataclass(frozen=True)
class Swept:
    """How many rows went."""

    counters: int
    keys: int


def sweep_requests() -> Swept:
    """Delete up to 5,000 ended windows and 5,000 expired keys; the next call takes the rest."""
    now = timezone.now()
    counters = ThrottleCounter.objects.filter(window_end__lte=int(now.timestamp()))
    keys = IdempotencyRecord.objects.filter(expires_at__lte=now)
    return Swept(counters=_delete_some(counters), keys=_delete_some(keys))


def _delete_some(rows: QuerySet) -> int:
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    return rows.filter(pk__in=ids).delete()[0]
