"""Batches keep the promises of single messages; caps, budgets, reports that never came, long outages."""

import datetime as dt
import json
import threading
import uuid

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from werkzeug import Response

from portal.notifications.actions.claim import claim_many
from portal.notifications.actions.contact_points import ensure_contact_point, set_opt_out
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.poll_reports import poll_reports
from portal.notifications.actions.providers import take_turns
from portal.notifications.actions.queue_message import queue_message
from portal.notifications.actions.send_batch import send_batch, send_slice
from portal.notifications.actions.sweep import expire_messages, send_due, sweep_outbox
from portal.notifications.actions.templates import create_template
from portal.notifications.channels.sms.esms.channel import SEND_PATH, STATUS_PATH
from portal.notifications.models import DeliveryAttempt, MessageBudget, OutboxMessage, ProviderState
from portal.notifications.notices import Notice, register_notice
from portal.notifications.tests.calls import FACTS
from portal.notifications.tests.conftest import TESTER

NEWS = register_notice(Notice("tests.broadcast", "bulk", purpose="news", parameters=("so",), quiet=False))


@pytest.fixture
def news(unit, published, answer):
    """`news(n)`: n mass messages to n phones."""
    create_template(channel="sms", notice=NEWS.key, body="Tin {so}.", provider_id="", unit=None, by=TESTER)

    def make(number: int, first: int = 0) -> list[OutboxMessage]:
        return [
            queue_message(
                notice=NEWS.key,
                to=ensure_contact_point(phone=f"+8475{first + one:07d}", by=TESTER),
                unit=unit,
                intent="news",
                about=uuid.uuid4(),
                context={"so": one + 1},
                by=TESTER,
            )
            for one in range(number)
        ]

    return make


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True))


def test_a_batch_sends_all_and_writes_down_each(news, esms):
    news(7)
    assert send_batch(message_class="bulk", by=TESTER) == 7
    row = OutboxMessage.objects.first()
    assert states() == ["accepted"] * 7
    facts = (row.provider, row.provider_ref, row.parts, row.cost, row.claim_token, row.template is None)
    assert facts == ("esms", "ref-1", 1, 250, None, False)
    tries = DeliveryAttempt.objects.values_list("provider", "outcome", "number").distinct()
    assert (set(tries), DeliveryAttempt.objects.count()) == ({("esms", "accepted", 1)}, 7)
    assert send_batch(message_class="bulk", by=TESTER) == 0
    assert len(esms.log) == 7


def test_a_batch_of_30_costs_hardly_more_statements_than_one_of_3(news, esms):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    news(1, 900), send_batch(message_class="bulk", by=TESTER)
    counts = []
    for number, first in ((3, 0), (30, 100)):
        news(number, first)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            send_batch(message_class="bulk", by=TESTER)
        counts.append(len(seen))
    assert abs(counts[0] - counts[1]) <= 3  # one more for each tenth of a second calls differ by
    assert set(states()) == {"accepted"}


def test_one_bad_apple_does_not_spoil_the_batch(news, esms):
    news(3)
    esms.clear()

    def reply(request):
        code = "99" if request.get_json()["Content"] == "Tin 2." else "100"
        return Response(json.dumps({"CodeResult": code, "SMSID": "x"}), content_type="application/json")

    esms.expect_request(SEND_PATH, method="POST").respond_with_handler(reply)
    send_batch(message_class="bulk", by=TESTER)
    assert states() == ["accepted", "failed", "accepted"]


def test_a_killed_batch_is_taken_again_under_the_same_request_ids(news, esms):
    news(3)
    claim_many(message_class="bulk", limit=10, by=TESTER)
    assert send_batch(message_class="bulk", by=TESTER) == 0
    OutboxMessage.objects.update(claimed_until=timezone.now())
    assert send_batch(message_class="bulk", by=TESTER) == 3
    asked = sorted(request.get_json()["RequestId"] for request, _answer in esms.log)
    assert asked == sorted(uid.hex for uid in OutboxMessage.objects.values_list("uid", flat=True))
    assert DeliveryAttempt.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_four_workers_share_the_messages_and_send_none_twice(news, esms):
    news(40)
    barrier, taken = threading.Barrier(4), []

    def work() -> None:
        try:
            barrier.wait()
            while number := send_batch(message_class="bulk", limit=7, by=TESTER):
                taken.append(number)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(4)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    asked = [request.get_json()["RequestId"] for request, _answer in esms.log]
    assert (sum(taken), len(asked), len(set(asked))) == (40, 40, 40)


