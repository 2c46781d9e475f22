"""How often and how long a message is tried, by class and kind of error."""

import datetime as dt
import random

from django.conf import settings
from django.utils import timezone

from portal.common.clock import LOCAL
from portal.notifications.enums import ErrorKind, MessageClass

MAX_ATTEMPTS = {MessageClass.CODE: 10, MessageClass.TRANSACTIONAL: 15, MessageClass.BULK: 10}
MAX_UNKNOWN_ATTEMPTS = 5
# First wait and longest wait in seconds; doubled each time. A person waits for a code at this moment.
BACKOFF = {
    MessageClass.CODE: (2, 30),
    MessageClass.TRANSACTIONAL: (10, 1800),
    MessageClass.BULK: (60, 3600),
}
# Somebody who must be told is called after about half an hour of vain tries.
TRIES_BEFORE_CALL = 8
# Another channel can carry it: a wrong setting is not waited for, nor a broken provider when somebody waits.
TRIES_BEFORE_NEXT = 3
# An officer who took a call has this long, then a colleague may take it.
CALL_LEASE = dt.timedelta(minutes=10)
CALL_AGAIN = {"no_answer": dt.timedelta(minutes=30), "later": dt.timedelta(hours=1)}
MAX_CALLS = 5
NOTES_KEPT = dt.timedelta(days=90)
# A link to a Zalo user that ended: so long an officer can tell somebody whom messages went to.
LINKS_KEPT = dt.timedelta(days=90)
# A token is renewed by the channel itself; if that does not help, somebody has to look.
MAX_REFRESHES = 3
# Zalo's own night ends at 06:00; an answer is not wanted in the same second by everybody.
MORNING_SPREAD = 1800
# An answer got lost: so long the message stays with a provider that recognises it, then another may send it.
STAY_WITH_PROVIDER = dt.timedelta(minutes=10)
# A provider that has not reported is asked, at growing distances, then no more.
ASK_REPORT_AFTER = dt.timedelta(minutes=10)
ASK_REPORT_UNTIL = dt.timedelta(days=3)
CAP_WINDOW = dt.timedelta(hours=24)
CONFIG_BACKOFF = (30, 600)
UNKNOWN_BACKOFF = (60, 3600)
# Shorter waits get a wake-up of their own; longer ones are found by the sweeper.
WAKE_WITHIN = 30
_VALID_FOR = {
    MessageClass.TRANSACTIONAL: dt.timedelta(days=3),
    MessageClass.BULK: dt.timedelta(days=1),
}


# Local hours in which a phone that rings wakes somebody up.
QUIET_FROM, QUIET_UNTIL = 22, 6


def is_quiet(moment: dt.datetime) -> bool:
    """True from 22:00 to 06:00 local time."""
    hour = moment.astimezone(LOCAL).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def after_quiet_hours(moment: dt.datetime) -> dt.datetime:
    """`moment` itself by day; by night the 06:00 that follows."""
    if not is_quiet(moment):
        return moment
    local = moment.astimezone(LOCAL)
    morning = local.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if local.hour < QUIET_UNTIL else morning + dt.timedelta(days=1)


def until_morning(moment: dt.datetime) -> float:
    """Seconds to the next 06:05, and up to half an hour more."""
    local = moment.astimezone(LOCAL)
    morning = local.replace(hour=QUIET_UNTIL, minute=5, second=0, microsecond=0)
    if morning <= local:
        morning += dt.timedelta(days=1)
    return (morning - local).total_seconds() + random.uniform(0, MORNING_SPREAD)  # noqa: S311 - no secret


def next_report(accepted_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """When to ask again what became of a message: twice as late each time; None when it is too late."""
    age = now - accepted_at
    return now + max(ASK_REPORT_AFTER, age) if age < ASK_REPORT_UNTIL else None


def month_start(moment: dt.datetime) -> dt.datetime:
    """Midnight of the first of the local month."""
    return moment.astimezone(LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def daily_cap(message_class: str) -> int:
    """Notices of a class one person gets within 24 hours; what he waits for is not counted."""
    return settings.NOTICES_PER_DAY[message_class]


def validity(message_class: str) -> dt.timedelta:
    """How long a message is worth sending when its sender does not say."""
    if message_class == MessageClass.CODE:
        return dt.timedelta(seconds=settings.CODE_SECONDS)
    return _VALID_FOR[MessageClass(message_class)]


def may_try_again(
    *,
    message_class: str,
    kind: ErrorKind,
    attempts: int,
    call_follows: bool = False,
    text_follows: bool = False,
    urgent: bool = False,
) -> bool:
    """False when `attempts` tries were enough. A wrong setting is tried until the message is worthless,
    unless another channel or a call can take its place; urgent messages do not wait for an officer at all."""
    if kind == ErrorKind.RESCHEDULE:  # nothing is wrong, only too early
        return True
    if call_follows and attempts >= TRIES_BEFORE_CALL:
        return False
    if text_follows and (urgent or kind == ErrorKind.CONFIG) and attempts >= TRIES_BEFORE_NEXT:
        return False
    if kind == ErrorKind.CONFIG:
        return not (text_follows and urgent)
    if kind == ErrorKind.REFRESH:
        return attempts < MAX_REFRESHES
    if kind == ErrorKind.UNKNOWN:
        return attempts < MAX_UNKNOWN_ATTEMPTS
    return kind == ErrorKind.RETRY and attempts < MAX_ATTEMPTS[MessageClass(message_class)]


def wait_seconds(
    *, message_class: str, kind: ErrorKind, attempts: int, retry_after: float | None = None
) -> float:
    """Seconds until the next try after `attempts` tries: doubling, jittered, never before `retry_after`."""
    first, longest = BACKOFF[MessageClass(message_class)]
    if kind == ErrorKind.RESCHEDULE:
        return until_morning(timezone.now()) if retry_after is None else retry_after
    if kind == ErrorKind.CONFIG:
        first, longest = CONFIG_BACKOFF
    elif kind == ErrorKind.UNKNOWN:
        first, longest = UNKNOWN_BACKOFF
    planned = min(longest, first * 2 ** min(attempts - 1, 20))
    # Jitter keeps a thousand messages of one outage from coming back in the same second.
    return max(retry_after or 0, planned * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
