"""The sweeper: what the broker lost, what a dead worker held, what is too late."""

import datetime as dt
import logging

from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.enums import MessageClass, State
from portal.notifications.models import OutboxMessage
from portal.notifications.wake import waiting_in, wake

logger = logging.getLogger(__name__)

BATCH = 500
# A queue this long is not forgotten, only slow: publishing its rows again would double it.
LONG_QUEUE = 1000
# Younger rows are most likely on their way to a worker already.
GRACE = dt.timedelta(seconds=5)
# Codes first: somebody stands in front of a screen.
ORDER = (MessageClass.CODE, MessageClass.TRANSACTIONAL, MessageClass.BULK)


def sweep_outbox(*, by: Actor) -> dict[str, int]:
    """Expire what is out of date and wake workers for what is due; returns counts by class and `expired`."""
    counts = {"expired": expire_messages(by=by)}
    for message_class in ORDER:
        counts[message_class.value] = _wake_due(message_class)
    if any(counts.values()):
        logger.info("outbox sweep: %s", counts)
    return counts


def expire_messages(*, by: Actor) -> int:
    """End messages nobody sent in time: a reminder after the visit is worse than none."""
    now = timezone.now()
    return OutboxMessage.objects.out_of_date(now).update(
        state=State.EXPIRED, finished_at=now, claim_token=None, claimed_until=None
    )


def _wake_due(message_class: MessageClass) -> int:
    waiting = waiting_in(message_class)
    if waiting is None or waiting >= LONG_QUEUE:
        return 0
    rows = OutboxMessage.objects.claimable(timezone.now() - GRACE).filter(message_class=message_class)
    uids = rows.order_by("next_at").values_list("uid", flat=True)[: min(BATCH, LONG_QUEUE - waiting)]
    woken = 0
    for uid in uids:
        if not wake(uid, message_class):
            break
        woken += 1
    return woken
