"""How often and how long a message is tried, by class and kind of error."""

import datetime as dt
import random

from django.conf import settings

from portal.notifications.enums import ErrorKind, MessageClass

MAX_ATTEMPTS = {MessageClass.CODE: 10, MessageClass.TRANSACTIONAL: 15, MessageClass.BULK: 10}
MAX_UNKNOWN_ATTEMPTS = 5
# First wait and longest wait in seconds; doubled each time. A person waits for a code at this moment.
BACKOFF = {
    MessageClass.CODE: (2, 30),
    MessageClass.TRANSACTIONAL: (10, 1800),
    MessageClass.BULK: (60, 3600),
}
CONFIG_BACKOFF = (30, 600)
UNKNOWN_BACKOFF = (60, 3600)
# Shorter waits get a wake-up of their own; longer ones are found by the sweeper.
WAKE_WITHIN = 30
_VALID_FOR = {
    MessageClass.TRANSACTIONAL: dt.timedelta(days=3),
    MessageClass.BULK: dt.timedelta(days=1),
}


def validity(message_class: str) -> dt.timedelta:
    """How long a message is worth sending when its sender does not say."""
    if message_class == MessageClass.CODE:
        return dt.timedelta(seconds=settings.CODE_SECONDS)
    return _VALID_FOR[MessageClass(message_class)]


def may_try_again(*, message_class: str, kind: ErrorKind, attempts: int) -> bool:
    """False when `attempts` tries were enough. A wrong setting is tried until the message is worthless."""
    if kind == ErrorKind.CONFIG:
        return True
    if kind == ErrorKind.UNKNOWN:
        return attempts < MAX_UNKNOWN_ATTEMPTS
    return kind == ErrorKind.RETRY and attempts < MAX_ATTEMPTS[MessageClass(message_class)]


def wait_seconds(
    *, message_class: str, kind: ErrorKind, attempts: int, retry_after: float | None = None
) -> float:
    """Seconds until the next try after `attempts` tries: doubling, jittered, never before `retry_after`."""
    first, longest = BACKOFF[MessageClass(message_class)]
    if kind == ErrorKind.CONFIG:
        first, longest = CONFIG_BACKOFF
    elif kind == ErrorKind.UNKNOWN:
        first, longest = UNKNOWN_BACKOFF
    planned = min(longest, first * 2 ** min(attempts - 1, 20))
    # Jitter keeps a thousand messages of one outage from coming back in the same second.
    return max(retry_after or 0, planned * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
