import datetime as dt
import threading
import time

import pytest
from django.db import connection, connections
from django.utils import timezone
from werkzeug import Response

from portal.celery import app
from portal.notifications import limits
from portal.notifications.actions.claim import claim_message
from portal.notifications.actions.contact_points import set_opt_out
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.settle import settle_error
from portal.notifications.actions.sweep import expire_messages, sweep_outbox
from portal.notifications.channels.errors import ChannelError, error_rules, rule_of
from portal.notifications.channels.sms.esms.channel import SEND_PATH
from portal.notifications.enums import ErrorKind
from portal.notifications.models import DeliveryAttempt, OutboxMessage
from portal.notifications.notices import find_notice
from portal.notifications.tests.conftest import TESTER


def send(message: OutboxMessage) -> str | None:
    outcome = deliver(message_uid=message.uid, by=TESTER)
    message.refresh_from_db()
    return outcome


def make_due(message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(next_at=timezone.now())


def test_deliver_sends_and_writes_down_what_was_used(make_message, answer, templates):
    message = make_message()
    assert send(message) == "accepted"
    facts = (message.state, message.provider_ref, message.parts, message.template, message.claim_token)
    assert facts == ("accepted", "ref-1", 1, templates[0], None)
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.number, attempt.outcome, attempt.error_code) == (1, "accepted", "")
    assert attempt.finished_at is not None


def test_deliver_a_second_time_calls_nobody(make_message, answer, esms):
    message = make_message()
    assert (send(message), send(message)) == ("accepted", None)
    assert len(esms.log) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_row_make_one_call(make_message, esms):
    def slow(request):
        time.sleep(0.3)
        return Response('{"CodeResult": "100", "SMSID": "x"}', content_type="application/json")

    esms.expect_request(SEND_PATH).respond_with_handler(slow)
    message, outcomes, barrier = make_message(), [], threading.Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            outcomes.append(deliver(message_uid=message.uid, by=TESTER))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes, key=str) == [None, None, None, "accepted"]
    assert (len(esms.log), DeliveryAttempt.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_attempt_is_committed_before_the_call(make_message, answer, monkeypatch):
    seen = []

    def look(call):
        attempt = DeliveryAttempt.objects.get()
        seen.append((connection.in_atomic_block, attempt.outcome, attempt.message.state))
        return {"CodeResult": "100"}

    monkeypatch.setattr("portal.notifications.channels.sms.vendor.ask", look)
    send(make_message())
    assert seen == [(False, "started", "claimed")]


def test_a_code_is_derived_when_it_is_sent(make_message, answer, esms):
    send(make_message(notice="tests.code", context={"challenge": "c1"}))
    assert esms.log[0][0].get_json()["Content"] == "Ma: code-of-c1"


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("101", "queued"),
        ("103", "queued"),
        ("146", "queued"),
        ("99", "failed"),
        ("108", "failed"),
        ("124", "accepted"),
    ],
)
def test_esms_codes_do_what_the_table_says(make_message, answer, code, state):
    answer(CodeResult=code)
    message = make_message()
    send(message)
    assert message.state == state
    assert message.last_error == ("" if code == "124" else f"esms_{code}")


def test_an_unknown_code_is_tried_again_rarely_and_not_for_ever(make_message, answer):
    answer(CodeResult="777")
    message = make_message()
    outcomes = []
    for _try in range(limits.MAX_UNKNOWN_ATTEMPTS):
        make_due(message)
        outcomes.append(send(message))
    assert outcomes == ["retry", "retry", "retry", "retry", "failed"]
    assert (message.state, message.last_error) == ("failed", "esms_777")
    assert rule_of("esms_777").kind == ErrorKind.UNKNOWN


def test_every_retry_carries_the_same_request_id(make_message, answer, esms):
    answer(CodeResult="105")
    message = make_message()
    for _try in range(3):
        make_due(message)
        send(message)
    assert [request.get_json()["RequestId"] for request, _answer in esms.log] == [message.uid.hex] * 3


def test_a_retry_waits_and_is_woken_when_the_wait_is_short(make_message, esms, published):
    esms.expect_request(SEND_PATH).respond_with_data("busy", status=502)
    message = make_message()
    before = timezone.now()
    assert send(message) == "retry"
    wait = (message.next_at - before).total_seconds()
    assert 7.4 < wait < 13
    assert [(args, queue) for _name, args, queue, _after in published] == [
        ([str(message.uid)], "transactional")
    ]
    assert send(message) is None


def test_the_provider_may_name_the_wait(make_message, esms):
    esms.expect_request(SEND_PATH).respond_with_data("slow down", status=429, headers={"Retry-After": "120"})
    message = make_message()
    before = timezone.now()
    send(message)
    assert 119 < (message.next_at - before).total_seconds() < 122


def test_waits_double_up_to_the_longest():
    waits = [
        limits.wait_seconds(message_class="transactional", kind=ErrorKind.RETRY, attempts=number)
        for number in (1, 2, 3, 30)
    ]
    assert [
        low < wait < high
        for wait, (low, high) in zip(waits, [(7, 13), (15, 25), (30, 50), (1350, 2250)], strict=True)
    ] == [True] * 4


