"""After an outage: nobody's tries were used up by waiting, and waits end when the provider is back."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from werkzeug import Response

from portal.notifications import tasks
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.queue_message import NewMessage, queue_messages
from portal.notifications.actions.recall import recall_messages
from portal.notifications.actions.send_batch import send_batch, send_slice
from portal.notifications.actions.sweep import sweep_outbox
from portal.notifications.channels.sms.esms.channel import SEND_PATH
from portal.notifications.health import ALONE
from portal.notifications.models import DeliveryAttempt, OutboxMessage, ProviderState
from portal.notifications.tests.calls import FACTS
from portal.notifications.tests.conftest import TESTER


@pytest.fixture
def notices(unit, templates, published, answer):
    """`notices(n)`: n notices to n phones, queued at once."""

    def make(number: int) -> list[OutboxMessage]:
        return queue_messages(
            messages=[
                NewMessage(
                    notice="tests.confirmed",
                    to=ensure_contact_point(phone=f"+84756{one:06d}", by=TESTER),
                    unit=unit,
                    intent="confirmed",
                    about=uuid.uuid4(),
                    context={"so": one, "ngay": "25/11/2026"},
                )
                for one in range(number)
            ],
            by=TESTER,
        )

    return make


def rest(share: int = 0, seconds: int = 20) -> None:
    now = timezone.now()
    facts = {"share": share, "since": now, "rest_seconds": seconds, "judged_at": now, "next_call_at": now}
    ProviderState.objects.update_or_create(provider="esms", defaults=facts)


def waiting() -> list[tuple]:
    return list(OutboxMessage.objects.order_by("pk").values_list("state", "attempts", "last_error"))


def test_a_slice_leaves_messages_alone_while_the_only_provider_rests(notices):
    notices(3)
    rest()
    assert send_slice(message_class="transactional", by=TESTER) == 0
    assert waiting() == [("queued", 0, "")] * 3


def test_messages_held_while_the_provider_rests_lose_no_try(notices, esms):
    notices(3)
    rest()
    assert send_batch(message_class="transactional", by=TESTER) == 3
    assert waiting() == [("queued", 0, "provider_resting")] * 3
    assert DeliveryAttempt.objects.count() == len(esms.log) == 0
    waits = [row.next_at - timezone.now() for row in OutboxMessage.objects.all()]
    assert all(dt.timedelta(seconds=15) < wait <= dt.timedelta(seconds=20) for wait in waits)


def test_a_single_message_held_while_the_provider_rests_loses_no_try(make_message, esms, answer):
    message = make_message()
    rest()
    assert deliver(message_uid=message.uid, by=TESTER) == "retry"
    assert (waiting(), DeliveryAttempt.objects.count()) == ([("queued", 0, "provider_resting")], 0)


def test_who_must_be_told_is_called_all_the_same_while_the_provider_rests(make_message, answer, moved_text):
    """A vain try counts where a call can take the message's place."""
    message = make_message(notice="tests.moved", context=FACTS)
    rest()
    deliver(message_uid=message.uid, by=TESTER)
    assert waiting() == [("queued", 1, "provider_resting")]


def test_without_a_turn_no_try_is_lost(notices, settings, esms):
    settings.PROVIDER_RATES = {"esms": 2.0}
    notices(5)
    assert send_batch(message_class="transactional", by=TESTER) == 5
    assert sorted(waiting()) == [("accepted", 1, "")] * 2 + [("queued", 0, "turn_taken")] * 3
    assert DeliveryAttempt.objects.count() == len(esms.log) == 2


def test_a_failed_batch_goes_back_in_as_many_statements_as_a_small_one(notices, esms):
    esms.clear()
    esms.expect_request(SEND_PATH, method="POST").respond_with_data("down", status=502)
    rest(share=100)
    counts = []
    for number in (3, 30):
        OutboxMessage.objects.all().delete()
        ProviderState.objects.update(since=timezone.now(), share=100, judged_at=timezone.now())
        notices(number)
        with CaptureQueriesContext(connection) as seen:
            send_batch(message_class="transactional", by=TESTER)
        assert waiting() == [("queued", 1, "http_5xx")] * number
        assert set(DeliveryAttempt.objects.values_list("outcome", "error_code")) == {("retry", "http_5xx")}
        counts.append(len(seen))
    assert abs(counts[0] - counts[1]) <= 2  # one more for each tenth of a second calls differ by
    assert len(set(OutboxMessage.objects.values_list("next_at", flat=True))) == 30


def test_messages_that_failed_before_the_provider_came_back_are_due_again(notices, esms):
    esms.clear()
    esms.expect_request(SEND_PATH, method="POST").respond_with_data("down", status=502)
    rest(share=100)
    notices(3)
    send_batch(message_class="transactional", by=TESTER)
    OutboxMessage.objects.update(next_at=timezone.now() + dt.timedelta(hours=1))
    assert recall_messages(by=TESTER) == 0  # it has not come back since
    ProviderState.objects.update(since=timezone.now() + dt.timedelta(milliseconds=1))
    assert (recall_messages(by=TESTER), recall_messages(by=TESTER)) == (3, 0)
    assert OutboxMessage.objects.due(timezone.now()).count() == 3
    send_batch(message_class="transactional", by=TESTER)
    assert recall_messages(by=TESTER) == 0  # failed again, and not before its return


def test_waits_of_other_kinds_are_not_cut_short(notices, esms, answer):
    answer(CodeResult="103")
    rest(share=100)
    notices(1)
    send_batch(message_class="transactional", by=TESTER)
    ProviderState.objects.update(since=timezone.now() + dt.timedelta(milliseconds=1))
    assert recall_messages(by=TESTER) == 0


def test_ten_minutes_of_outage_are_over_a_minute_after_the_provider_is_back(notices, esms, published):
    """Simulated clock; every step is a sweep and what it wakes. Without recall or untried waits it takes
    a quarter of an hour, and messages that were never offered would have failed."""
    start, back, down = timezone.now(), 600, []
    esms.clear()

    def reply(request):
        if timezone.now() < start + dt.timedelta(seconds=back):
            down.append(timezone.now())
            return Response("down", status=502)
        return Response('{"CodeResult": "100", "SMSID": "x"}', content_type="application/json")

    esms.expect_request(SEND_PATH, method="POST").respond_with_handler(reply)
    notices(30)
    accepted_after = None
    for second in range(0, 900, 5):
        with time_machine.travel(start + dt.timedelta(seconds=second), tick=False):
            if second % 30 == 0:
                sweep_outbox(by=TESTER)
            send_slice(message_class="transactional", by=TESTER)
        if accepted_after is None and {state for state, _tries, _error in waiting()} == {"accepted"}:
            accepted_after = second
    assert accepted_after is not None and accepted_after - back <= ALONE.longest + 2 * 30
    assert len(down) < 30 * 7  # it was spared, too


def test_many_notices_are_sent_in_batches_and_few_by_a_task_each(notices, published, esms):
    notices(3)
    published.clear()
    tasks.wake_due_messages("transactional")
    assert [name for name, *_rest in published] == ["notifications.deliver"] * 3
    notices(25)
    published.clear()
    tasks.wake_due_messages("transactional")
    assert published == []
    assert len(esms.log) == 28


def test_the_sweeper_asks_once_for_many_notices(notices, published):
    notices(30)
    OutboxMessage.objects.update(next_at=timezone.now() - dt.timedelta(minutes=1))
    published.clear()
    assert sweep_outbox(by=TESTER)["transactional"] == 1
    assert [(name, args) for name, args, *_rest in published] == [
        ("notifications.wake_due", ["transactional"])
    ]
