"""Periods of the room, each in one place."""

import datetime as dt

# Access tokens live 25 hours [2]; five hours before the end a new pair is asked for.
REFRESH_BEFORE = dt.timedelta(hours=5)
# Nobody starts a call with a token that ends while it runs.
STALE_WITHIN = dt.timedelta(minutes=2)
# A refresh token lives three months [2], counted from the first grant, as rotation may not prolong it. [x]
GRANT_LIFE = dt.timedelta(days=90)
WARN_BEFORE = dt.timedelta(days=14)
CONSENT_LIFE = dt.timedelta(minutes=20)
REFRESH_BACKOFF = (30, 600)  # first and longest wait in seconds
FREE_WINDOW, PAID_WINDOW = dt.timedelta(hours=48), dt.timedelta(days=7)
UPLOAD_LIFE = dt.timedelta(days=6, hours=20)  # four hours short of Zalo's seven days
MISMATCH_ALARM = dt.timedelta(hours=24)

MAX_TEMPLATES = 500  # of one account; read with one call each
HEARTBEAT = dt.timedelta(minutes=1)  # how exactly "last event" is known
EVENT_LEASE = dt.timedelta(seconds=60)
EVENT_ATTEMPTS = 8
EVENT_BACKOFF = (5, 1800)
EVENT_KEPT = dt.timedelta(days=14)  # Zalo repeats for two hours; officers look back two weeks
USER_KEPT = dt.timedelta(days=180)  # after the last sign of somebody who follows no more
BROADCAST_LEASE = dt.timedelta(seconds=60)
BROADCAST_ATTEMPTS = 6
BROADCAST_BACKOFF = (15, 600)
CONSENT_KEPT = dt.timedelta(days=1)


def backoff(attempts: int, limits: tuple[int, int]) -> dt.timedelta:
    """The wait after the `attempts`-th failure: doubled each time."""
    first, longest = limits
    return dt.timedelta(seconds=min(longest, first * 2 ** max(0, attempts - 1)))
