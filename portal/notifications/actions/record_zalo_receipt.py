"""What Zalo's events tell of our messages: arrived, seen; in any order, more than once.

Two shapes of user_received_message [2]: by phone it brings back our tracking id, by user id only Zalo's own
number. Seen comes as an array of numbers, or as one [x]; portal.zalo.events reads both.
"""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from portal.common.actors import SystemActor
from portal.notifications.actions.record_receipt import record_receipt
from portal.notifications.channels.lookup import OA_HOST, ZBS_HOST
from portal.notifications.enums import Outcome, Receipt
from portal.notifications.models import DeliveryAttempt, OutboxMessage
from portal.zalo.events import SEEN, Event

ZALO = SystemActor("zalo")
# A call may take as long as its lease; an event older than that speaks of nothing that is still on its way.
IN_FLIGHT = dt.timedelta(seconds=90)


class ReceiptTooEarly(Exception):
    """The answer this receipt belongs to may not be written down yet: have the event worked off again."""


def record_zalo_receipt(event: Event) -> None:
    """Move the messages an event names; what was written by others than the outbox is no matter of ours."""
    receipt = Receipt.SEEN if event.name == SEEN else Receipt.DELIVERED
    if event.by_phone:
        _by_tracking_id(event, receipt)
    else:
        _by_number(event, receipt)


def _by_tracking_id(event: Event, receipt: Receipt) -> None:
    """The tracking id is our request id; only a message that did go by phone is believed."""
    uid = _uid_of(event.tracking_id)
    if uid is None:
        return
    if DeliveryAttempt.objects.filter(message__uid=uid, provider=ZBS_HOST).exists():
        reference = next(iter(event.message_ids), "")[:80]
        record_receipt(message_uid=uid, receipt=receipt, provider_ref=reference, by=ZALO)


def _by_number(event: Event, receipt: Receipt) -> None:
    numbers = event.message_ids
    rows = OutboxMessage.objects.filter(provider=OA_HOST, provider_ref__in=numbers)
    known = list(rows.values_list("uid", "provider_ref"))
    for uid, _number in known:
        record_receipt(message_uid=uid, receipt=receipt, by=ZALO)
    if {number for _uid, number in known} != set(numbers) and _may_be_early(event):
        raise ReceiptTooEarly


def _may_be_early(event: Event) -> bool:
    """True while a call to this host is under way whose number nobody knows yet."""
    since = timezone.now() - IN_FLIGHT
    if event.happened_at < since:
        return False
    calls = DeliveryAttempt.objects.filter(provider=OA_HOST, started_at__gt=since)
    return calls.filter(outcome=Outcome.STARTED).exists()


def _uid_of(tracking_id: str) -> UUID | None:
    try:
        return UUID(hex=tracking_id[:32])
    except ValueError:
        return None