def test_retries_end(make_message, esms):
    esms.expect_request(SEND_PATH).respond_with_data("busy", status=500)
    message = make_message(notice="tests.code", context={"challenge": "c1"})
    OutboxMessage.objects.filter(pk=message.pk).update(attempts=limits.MAX_ATTEMPTS["code"] - 1)
    assert (send(message), message.state) == ("failed", "failed")


@pytest.mark.parametrize(
    ("patch", "code"),
    [({"SMS_CHANNEL": ""}, "no_sms_channel"), ({"LOCAL_PROVIDER_URL": ""}, "test_phone_real_provider")],
)
def test_settings_that_lead_nowhere_are_told(make_message, answer, settings, patch, code):
    for name, value in patch.items():
        setattr(settings, name, value)
    message = make_message()
    send(message)
    assert message.last_error == code


def test_a_closed_port_is_a_retry(make_message, settings, answer):
    settings.ESMS_BASE_URL = settings.LOCAL_PROVIDER_URL = "http://127.0.0.1:9"
    message = make_message()
    assert (send(message), message.last_error) == ("retry", "connect_failed")


def test_a_missing_template_waits_for_somebody(make_message, answer, templates):
    message = make_message()
    templates[0].delete()
    assert (send(message), message.last_error) == ("retry", "template_missing")


def test_a_failing_derivation_is_written_down_without_its_words(make_message, answer, monkeypatch, caplog):
    def broken(context):
        raise ValueError("0750123456")

    monkeypatch.setitem(find_notice("tests.code").derived, "ma", broken)
    message = make_message(notice="tests.code", context={"challenge": "c1"})
    assert (send(message), message.last_error) == ("retry", "derivation_failed")
    assert "0750123456" not in caplog.text


def test_nothing_is_sent_after_valid_until(make_message, answer, esms):
    message = make_message(valid_until=timezone.now() - dt.timedelta(seconds=1))
    assert send(message) is None
    assert expire_messages(by=TESTER) == 1
    message.refresh_from_db()
    assert (message.state, len(esms.log)) == ("expired", 0)


def test_a_dead_workers_message_is_taken_after_the_lease(make_message, answer, esms):
    message = make_message()
    claim_message(message_uid=message.uid, by=TESTER)
    assert send(message) is None
    OutboxMessage.objects.filter(pk=message.pk).update(claimed_until=timezone.now())
    assert (send(message), message.state) == ("accepted", "accepted")
    assert list(DeliveryAttempt.objects.order_by("number").values_list("number", "outcome")) == [
        (1, "started"),
        (2, "accepted"),
    ]


def test_a_worker_that_lost_its_lease_changes_nothing(make_message, answer):
    message = make_message()
    old = claim_message(message_uid=message.uid, by=TESTER)
    OutboxMessage.objects.filter(pk=message.pk).update(claimed_until=timezone.now())
    send(message)
    settle_error(claim=old, error=ChannelError("timeout"), by=TESTER)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("accepted", "")


def test_an_opted_out_purpose_is_not_sent_but_a_code_is(make_message, answer, esms, phone):
    for purpose in ("visits", "codes"):
        set_opt_out(contact_point=phone, purpose=purpose, refused=True, by=TESTER)
    notice, code = make_message(), make_message(notice="tests.code", context={"challenge": "c1"})
    send(notice), send(code)
    assert [(row.state, row.last_error) for row in (notice, code)] == [
        ("cancelled", "opted_out"),
        ("accepted", ""),
    ]
    assert len(esms.log) == 1


def test_the_next_channel_of_the_plan_is_tried(make_message, answer):
    answer(CodeResult="108")
    message = make_message()
    OutboxMessage.objects.filter(pk=message.pk).update(plan=["sms", "zalo_phone"])
    assert send(message) == "fallback"
    assert (message.state, message.hop, message.attempts, message.channel) == ("queued", 1, 0, "zalo_phone")


def test_the_sweeper_wakes_what_is_due_and_what_was_dropped(make_message, published):
    due, held, _fresh, later = (make_message() for _number in range(4))
    past = timezone.now() - dt.timedelta(minutes=1)
    OutboxMessage.objects.filter(pk__in=[due.pk, held.pk]).update(next_at=past)
    claim_message(message_uid=held.uid, by=TESTER)
    OutboxMessage.objects.filter(pk=held.pk).update(claimed_until=past)
    OutboxMessage.objects.filter(pk=later.pk).update(next_at=timezone.now() + dt.timedelta(hours=1))
    counts = sweep_outbox(by=TESTER)
    assert counts == {"expired": 0, "recalled": 0, "code": 0, "transactional": 2, "bulk": 0}
    assert {args[0] for _name, args, _queue, _after in published} == {str(due.uid), str(held.uid)}


def test_the_sweeper_does_not_double_a_long_queue(make_message, published, monkeypatch):
    message = make_message()
    OutboxMessage.objects.filter(pk=message.pk).update(next_at=timezone.now() - dt.timedelta(minutes=1))
    monkeypatch.setattr("portal.notifications.actions.sweep.waiting_in", lambda _class: 1000)
    assert sweep_outbox(by=TESTER)["transactional"] == 0


def test_every_error_has_words_for_officers():
    assert [code for code, rule in error_rules().items() if not str(rule.text).strip()] == []


def test_the_sweeper_is_on_the_timetable(settings):
    app.finalize()
    _ = app.conf.broker_url
    assert app.conf.beat_schedule["notifications.sweep"]["schedule"] == settings.OUTBOX_SWEEP_SECONDS
