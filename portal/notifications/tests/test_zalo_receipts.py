"""What Zalo reports of messages: both shapes, both directions, any order, any number of times."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from portal.notifications.actions.record_zalo_receipt import ReceiptTooEarly
from portal.notifications.models import DeliveryAttempt, OutboxMessage
from portal.zalo.events import handlers_of, read_event
from portal.zalo.models import OfficialAccount

OA, USER = "2000000000000000002", "3000000000000000003"


@pytest.fixture
def account(unit) -> OfficialAccount:
    return OfficialAccount.objects.create(unit=unit, app_id="1000001", app_secret="s", webhook_key="k")


@pytest.fixture
def sent(make_message) -> Callable[..., OutboxMessage]:
    """`sent("zalo_oa", "m1")`: accepted by Zalo under that number."""

    def make(provider: str, number: str, state: str = "accepted") -> OutboxMessage:
        message = make_message()
        channel = "zalo_phone" if provider == "zalo_zbs" else "zalo_oa"
        OutboxMessage.objects.filter(pk=message.pk).update(
            plan=[channel, "sms"], state=state, provider=provider, provider_ref=number
        )
        DeliveryAttempt.objects.create(
            message=message,
            number=1,
            channel=channel,
            provider=provider,
            started_at=timezone.now(),
            outcome="accepted",
        )
        return message

    return make


def tell(account: OfficialAccount, name: str, message: dict[str, Any], **more: Any) -> None:
    """An event as Zalo posts it goes through every handler of its name."""
    account.oa_id = OA
    stamp = str(int(more.pop("at", timezone.now()).timestamp() * 1000))
    sides = {"sender": {"id": OA}, "recipient": {"id": USER}}
    body = {"app_id": account.app_id, **sides, "event_name": name, "message": message, "timestamp": stamp}
    event = read_event(account=account, body=json.dumps({**body, **more}).encode(), by_phone=False)
    for handler in handlers_of(name):
        handler(event)


def by_phone(message: OutboxMessage, **changes: str) -> dict[str, str]:
    facts = {"delivery_time": "1795219200000", "msg_id": "zns-1", "tracking_id": message.request_id}
    return {**facts, **changes}


def state_of(message: OutboxMessage) -> str:
    message.refresh_from_db()
    return message.state


RECEIVED, SEEN = "user_received_message", "user_seen_message"


def test_a_receipt_by_phone_finds_its_message_by_the_tracking_id(account, sent):
    message = sent("zalo_zbs", "")
    tell(account, RECEIVED, by_phone(message), recipient={"id": "84750123456"})
    assert (state_of(message), message.provider_ref) == ("delivered", "zns-1")


def test_a_receipt_by_phone_may_come_before_the_answer(account, sent):
    message = sent("zalo_zbs", "", state="queued")
    tell(account, RECEIVED, by_phone(message))
    assert state_of(message) == "delivered"


@pytest.mark.parametrize("tracking", ["", "x", "0" * 32])
def test_a_tracking_id_of_nobody_changes_nothing(account, sent, tracking):
    message = sent("zalo_zbs", "")
    tell(account, RECEIVED, by_phone(message, tracking_id=tracking))
    assert state_of(message) == "accepted"


def test_a_message_that_never_went_by_phone_is_not_moved_by_its_uid(account, sent):
    message = sent("zalo_oa", "m1")
    tell(account, RECEIVED, by_phone(message))
    assert state_of(message) == "accepted"


@pytest.mark.parametrize("swapped", [False, True])
def test_arrived_then_seen_in_both_directions(account, sent, swapped):
    message, sides = sent("zalo_oa", "m1"), {}
    if swapped:
        sides = {"sender": {"id": USER}, "recipient": {"id": OA}}
    tell(account, RECEIVED, {"msg_id": "m1"}, **sides)
    assert state_of(message) == "delivered"
    tell(account, SEEN, {"msg_ids": ["m1"]}, **sides)
    assert state_of(message) == "seen"


def test_seen_before_arrived_and_twice_stays_seen(account, sent):
    first, second = sent("zalo_oa", "m1"), sent("zalo_oa", "m2")
    for name in (SEEN, RECEIVED, SEEN, RECEIVED):
        tell(account, name, {"msg_ids": ["m1", "m2"]})
    assert (state_of(first), state_of(second)) == ("seen", "seen")


def test_numbers_of_other_messages_are_let_go(account, sent):
    message = sent("zalo_oa", "m1")
    tell(account, SEEN, {"msg_id": "of-a-conversation"})
    assert state_of(message) == "accepted"


def test_a_receipt_before_its_answer_is_worked_off_again(account, sent):
    """Between the call and what is written down nobody knows the number yet; later it does no harm."""
    message = sent("zalo_oa", "")
    DeliveryAttempt.objects.update(outcome="started")
    with pytest.raises(ReceiptTooEarly):
        tell(account, RECEIVED, {"msg_id": "m1"})
    OutboxMessage.objects.filter(pk=message.pk).update(provider_ref="m1")
    tell(account, RECEIVED, {"msg_id": "m1"})
    assert state_of(message) == "delivered"
    tell(account, RECEIVED, {"msg_id": "of-a-conversation"}, at=timezone.now() - dt.timedelta(minutes=5))
