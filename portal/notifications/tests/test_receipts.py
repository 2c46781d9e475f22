from typing import Any

import pytest
from django.test import Client

from portal.notifications.actions.claim import claim_message
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.settle import settle_accepted
from portal.notifications.channels.base import Accepted
from portal.notifications.channels.sms.esms.receipts import callback_token
from portal.notifications.enums import State
from portal.notifications.models import OutboxMessage
from portal.notifications.tests.conftest import TESTER

DELIVERED = {"SendStatus": "5", "SendSuccess": "1", "SendFailed": "0", "TotalPrice": "250", "SMSID": "ref-1"}
FAILED = {**DELIVERED, "SendSuccess": "0", "SendFailed": "1"}


@pytest.fixture
def sent(make_message, answer) -> OutboxMessage:
    message = make_message()
    deliver(message_uid=message.uid, by=TESTER)
    return message


def report(message: OutboxMessage, query: dict[str, str]) -> tuple[int, str]:
    response = Client().get(f"/callbacks/esms/{callback_token(message.uid)}/", query)
    message.refresh_from_db()
    return response.status_code, message.state


def test_a_report_of_delivery_ends_the_message(sent):
    assert report(sent, DELIVERED) == (200, "delivered")
    assert (sent.cost, sent.finished_at is None) == (250, False)


def test_a_report_of_failure_ends_the_message(sent):
    assert report(sent, FAILED) == (200, "failed")
    assert sent.last_error == "receipt_failed"


def test_a_report_of_failure_moves_on_along_the_plan(sent):
    OutboxMessage.objects.filter(pk=sent.pk).update(plan=["sms", "call_list"])
    assert report(sent, FAILED) == (200, "queued")
    assert (sent.hop, sent.attempts) == (1, 0)


@pytest.mark.parametrize("status", ["1", "2", "7", "", "nonsense"])
def test_a_report_of_waiting_changes_nothing(sent, status):
    assert report(sent, {"SendStatus": status}) == (200, "accepted")


@pytest.mark.parametrize("late", [{"SendStatus": "7"}, FAILED, DELIVERED])
def test_a_late_report_does_not_undo_delivery(sent, late):
    report(sent, DELIVERED)
    assert report(sent, late) == (200, "delivered")


def test_a_report_may_be_faster_than_the_answer_it_belongs_to(make_message, answer, templates):
    message = make_message()
    claim = claim_message(message_uid=message.uid, by=TESTER)
    assert report(message, DELIVERED) == (200, "delivered")
    settle_accepted(claim=claim, accepted=Accepted("ref-9", parts=2), template=templates[0], by=TESTER)
    message.refresh_from_db()
    assert (message.state, message.parts, message.template) == ("delivered", 2, templates[0])


def test_a_report_keeps_a_message_whose_answer_was_lost_from_going_out_again(make_message, answer, esms):
    message = make_message()
    assert message.state == State.QUEUED
    assert report(message, DELIVERED) == (200, "delivered")
    assert deliver(message_uid=message.uid, by=TESTER) is None
    assert len(esms.log) == 0


@pytest.mark.parametrize("token", ["x", "0" * 64])
def test_a_forged_token_finds_nothing(db, token: Any):
    assert Client().get(f"/callbacks/esms/{token}/", DELIVERED).status_code == 404


def test_only_get_is_answered(sent):
    assert Client().post(f"/callbacks/esms/{callback_token(sent.uid)}/").status_code == 405


@pytest.mark.parametrize("price", ["1.2.3", "²", "9" * 30, "-1", ""])
def test_an_odd_price_or_reference_does_no_harm(sent, price):
    odd = {**DELIVERED, "TotalPrice": price, "SendFailed": "²", "SMSID": "r" * 500}
    assert report(sent, odd) == (200, "delivered")
    assert sent.cost == 250  # what was estimated stays
