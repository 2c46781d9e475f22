"""What is deleted when, that figures stay, that a killed run goes on, and by which index rows are found."""

import datetime as dt
import uuid

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from portal.common.clock import local_moment, local_today
from portal.notifications.actions import retention
from portal.notifications.actions.count_messages import count_recent_days
from portal.notifications.actions.queue_message import NewMessage, queue_messages
from portal.notifications.actions.recall import _waiting
from portal.notifications.actions.retention import forget_calls, forget_messages
from portal.notifications.models import (
    CallAttempt,
    CallTask,
    DailyFigure,
    DeliveryAttempt,
    OutboxMessage,
    ProviderState,
)
from portal.notifications.tasks import keep_no_longer
from portal.notifications.tests.conftest import TESTER

TERM = 180


def test_the_term_is_the_proposed_one():
    assert django_settings.MESSAGE_DAYS == TERM


@pytest.fixture
def ended(make_message):
    """`ended("delivered", 181)`: a message with one try that ended so many days ago."""

    def make(state: str, days: int, **facts) -> OutboxMessage:
        when = local_moment(local_today() - dt.timedelta(days=days), 9 * 60)
        row = make_message(about=uuid.uuid4())
        facts = {"accepted_at": when, "finished_at": when, "cost": 250} | facts
        OutboxMessage.objects.filter(pk=row.pk).update(state=state, **facts)
        DeliveryAttempt.objects.create(
            message=row, number=1, channel="sms", provider="esms", started_at=when, outcome="accepted"
        )
        return row

    return make


def left() -> set[int]:
    return set(OutboxMessage.objects.values_list("pk", flat=True))


def test_only_what_ended_before_the_term_goes_with_its_tries(ended, make_message):
    gone = [ended(state, TERM + 1) for state in ("delivered", "seen", "failed", "expired", "cancelled")]
    gone.append(ended("accepted", TERM + 1, finished_at=None))
    kept = [ended("delivered", TERM - 1), ended("accepted", TERM - 1, finished_at=None)]
    kept += [ended(state, TERM + 1, finished_at=None) for state in ("queued", "calling")]
    ended("delivered", 1)
    kept.append(OutboxMessage.objects.latest("pk"))
    count_recent_days(by=TESTER)
    assert forget_messages(by=TESTER) == len(gone)
    assert left() == {row.pk for row in kept}
    assert DeliveryAttempt.objects.count() == len(kept)
    assert forget_messages(by=TESTER) == 0


def test_a_message_still_asked_about_stays(ended):
    ended("accepted", TERM + 1, finished_at=None, report_due=timezone.now())
    ended("delivered", 0)
    count_recent_days(by=TESTER)
    assert forget_messages(by=TESTER) == 0


def test_nothing_goes_before_its_day_was_counted(ended):
    ended("delivered", TERM + 20)
    assert forget_messages(by=TESTER) == 0
    DailyFigure.objects.create(
        unit=OutboxMessage.objects.get().unit,
        day=local_today() - dt.timedelta(days=TERM + 20),
        channel="sms",
        messages=1,
        counted_at=timezone.now(),
    )
    assert forget_messages(by=TESTER) == 0  # that day is counted anew the next time
    assert len(left()) == 1


def test_figures_of_months_stay_as_they_were(ended):
    for days in (TERM + 40, TERM + 40, TERM + 3, 40, 0):
        ended("delivered", days)
    count_recent_days(by=TESTER)
    columns = ("unit", "day", "channel", "messages", "arrived", "failed", "cost")
    before = list(DailyFigure.objects.order_by("day").values_list(*columns))
    assert forget_messages(by=TESTER) == 3
    count_recent_days(by=TESTER)
    assert list(DailyFigure.objects.order_by("day").values_list(*columns)) == before
    assert sum(row[3] for row in before) == 5


def test_a_run_that_is_killed_is_continued(ended, monkeypatch):
    for _number in range(5):
        ended("delivered", TERM + 1)
    ended("delivered", 0)
    count_recent_days(by=TESTER)
    monkeypatch.setattr(retention, "BATCH", 2)
    real, batches = retention._delete_messages, []

    def die_at_the_second(keys: list[int]) -> None:
        batches.append(len(keys))
        if len(batches) == 2:
            raise SystemExit("killed")
        real(keys)

    monkeypatch.setattr(retention, "_delete_messages", die_at_the_second)
    with pytest.raises(SystemExit):
        forget_messages(by=TESTER)
    assert len(left()) == 4
    assert forget_messages(by=TESTER) == 3
    assert batches == [2, 2, 2, 1]


def test_one_run_does_a_bounded_amount_of_work(ended, monkeypatch):
    for _number in range(5):
        ended("delivered", TERM + 1)
    ended("delivered", 0)
    count_recent_days(by=TESTER)
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "ROUNDS", 1)
    assert (forget_messages(by=TESTER), len(left())) == (2, 4)


def test_a_call_holds_its_message_until_it_goes_itself(called_message, officer, ended):
    call, old = CallTask.objects.get(), timezone.now() - dt.timedelta(days=TERM + 1)
    CallAttempt.objects.create(
        call=call, number=1, caller=officer, called_at=old, outcome="reached", note="Đã báo"
    )
    OutboxMessage.objects.filter(pk=called_message.pk).update(
        state="delivered", finished_at=old, accepted_at=None
    )
    ended("delivered", 0)
    count_recent_days(by=TESTER)
    assert (forget_calls(by=TESTER), forget_messages(by=TESTER)) == (0, 0)  # nobody ended the call
    CallTask.objects.filter(pk=call.pk).update(state="reached", finished_at=timezone.now())
    assert forget_calls(by=TESTER) == 0
    CallTask.objects.filter(pk=call.pk).update(finished_at=old)
    keep_no_longer()
    assert (CallTask.objects.count(), CallAttempt.objects.count(), called_message.pk in left()) == (
        0,
        0,
        False,
    )


@pytest.mark.postgres
def test_sweeps_find_their_rows_by_an_index_made_for_them(unit, phone, templates, published):
    """Among 3,000 rows of which none is due; a sweep that read them all would do so every 30 seconds."""
    queue_messages(
        messages=[
            NewMessage("tests.confirmed", phone, unit, "plan", uuid.uuid4(), {"so": 1, "ngay": "1"})
            for _number in range(3000)
        ],
        by=TESTER,
    )
    now = timezone.now()
    OutboxMessage.objects.filter(pk__gt=OutboxMessage.objects.earliest("pk").pk + 9).update(
        state="delivered", accepted_at=now, finished_at=now, plan=["sms"]
    )
    state = ProviderState(provider="esms", since=now)
    rows, old = OutboxMessage.objects, now - dt.timedelta(days=TERM)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_outboxmessage")
    by_index = {
        "due": rows.filter(message_class="bulk").due(now).order_by("next_at"),
        "lease": rows.filter(message_class="bulk").abandoned(now),
        "report": rows.report_missing(now).order_by("report_due"),
        "failed": _waiting(state, now).order_by("next_at"),
        "ended": rows.ended_before(old),
        "silent": rows.silent_since(old),
    }
    plans = {name: query[:500].explain() for name, query in by_index.items()}
    assert {name for name, plan in plans.items() if f"notifications_message_{name}" not in plan} == set()
    assert {
        name for name, plan in plans.items() if "Seq Scan on notifications_outboxmessage" in plan
    } == set()
