"""The sweeper: what the broker lost, what a dead worker held, what is too late."""

import datetime as dt
import logging

from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.providers import room
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
# Younger rows are most likely on their way to a worker already.
GRACE = dt.timedelta(seconds=5)
NO_GRACE = dt.timedelta()
# Codes first: somebody stands in front of a screen.
ORDER = (MessageClass.CODE, MessageClass.TRANSACTIONAL, MessageClass.BULK)


def sweep_outbox(*, by: Actor) -> dict[str, int]:
    """Expire what is out of date and wake workers for what is due; returns counts by class and `expired`."""
    counts = {"expired": expire_messages(by=by)}
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


def send_bulk_slice(*, by: Actor) -> int:
    """Send mass messages for a few seconds; when more are due, ask for another slice behind what waits."""
    sent = send_slice(message_class=MessageClass.BULK, by=by)
    wait = seconds_to_next(MessageClass.BULK)
    if wait is not None and wait <= WAKE_WITHIN:
        wake_class(MessageClass.BULK, after=wait)
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


def has_due(message_class: str) -> bool:
    """True when a message of the class could be taken now."""
    now, rows = timezone.now(), OutboxMessage.objects.filter(message_class=message_class)
    return rows.due(now).exists() or rows.abandoned(now).exists()


def wake_due(*, message_class: str, grace: dt.timedelta = NO_GRACE, by: Actor) -> int:
    """Publish what is due for longer than `grace`, at most a batch; returns how many.

    For mass messages one publish, which sends them all, and none while one waits in the queue.
    """
    waiting = waiting_in(message_class)
    if waiting is None or waiting >= LONG_QUEUE:
        return 0
    if message_class == MessageClass.BULK:
        return int(waiting < BULK_SENDERS and has_due(message_class) and wake_class(message_class))
    rows = OutboxMessage.objects.claimable(timezone.now() - grace).filter(message_class=message_class)
    uids = rows.order_by("next_at").values_list("uid", flat=True)[: min(BATCH, LONG_QUEUE - waiting)]
    woken = 0
    for uid in uids:
        if not wake(uid, message_class):
            break
        woken += 1
    return woken
