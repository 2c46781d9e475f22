"""At night only what somebody waits for goes out; everything else waits until six."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.common.clock import LOCAL
from portal.notifications.actions.change_message import resend_message
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.sweep import expire_messages, sweep_outbox
from portal.notifications.limits import after_quiet_hours, is_quiet
from portal.notifications.models import OutboxMessage
from portal.notifications.notices import Notice, register_notice
from portal.notifications.tests.conftest import TESTER
from portal.notifications.tests.test_desk import Handler

BULK = register_notice(Notice("tests.news", "bulk", purpose="news", parameters=("so", "ngay")))
URGENT = register_notice(
    Notice("tests.urgent", "transactional", purpose="visits", parameters=("so", "ngay"), quiet=False)
)
ANSWER = register_notice(
    Notice("tests.answer", "transactional", purpose="visits", parameters=("so", "ngay"), answers_at_once=True)
)
MOMENTS = st.datetimes(
    min_value=dt.datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=dt.datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([LOCAL, dt.UTC]),
)
NIGHT = dt.datetime(2026, 12, 1, 23, 30, tzinfo=LOCAL)
MORNING = dt.datetime(2026, 12, 2, 6, 0, tzinfo=LOCAL)


def at(moment: dt.datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


@given(MOMENTS)
def test_after_quiet_hours_is_the_first_moment_of_day_not_before(moment):
    later = after_quiet_hours(moment)
    assert not is_quiet(later)
    assert after_quiet_hours(later) == later
    if is_quiet(moment):
        local = later.astimezone(LOCAL)
        assert (local.hour, local.minute, local.second, local.microsecond) == (6, 0, 0, 0)
        assert dt.timedelta() < later - moment <= dt.timedelta(hours=8)
    else:
        assert later == moment


@given(MOMENTS, MOMENTS)
def test_after_quiet_hours_keeps_the_order(one, other):
    first, second = sorted([one, other])
    assert after_quiet_hours(first) <= after_quiet_hours(second)


@pytest.mark.parametrize(
    ("local", "quiet"), [("21:59", False), ("22:00", True), ("05:59", True), ("06:00", False)]
)
def test_the_night_is_from_22_to_6(local, quiet):
    moment = dt.datetime.combine(NIGHT.date(), dt.time.fromisoformat(local), tzinfo=LOCAL)
    assert (is_quiet(moment), is_quiet(moment.astimezone(dt.UTC))) == (quiet, quiet)


@pytest.mark.parametrize(
    ("notice", "due"),
    [
        ("tests.confirmed", MORNING),
        ("tests.news", MORNING),
        ("tests.urgent", NIGHT),
        ("tests.answer", NIGHT),
        ("tests.code", NIGHT),
    ],
)
def test_what_waits_for_the_morning_and_what_goes_at_once(make_message, notice, due):
    with at(NIGHT):
        context = {"so": 7, "ngay": "1/12", "challenge": "c1"}
        assert make_message(notice=notice, context=context).next_at == due


def test_a_reminder_set_for_the_night_waits_and_one_set_for_the_evening_does_not(make_message):
    evening = NIGHT.replace(hour=20, minute=30)
    with at(NIGHT - dt.timedelta(hours=12)):
        due = [make_message(not_before=when).next_at for when in (NIGHT, evening)]
    assert due == [MORNING, evening]


def test_validity_counts_from_the_morning(make_message):
    with at(NIGHT):
        assert make_message().valid_until == MORNING + dt.timedelta(days=3)


def test_a_retry_that_falls_into_the_night_is_neither_woken_nor_sent(make_message, answer, esms, published):
    answer(CodeResult="105")
    with at(NIGHT.replace(hour=21, minute=59, second=50)):
        message = make_message()
        assert deliver(message_uid=message.uid, by=TESTER) == "retry"
    published.clear()
    answer(CodeResult="100")
    with at(NIGHT):
        assert deliver(message_uid=message.uid, by=TESTER) is None
        assert (sweep_outbox(by=TESTER)["transactional"], published, len(esms.log)) == (0, [], 0)
    with at(MORNING + dt.timedelta(seconds=10)):
        assert sweep_outbox(by=TESTER)["transactional"] == 1
        assert deliver(message_uid=message.uid, by=TESTER) == "accepted"


def test_what_is_worthless_before_the_morning_expires_and_is_never_sent(make_message, answer, esms):
    with at(NIGHT):
        message = make_message(valid_until=NIGHT + dt.timedelta(hours=2))
        assert deliver(message_uid=message.uid, by=TESTER) is None
    with at(MORNING):
        assert deliver(message_uid=message.uid, by=TESTER) is None
        assert expire_messages(by=TESTER) == 1
    message.refresh_from_db()
    assert (message.state, len(esms.log)) == ("expired", 0)


def test_what_an_officer_sends_again_at_night_waits_too(make_message, unit):
    with at(NIGHT):
        message = make_message()
        OutboxMessage.objects.filter(pk=message.pk).update(state="failed")
        message.refresh_from_db()
        fresh = resend_message(message=message, by=Handler(unit))
    assert (fresh.next_at, fresh.valid_until) == (MORNING, MORNING + dt.timedelta(days=3))


def test_a_code_is_delivered_at_night(make_message, answer):
    with at(NIGHT):
        message = make_message(notice="tests.code", context={"challenge": "c1"})
        assert deliver(message_uid=message.uid, by=TESTER) == "accepted"
        assert timezone.now() == NIGHT
