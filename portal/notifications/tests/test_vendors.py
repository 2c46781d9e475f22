"""One suite for every SMS vendor, against the local provider: a new vendor is a line in VENDORS here too."""

import threading
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client

from portal.notifications.channels.base import Accepted, Outgoing
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.esms.channel import EsmsChannel
from portal.notifications.channels.sms.speedsms.channel import SpeedSmsChannel
from portal.notifications.channels.sms.speedsms.receipts import callback_token, read_report, report_of
from portal.notifications.channels.sms.vendors import VENDORS
from portal.notifications.enums import Receipt
from portal.notifications.local_provider.server import Provider
from portal.notifications.models import OutboxMessage
from portal.units.models import Unit

SUITE = {"esms": EsmsChannel, "speedsms": SpeedSmsChannel}


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider(host="127.0.0.1", port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{running.server_address[1]}"
        settings.ESMS_BASE_URL = settings.SPEEDSMS_BASE_URL = settings.LOCAL_PROVIDER_URL = address
        running.switches.lose_callbacks = True
        yield running
        running.shutdown()


@pytest.fixture(params=sorted(SUITE))
def vendor(request, provider):
    return SUITE[request.param]()


def outgoing(number: int = 1, **given) -> Outgoing:
    uid = uuid.uuid4()
    facts = {"uid": uid, "request_id": uid.hex, "phone": f"+8475{number:07d}", "text": "Số của Ông/Bà: 42"}
    return Outgoing(**{**facts, **given})


def inbox(provider: Provider, number: int = 1) -> list[str]:
    return [message["text"] for message in provider.phones.messages(f"075{number:07d}")]


def refusal(vendor, one: Outgoing) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        vendor.send(one)
    return caught.value


def test_every_vendor_takes_this_suite():
    assert set(SUITE) == set(VENDORS) - {"console"}


def test_a_message_arrives_without_accents_and_is_billed_by_parts(vendor, provider):
    accepted = vendor.send(outgoing())
    assert (inbox(provider), accepted.parts, bool(accepted.provider_ref)) == (["So cua Ong/Ba: 42"], 1, True)


def test_accents_are_kept_when_the_template_says_so(vendor, provider):
    accepted = vendor.send(outgoing(text="ạ" * 71, keep_accents=True))
    assert (inbox(provider), accepted.parts) == (["ạ" * 71], 2)


def test_many_are_answered_in_order(vendor, provider):
    wrong = outgoing(phone="+84912345678")
    answers = vendor.send_many([outgoing(1), wrong, outgoing(2)])
    kinds = [type(answer.result) for answer in answers]
    assert kinds == [Accepted, ChannelError, Accepted]
    assert answers[1].result.code == "real_phone_local_provider"
    assert (inbox(provider, 1), inbox(provider, 2)) == (["So cua Ong/Ba: 42"],) * 2


def test_a_vendor_that_recognises_repetitions_sends_once(vendor, provider):
    one = outgoing()
    vendor.send(one), vendor.send(one)
    assert len(inbox(provider)) == (1 if vendor.dedupes else 2)


def test_wrong_keys_an_empty_account_and_a_bad_phone_are_told_apart(vendor, provider):
    provider.switches.no_balance = True
    assert refusal(vendor, outgoing()).kind == "config"
    provider.switches.no_balance, provider.switches.refuse_keys = False, True
    assert refusal(vendor, outgoing()).kind == "config"
    assert inbox(provider) == []


def test_a_broken_server_is_a_retry(vendor, provider):
    provider.switches.error_rate = 1.0
    assert refusal(vendor, outgoing()).code == "http_5xx"
    assert [answer.result.code for answer in vendor.send_many([outgoing()])] == ["http_5xx"]


def test_a_lost_answer_is_a_retry_though_the_message_arrived(vendor, provider):
    provider.switches.reset_after_accept_rate = 1.0
    assert refusal(vendor, outgoing()).kind == "retry"
    assert len(inbox(provider)) == 1


def test_the_status_is_asked_for(vendor, provider):
    provider.switches.failing_phones = ["0750000002"]
    good, bad = vendor.send(outgoing(1)), vendor.send(outgoing(2))
    reports = [vendor.status(one.provider_ref, Unit()).receipt for one in (good, bad)]
    assert reports == [Receipt.DELIVERED, Receipt.FAILED]


def test_errors_carry_neither_phone_nor_text(vendor, provider):
    provider.switches.no_balance = True
    error = refusal(vendor, outgoing())
    assert "750000001" not in repr(error) and "42" not in repr(error)


def test_a_real_phone_never_reaches_the_imitation(vendor, provider):
    assert refusal(vendor, outgoing(phone="+84912345678")).code == "real_phone_local_provider"
    assert provider.phones.stats()["count"] == 0


# ---- what only SpeedSMS has


def test_speedsms_names_the_wait(provider):
    provider.switches.speedsms_busy_for = 42
    error = refusal(SpeedSmsChannel(), outgoing())
    assert (error.code, error.retry_after) == ("http_429", 42.0)


def test_speedsms_codes_keep_their_zeros(provider):
    provider.switches.speedsms_code = "007"
    assert refusal(SpeedSmsChannel(), outgoing()).code == "speedsms_007"


@pytest.mark.parametrize(
    ("status", "receipt"),
    [(0, "delivered"), ("0", "delivered"), (1, "pending"), (63, "pending"), (64, "failed"), ("x", "pending")],
)
def test_speedsms_status_numbers(status, receipt):
    assert report_of(status) == receipt


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type":"sms","tranId":1}', b'{"type":"report"}'])
def test_what_is_no_report_is_refused(body):
    assert read_report(body) is None


def test_a_speedsms_report_ends_its_message_and_needs_the_secret(make_message, db):
    message = make_message()
    rows = OutboxMessage.objects.filter(pk=message.pk)
    rows.update(state="accepted", provider="speedsms", provider_ref="77")
    body = {"type": "report", "tranId": 77, "phone": "84750123456", "status": 0}

    def report(token: str) -> tuple[int, str]:
        answer = Client().post(f"/callbacks/speedsms/{token}/", body, content_type="application/json")
        message.refresh_from_db()
        return answer.status_code, message.state

    assert report("0" * 32) == (404, "accepted")
    assert report(callback_token()) == (200, "delivered")
