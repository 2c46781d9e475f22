"""Counting in fixed windows, in the database: it outlives the cache and is the same for every process.

A counter only tells a number; what follows from it (proof of work, a queue, a refusal) is the caller's rule.
Count outside a transaction that may roll back, or refused requests are forgotten.
"""

import datetime as dt

from django.db import connection
from django.utils import timezone

from portal.common.crypto import keyed_digest
from portal.requests.models import ThrottleCounter

_COUNT = (
    "INSERT INTO {table} (scope, key_digest, window_start, window_end, hits) VALUES (%s, %s, %s, %s, 1) "
    "ON CONFLICT (scope, key_digest, window_start) DO UPDATE SET hits = {table}.hits + 1 RETURNING hits"
)


def window_start(seconds: int) -> int:
    """Start of the current window of `seconds` length, in seconds since 1970 UTC."""
    now = int(timezone.now().timestamp())
    return now - now % seconds


def key_digest(*, scope: str, key: str, seconds: int, start: int) -> str:
    """64 hex characters. The day is mixed in: nobody can follow one phone or address from day to day."""
    day = dt.datetime.fromtimestamp(start, tz=dt.UTC).date()
    return keyed_digest("requests.throttle", f"{day}:{scope}:{seconds}:{key}").hex()


def count_hit(*, scope: str, key: str, seconds: int) -> int:
    """Add one and return the hits of `key` (a phone, an address prefix, a unit) in the current window.

    One upsert: two processes never read the same number. `scope` is at most 40 characters.
    """
    start = window_start(seconds)
    digest = key_digest(scope=scope, key=key, seconds=seconds, start=start)
    statement = _COUNT.format(table=connection.ops.quote_name(ThrottleCounter._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [scope, digest, start, start + seconds])
        return cursor.fetchone()[0]


def hits(*, scope: str, key: str, seconds: int) -> int:
    """Hits so far in the current window, without counting one."""
    start = window_start(seconds)
    digest = key_digest(scope=scope, key=key, seconds=seconds, start=start)
    counters = ThrottleCounter.objects.filter(scope=scope, key_digest=digest, window_start=start)
    return counters.values_list("hits", flat=True).first() or 0


def seconds_left(seconds: int) -> int:
    """Until the current window ends: what a Retry-After may say."""
    return window_start(seconds) + seconds - int(timezone.now().timestamp())
