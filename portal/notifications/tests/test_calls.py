"""The call list: from a message nobody could deliver to an officer who says it."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from portal.common.clock import LOCAL
from portal.common.errors import Conflict
from portal.notifications import limits, notices
from portal.notifications.actions.change_message import resend_message
from portal.notifications.actions.claim_call import claim_call
from portal.notifications.actions.contact_points import set_opt_out
from portal.notifications.actions.hand_over_calls import hand_over_calls
from portal.notifications.actions.record_call import record_call
from portal.notifications.actions.record_receipt import record_receipt
from portal.notifications.actions.request_call import cancel_calls, expire_calls, forget_notes
from portal.notifications.enums import CallOutcome, Receipt
from portal.notifications.models import CallAttempt, CallTask
from portal.notifications.notices import on_call_outcome
from portal.notifications.rendering import messages_about
from portal.notifications.tests.calls import FACTS, claimed, send, state_of
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.notifications.tests.test_desk import Handler

pytestmark = pytest.mark.usefixtures("moved_text")


# ---- how a person comes onto the list


def test_only_what_must_reach_ends_with_a_call(make_message):
    plans = [make_message(notice=key, context=FACTS).plan for key in ("tests.confirmed", "tests.moved")]
    assert plans == [["sms"], ["sms", "call"]]


@pytest.mark.parametrize("code", ["99", "108"])
def test_a_message_that_failed_for_good_becomes_a_call(make_message, answer, code):
    answer(CodeResult=code)
    message = make_message(notice="tests.moved", context=FACTS)
    assert (send(message), message.state, message.channel) == ("fallback", "queued", "call")
    assert (send(message), message.state) == ("accepted", "calling")
    call = CallTask.objects.get()
    facts = (call.message, call.contact_point, call.unit, call.notice, call.about, call.context, call.state)
    expected = (message, message.recipient, message.unit, "tests.moved", message.about, FACTS, "waiting")
    assert facts == expected
    assert (call.valid_until, call.attempts) == (message.valid_until, 0)


def test_without_a_must_the_same_failure_is_the_end(make_message, answer):
    answer(CodeResult="99")
    message = make_message()
    assert (send(message), message.state, CallTask.objects.count()) == ("failed", "failed", 0)


def test_vain_tries_of_a_wrong_setting_end_in_a_call_after_half_an_hour(make_message, answer):
    answer(CodeResult="103")
    message = make_message(notice="tests.moved", context=FACTS)
    outcomes = [send(message) for _try in range(limits.TRIES_BEFORE_CALL)]
    assert outcomes == ["retry"] * (limits.TRIES_BEFORE_CALL - 1) + ["fallback"]
    assert message.channel == "call"


def test_who_refuses_messages_is_called_and_gets_none(make_message, answer, esms, phone):
    set_opt_out(contact_point=phone, purpose="visits", refused=True, by=TESTER)
    message = make_message(notice="tests.moved", context=FACTS)
    assert (send(message), send(message), message.state) == ("fallback", "accepted", "calling")
    assert (len(esms.log), CallTask.objects.count()) == (0, 1)


def test_a_report_of_failure_leads_to_a_call(make_message, answer):
    message = make_message(notice="tests.moved", context=FACTS)
    send(message)
    record_receipt(message_uid=message.uid, receipt=Receipt.FAILED, by=TESTER)
    assert (send(message), message.state) == ("accepted", "calling")


def test_a_late_report_of_success_spares_the_call(called_message):
    record_receipt(message_uid=called_message.uid, receipt=Receipt.DELIVERED, by=TESTER)
    assert (state_of(called_message), CallTask.objects.get().state) == ("delivered", "cancelled")


def test_at_night_a_call_is_due_in_the_morning(make_call):
    night = dt.datetime(2026, 12, 1, 23, 0, tzinfo=LOCAL)
    with time_machine.travel(night, tick=False):
        assert make_call().due_at == dt.datetime(2026, 12, 2, 6, 0, tzinfo=LOCAL)


def test_a_room_asks_once_while_the_call_is_open(make_call, officer):
    about = uuid.uuid4()
    first, second = make_call(about=about), make_call(about=about)
    assert (first.pk, CallTask.objects.count()) == (second.pk, 1)
    record_call(call=claimed(first, officer), outcome="reached", by=officer)
    assert make_call(about=about).pk != first.pk


def test_a_room_cannot_ask_for_a_call_without_words_or_facts(make_call):
    with pytest.raises(ValueError, match="never told by a call"):
        make_call(notice="tests.confirmed", context=FACTS)
    with pytest.raises(ValidationError) as caught:
        make_call(context={})
    assert (caught.value.code, CallTask.objects.count()) == ("parameter_missing", 0)


def test_what_is_said_and_noted_is_unreadable_in_the_tables(make_call, officer):
    call = make_call(context={"so": "KENNWORT"})
    record_call(call=claimed(call, officer), outcome="no_answer", note="KENNWORT", by=officer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT context FROM notifications_calltask UNION ALL SELECT note FROM notifications_callattempt"
        )
        stored = [bytes(row[0]) for row in cursor.fetchall()]
    assert ([b"KENNWORT" in content for content in stored]) == [False, False]
    assert CallAttempt.objects.get().note == "KENNWORT"


# ---- what follows from a call


@pytest.mark.parametrize(
    ("outcome", "state", "message_state", "minutes"),
    [
        ("reached", "reached", "delivered", None),
        ("no_answer", "no_answer", "calling", 30),
        ("later", "waiting", "calling", 60),
        ("wrong_number", "unreachable", "failed", None),
    ],
)
def test_an_outcome_moves_call_and_message(called_message, officer, outcome, state, message_state, minutes):
    call = CallTask.objects.get()
    now = timezone.now()
    record_call(call=claimed(call, officer), outcome=outcome, note=" Ghi ", by=officer)
    call.refresh_from_db()
    assert (call.state, state_of(called_message), call.attempts) == (state, message_state, 1)
    assert (call.claimed_by, call.finished_at is None) == (None, minutes is not None)
    if minutes is not None:
        assert dt.timedelta() <= call.due_at - now - dt.timedelta(minutes=minutes) < dt.timedelta(minutes=1)
    attempt = CallAttempt.objects.get()
    assert (attempt.number, attempt.caller, attempt.outcome, attempt.note) == (1, officer, outcome, "Ghi")


def test_every_outcome_is_told_above():
    assert set(CallOutcome.values) == {"reached", "no_answer", "later", "wrong_number"}


def test_five_vain_calls_are_enough(called_message, officer):
    call = CallTask.objects.get()
    states = [
        record_call(call=claimed(call, officer), outcome="no_answer", by=officer).state
        for _try in range(limits.MAX_CALLS)
    ]
    assert states == ["no_answer"] * (limits.MAX_CALLS - 1) + ["unreachable"]
    assert (state_of(called_message), called_message.last_error) == ("failed", "call_unreachable")
    assert list(call.tries.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_a_message_sent_again_after_vain_calls_opens_the_call_anew(called_message, officer, unit):
    call = CallTask.objects.get()
    record_call(call=claimed(call, officer), outcome="wrong_number", by=officer)
    called_message.refresh_from_db()
    resend_message(message=called_message, by=Handler(unit))
    assert (send(called_message), send(called_message)) == ("fallback", "accepted")
    call.refresh_from_db()
    assert (call.state, call.attempts, called_message.state, CallTask.objects.count()) == (
        "waiting",
        0,
        "calling",
        1,
    )
    record_call(call=claimed(call, officer), outcome="reached", by=officer)
    assert list(call.tries.values_list("number", flat=True)) == [1, 2]


def test_bad_words_about_a_call_change_nothing(make_call, officer):
    call = claimed(make_call(), officer)
    codes = []
    for outcome, note in (("xong", ""), ("reached", "x" * 501)):
        with pytest.raises(ValidationError) as caught:
            record_call(call=call, outcome=outcome, note=note, by=officer)
        codes += [(name, item.code) for name, items in caught.value.error_dict.items() for item in items]
    assert codes == [("outcome", "outcome_invalid"), ("note", "text_too_long")]
    assert (state_of(call), CallAttempt.objects.count()) == ("calling", 0)


@pytest.fixture
def heard(monkeypatch) -> list[tuple]:
    """What the handler of tests.ask was told."""
    told: list[tuple] = []
    monkeypatch.setattr(notices, "_call_handlers", {})

    def handler(*, call, outcome, by) -> None:
        told.append((call.about, call.state, outcome, by, connection.in_atomic_block))

    on_call_outcome("tests.ask", handler)
    with pytest.raises(ValueError, match="handler already"):
        on_call_outcome("tests.ask", lambda **_facts: None)
    return told


def test_the_room_hears_how_its_call_ended(make_call, officer, heard):
    call = make_call()
    record_call(call=claimed(call, officer), outcome="no_answer", by=officer)
    record_call(call=claimed(call, officer), outcome="reached", by=officer)
    assert heard == [
        (call.about, "no_answer", "no_answer", officer, True),
        (call.about, "reached", "reached", officer, True),
    ]


@pytest.mark.django_db(transaction=True)
def test_when_the_room_refuses_nothing_is_written(make_call, officer, monkeypatch):
    def refuse(**_facts) -> None:
        raise Conflict("hold_expired", "Hết hạn.")

    monkeypatch.setattr(notices, "_call_handlers", {"tests.ask": refuse})
    call = claimed(make_call(), officer)
    with pytest.raises(Conflict, match="hold_expired"):
        record_call(call=call, outcome="reached", by=officer)
    assert (state_of(call), CallAttempt.objects.count()) == ("calling", 0)


def test_calls_nobody_made_expire_with_their_message(called_message, make_call, officer):
    call, fresh = CallTask.objects.get(), make_call(valid_until=timezone.now() + dt.timedelta(days=9))
    with time_machine.travel(called_message.valid_until + dt.timedelta(seconds=1), tick=True):
        with pytest.raises(Conflict) as caught:
            claim_call(call=call, by=officer)
        assert (expire_calls(by=TESTER), expire_calls(by=TESTER)) == (1, 0)
    assert caught.value.code == "call_expired"
    assert (state_of(call), state_of(called_message), state_of(fresh)) == ("expired", "expired", "waiting")


def test_a_call_somebody_is_making_does_not_expire_under_his_hands(make_call, officer):
    call = make_call(valid_until=timezone.now() + dt.timedelta(minutes=2))
    claimed(call, officer)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=5), tick=True):
        assert expire_calls(by=TESTER) == 0
        assert record_call(call=call, outcome="reached", by=officer).state == "reached"


def test_a_room_withdraws_its_calls(called_message, make_call):
    other = make_call(about=called_message.about)
    unrelated = make_call()
    assert cancel_calls(about=called_message.about, notice="tests.moved", by=TESTER) == 1
    assert (state_of(called_message), state_of(other)) == ("cancelled", "waiting")
    assert cancel_calls(about=called_message.about, by=TESTER) == 1
    assert (state_of(other), state_of(unrelated)) == ("cancelled", "waiting")


def test_notes_are_erased_90_days_after_the_call_ended_and_the_outcome_stays(make_call, officer):
    ended, waiting = make_call(), make_call(valid_until=timezone.now() + dt.timedelta(days=200))
    record_call(call=claimed(ended, officer), outcome="reached", note="Cũ", by=officer)
    record_call(call=claimed(waiting, officer), outcome="no_answer", note="Chờ", by=officer)
    counts = []
    for days in (89, 91):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=True):
            counts.append(forget_notes(by=TESTER))
    found = [(one.outcome, one.note) for one in CallAttempt.objects.order_by("pk")]
    assert (counts, found) == ([0, 1], [("reached", None), ("no_answer", "Chờ")])


def test_open_calls_follow_the_unit_that_takes_over(make_call, unit, officer):
    done, waiting, heir = make_call(), make_call(), make_unit("Kế thừa")
    record_call(call=claimed(done, officer), outcome="reached", by=officer)
    facts = {"predecessor": unit, "successors": [heir], "on": timezone.now().date(), "by": TESTER}
    assert (hand_over_calls(**facts), hand_over_calls(**facts)) == (1, 0)
    done.refresh_from_db(), waiting.refresh_from_db()
    assert (done.unit, waiting.unit) == (unit, heir)


# ---- what a citizen may check


def test_messages_and_calls_about_a_thing_are_listed_newest_first(called_message, make_message, officer):
    make_message()  # about something else
    call, before = CallTask.objects.get(), timezone.now()
    record_call(call=claimed(call, officer), outcome="no_answer", note="Riêng", by=officer)
    call.refresh_from_db()
    found = messages_about([called_message.about])
    assert [(str(one.kind), one.channel, str(one.state), one.title, one.about) for one in found] == [
        ("cuộc gọi", "call", "cán bộ sẽ gọi", "tests.moved", called_message.about),
        ("cuộc gọi", "call", "không có người nghe", "tests.moved", called_message.about),
        ("tin nhắn", "sms", "không gửi được", "tests.moved", called_message.about),
    ]
    assert found[0].when == call.due_at
    assert found[1].when >= before
    assert "Riêng" not in repr(found)


def test_an_ordinary_message_is_listed_as_sent(make_message, answer):
    message = make_message()
    send(message)
    found = messages_about([message.about, uuid.uuid4()])
    assert [(one.when, str(one.state)) for one in found] == [(message.accepted_at, "đã gửi")]


@pytest.mark.parametrize("count", [1, 3])
def test_checking_costs_three_queries(make_message, make_call, django_assert_num_queries, count):
    abouts = [make_message().about for _number in range(count)]
    abouts += [make_call().about for _number in range(count)]
    with django_assert_num_queries(3):
        assert len(messages_about(abouts)) == 2 * count
