"""The sweeper: what the broker lost, a dead worker held, an ill provider delayed; what is too late."""

import datetime as dt
import logging
from uuid import UUID

from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.providers import room
from portal.notifications.actions.recall import recall_messages
from portal.notifications.actions.send_batch import send_slice
from portal.notifications.enums import MessageClass, State
from portal.notifications.limits import WAKE_WITHIN
from portal.notifications.models import OutboxMessage
from portal.notifications.wake import waiting_in, wake, wake_class

logger = logging.getLogger(__name__)

BATCH = 500
# A queue this long is not forgotten, only slow: publishing its rows again would double it.
LONG_QUEUE = 1000
# So many requests to send mass messages may wait: more would only take workers from the rest.
BULK_SENDERS = 2
# More notices than these are sent in batches: one task each would cost a worker ten times as much.
FEW = 20
# Younger rows are most likely on their way to a worker already.
GRACE = dt.timedelta(seconds=5)
NO_GRACE = dt.timedelta()
# Codes first: somebody stands in front of a screen.
ORDER = (MessageClass.CODE, MessageClass.TRANSACTIONAL, MessageClass.BULK)


def sweep_outbox(*, by: Actor) -> dict[str, int]:
    """Expire what is out of date, make due what an ill provider delayed, wake workers for what is due.

    Returns counts by class, `expired` and `recalled`.
    """
    counts = {"expired": expire_messages(by=by), "recalled": recall_messages(by=by)}
    for message_class in ORDER:
        counts[message_class.value] = wake_due(message_class=message_class, grace=GRACE, by=by)
    if any(counts.values()):
        logger.info("outbox sweep: %s", counts)
    return counts


def expire_messages(*, by: Actor) -> int:
    """End messages nobody sent in time: a reminder after the visit is worse than none."""
    now = timezone.now()
    return OutboxMessage.objects.out_of_date(now).update(
        state=State.EXPIRED, finished_at=now, claim_token=None, claimed_until=None
    )


def send_due(*, message_class: str, by: Actor) -> int:
    """What a worker does when it is told that messages of a class are due: many are sent here in batches,
    few wake a task each. Returns how many."""
    in_batches = message_class != MessageClass.CODE and len(_due(message_class, NO_GRACE, FEW + 1)) > FEW
    if message_class == MessageClass.BULK or in_batches:
        return send_due_slice(message_class=message_class, by=by)
    return wake_due(message_class=message_class, by=by)


def send_due_slice(*, message_class: str, by: Actor) -> int:
    """Send for a few seconds; when more are due soon, ask for another slice behind what waits.

    A slice that found nothing asks for none: many requests at once would otherwise keep each other alive.
    """
    sent = send_slice(message_class=message_class, by=by)
    wait = seconds_to_next(message_class) if sent else None
    if wait is not None and wait <= WAKE_WITHIN:
        wake_class(message_class, after=wait)
    return sent


def seconds_to_next(message_class: str) -> float | None:
    """Until the next message of a class is due (an account may have no turns left: a little more than
    nothing); None when none waits."""
    now = timezone.now()
    rows = OutboxMessage.objects.filter(message_class=message_class)
    soon = rows.due(now + dt.timedelta(seconds=WAKE_WITHIN)).order_by("next_at")
    next_at = soon.values_list("next_at", flat=True).first()
    if next_at is None:
        return 0.0 if rows.abandoned(now).exists() else None
    return max(0.0 if room(1) else 1.0, (next_at - now).total_seconds())


def wake_due(*, message_class: str, grace: dt.timedelta = NO_GRACE, by: Actor) -> int:
    """Publish what is due for longer than `grace`, at most a batch; returns how many.

    For mass messages, and for many notices, one publish that sends them all; for mass messages none while
    some wait in the queue.
    """
    waiting = waiting_in(message_class)
    if waiting is None or waiting >= LONG_QUEUE:
        return 0
    uids = _due(message_class, grace, min(BATCH, LONG_QUEUE - waiting))
    if message_class == MessageClass.BULK:
        return int(bool(uids) and waiting < BULK_SENDERS and wake_class(message_class))
    if message_class == MessageClass.TRANSACTIONAL and len(uids) > FEW:
        return int(wake_class(message_class))
    return _wake_each(uids, message_class)


def _wake_each(uids: list[UUID], message_class: str) -> int:
    """Until the broker fails: it will for the others too."""
    woken = 0
    for uid in uids:
        if not wake(uid, message_class):
            break
        woken += 1
    return woken


def _due(message_class: str, grace: dt.timedelta, limit: int) -> list[UUID]:
    """Two questions, because an OR of two partial indexes would read the whole table."""
    moment = timezone.now() - grace
    rows = OutboxMessage.objects.filter(message_class=message_class)
    due = list(rows.due(moment).order_by("next_at").values_list("uid", flat=True)[:limit])
    left = limit - len(due)
    return due + (list(rows.abandoned(moment).values_list("uid", flat=True)[:left]) if left else [])