def test_an_account_makes_no_more_calls_than_it_may(news, esms, settings):
    settings.PROVIDER_RATES = {"esms": 5.0}
    news(12)
    assert (send_slice(message_class="bulk", by=TESTER), len(esms.log)) == (5, 5)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1.1), tick=False):
        assert send_slice(message_class="bulk", by=TESTER) == 5


def test_codes_are_never_held_back_by_the_account(db, settings):
    settings.PROVIDER_RATES = {"esms": 1.0}
    assert [take_turns("esms", 1, "transactional") for _call in range(2)] == [1, 0]
    assert take_turns("esms", 1, "code") == 1


def test_the_next_slice_is_asked_for_when_turns_come_back(news, settings, published):
    settings.PROVIDER_RATES = {"esms": 2.0}
    news(5)
    published.clear()
    send_due(message_class="bulk", by=TESTER)
    assert [(name, queue) for name, _args, queue, _after in published] == [("notifications.wake_due", "bulk")]
    assert 0 < published[0][3] <= 2


def test_the_sweeper_asks_once_for_all_mass_messages(news, published):
    news(3)
    OutboxMessage.objects.update(next_at=timezone.now() - dt.timedelta(minutes=1))
    published.clear()
    assert sweep_outbox(by=TESTER)["bulk"] == 1
    assert [(name, args) for name, args, _queue, _after in published] == [
        ("notifications.wake_due", ["bulk"])
    ]


# ---- caps, refusals, budgets


def test_a_person_gets_so_many_notices_a_day_and_codes_beside_them(make_message, answer, settings):
    settings.NOTICES_PER_DAY = {"transactional": 2, "bulk": 1}
    rows = [make_message() for _number in range(3)]
    rows.append(make_message(notice="tests.code", context={"challenge": "c1"}))
    for row in rows:
        deliver(message_uid=row.uid, by=TESTER)
    assert states() == ["accepted", "accepted", "queued", "accepted"]
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        deliver(message_uid=rows[2].uid, by=TESTER)
    assert states()[2] == "accepted"


def test_what_must_be_known_is_told_by_phone_when_the_day_is_full(make_message, answer, moved_text, settings):
    settings.NOTICES_PER_DAY = {"transactional": 0, "bulk": 0}
    message = make_message(notice="tests.moved", context=FACTS)
    deliver(message_uid=message.uid, by=TESTER)
    message.refresh_from_db()
    assert (message.state, message.channel, message.last_error) == ("queued", "call", "too_often")


def test_mass_messages_of_one_batch_count_too(news, settings, unit, esms):
    settings.NOTICES_PER_DAY = {"transactional": 9, "bulk": 1}
    news(1), news(1)
    send_batch(message_class="bulk", by=TESTER)
    assert (sorted(states()), len(esms.log)) == (["accepted", "queued"], 1)


def test_a_refused_purpose_is_left_out_of_a_batch(news, esms):
    first, _second = news(2)
    set_opt_out(contact_point=first.recipient, purpose="news", refused=True, by=TESTER)
    send_batch(message_class="bulk", by=TESTER)
    assert states() == ["cancelled", "accepted"]


def test_a_spent_budget_stops_mass_messages_only(news, make_message, unit, esms):
    MessageBudget.objects.create(unit=unit, monthly_limit=250)
    news(1)
    send_batch(message_class="bulk", by=TESTER)
    news(1, 50), send_batch(message_class="bulk", by=TESTER)
    notice, code = make_message(), make_message(notice="tests.code", context={"challenge": "c1"})
    for row in (notice, code):
        deliver(message_uid=row.uid, by=TESTER)
    assert states() == ["accepted", "queued", "accepted", "accepted"]
    assert OutboxMessage.objects.get(state="queued").last_error == "budget_spent"


# ---- reports and outages


def test_a_report_that_never_came_is_asked_for(make_message, answer, esms):
    message = make_message()
    deliver(message_uid=message.uid, by=TESTER)
    assert poll_reports(by=TESTER) == 0
    esms.expect_request(STATUS_PATH).respond_with_json(
        {"CodeResponse": "100", "SendStatus": "5", "SendSuccess": "1", "TotalPrice": "310"}
    )
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert poll_reports(by=TESTER) == 1
    message.refresh_from_db()
    assert (message.state, message.cost) == ("delivered", 310)


def test_a_silent_provider_is_asked_ever_more_rarely_and_not_for_ever(make_message, answer, esms):
    message, start, asked = make_message(), timezone.now(), []
    deliver(message_uid=message.uid, by=TESTER)
    esms.expect_request(STATUS_PATH).respond_with_json({"CodeResponse": "100", "SendStatus": "7"})
    for hour in range(0, 200):
        with time_machine.travel(start + dt.timedelta(hours=hour, minutes=30), tick=False):
            before = len(esms.log)
            poll_reports(by=TESTER)
            asked += [hour] * (len(esms.log) - before)
    message.refresh_from_db()
    assert (message.state, message.report_due) == ("accepted", None)
    assert asked == sorted(set(asked)) and 4 <= len(asked) <= 10


def test_after_an_outage_of_three_days_no_reminder_comes_after_its_visit(make_message, esms, unit):
    """20 reminders over four days, each worthless from its visit on; the provider answers 502 for three."""
    start, delivered = timezone.now(), {}
    visits = {}
    for number in range(20):
        visit = start + dt.timedelta(hours=5 * number + 3)
        phone = ensure_contact_point(phone=f"+84751{number:06d}", by=TESTER)
        row = make_message(to=phone, not_before=visit - dt.timedelta(hours=2), valid_until=visit)
        visits[row.uid.hex] = visit
    esms.clear()

    def reply(request):
        if timezone.now() < start + dt.timedelta(days=3):
            return Response("down", status=502)
        delivered[request.get_json()["RequestId"]] = timezone.now()
        return Response('{"CodeResult": "100", "SMSID": "x"}', content_type="application/json")

    esms.expect_request(SEND_PATH, method="POST").respond_with_handler(reply)
    for quarter in range(0, 4 * 24 * 4 + 24):
        with time_machine.travel(start + dt.timedelta(minutes=15 * quarter), tick=False):
            expire_messages(by=TESTER)
            for uid in OutboxMessage.objects.claimable(timezone.now()).values_list("uid", flat=True):
                deliver(message_uid=uid, by=TESTER)
    assert [key for key, moment in delivered.items() if moment >= visits[key]] == []
    assert len(delivered) >= 3
    assert set(states()) <= {"accepted", "expired", "failed"}


# ---- two providers


@pytest.fixture
def two(settings, esms, answer):
    """eSMS answers as told; SpeedSMS at the same address always takes."""
    settings.SMS_CHANNEL = "esms,speedsms"
    settings.SPEEDSMS_BASE_URL = settings.ESMS_BASE_URL
    settings.PROVIDER_RATES = {}

    def take() -> None:
        esms.expect_request("/index.php/sms/send").respond_with_json(
            {"status": "success", "code": "00", "data": {"tranId": 5, "invalidPhone": []}}
        )

    take()
    return take


def test_when_the_first_provider_fails_the_second_carries_on(make_message, esms, two):
    esms.clear()
    esms.expect_request(SEND_PATH).respond_with_data("down", status=502)
    two()
    rows, start = (
        [make_message(to=ensure_contact_point(phone=f"+84752{n:06d}", by=TESTER)) for n in range(20)],
        timezone.now(),
    )
    for second, row in enumerate(rows):
        with time_machine.travel(start + dt.timedelta(seconds=2 * second), tick=False):
            deliver(message_uid=row.uid, by=TESTER)
    providers = [row.tries.get().provider for row in rows]
    assert providers == sorted(providers) and providers.count("speedsms") >= 14
    assert ProviderState.objects.get(provider="esms").share == 0


def test_a_message_whose_answer_got_lost_stays_where_it_is_recognised(make_message, esms, two):
    message, now = make_message(), timezone.now()
    ProviderState.objects.create(
        provider="esms", share=0, since=now, rest_seconds=600, judged_at=now, next_call_at=now
    )
    DeliveryAttempt.objects.create(
        message=message,
        number=1,
        channel="sms",
        provider="esms",
        started_at=now,
        finished_at=now,
        outcome="retry",
        error_code="timeout",
    )
    OutboxMessage.objects.filter(pk=message.pk).update(attempts=1)
    deliver(message_uid=message.uid, by=TESTER)
    assert message.tries.get(number=2).provider == "esms"
