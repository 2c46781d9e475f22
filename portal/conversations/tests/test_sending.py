"""What waits is sent once and in order; what nobody knows about is never sent twice by itself."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from portal.conversations.actions import send_messages
from portal.conversations.actions.hear_event import hear_echo
from portal.conversations.actions.move_rows import move_conversations, move_quick_replies, move_shifts
from portal.conversations.actions.reply import resend
from portal.conversations.actions.retention import close_idle, forget_conversations
from portal.conversations.actions.send_messages import send_due, send_waiting
from portal.conversations.limits import SEND_ATTEMPTS
from portal.conversations.models import ChatMessage, Conversation, QuickReply, Shift, StatusEntry
from portal.conversations.queries import error_text
from portal.conversations.tests.talks import CITIZEN, LISTENER, answer, event_of, states
from portal.zalo.client.messages import Sent
from portal.zalo.errors import OA, WAY, ZaloError


class Zalo:
    """Takes what is sent and answers as told, the last answer for ever."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict]] = []
        self.answers: list[ZaloError | None] = [None]

    def call(self, *, account: Any, call: Any, by: Any) -> Sent:
        return call(object())

    def consultation(self, session: Any, *, user_id: str, message: dict) -> Sent:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer
        self.sent.append((user_id, message))
        return Sent(f"z{len(self.sent)}", None)


@pytest.fixture
def zalo(monkeypatch) -> Zalo:
    made = Zalo()
    monkeypatch.setattr(send_messages, "call_zalo", made.call)
    monkeypatch.setattr(send_messages, "send_consultation", made.consultation)
    return made


def run(conversation: Conversation) -> int:
    return send_waiting(conversation_uid=conversation.uid, by=LISTENER)


def test_answers_go_out_in_order_with_their_buttons_and_once(say, owner, zalo):
    conversation = say()
    answer(conversation, owner, "một"), answer(conversation, owner, "hai")
    assert (run(conversation), run(conversation), send_due(by=LISTENER)) == (3, 0, 0)
    assert [message["text"].splitlines()[0] for _user, message in zalo.sent][1:] == ["một", "hai"]
    assert {user for user, _message in zalo.sent} == {CITIZEN}
    assert len(zalo.sent[0][1]["attachment"]["payload"]["buttons"]) == 5
    assert states(conversation) == ["sent"] * 3
    assert list(conversation.messages.outgoing().order_by("pk").values_list("provider_id", flat=True)) == [
        "z1",
        "z2",
        "z3",
    ]


def test_what_zalo_cannot_take_now_is_tried_again_and_keeps_its_place(say, owner, zalo, morning):
    conversation = say("#gio")
    answer(conversation, owner, "sau")
    zalo.answers = [ZaloError(OA, "-32"), None]
    assert (run(conversation), states(conversation)) == (0, ["queued", "queued"])
    assert run(conversation) == 0
    morning.shift(dt.timedelta(seconds=6))
    assert (send_due(by=LISTENER), states(conversation)) == (2, ["sent", "sent"])
    assert zalo.sent[1][1]["text"] == "sau"


def test_after_some_tries_it_fails_and_officers_see_it(say, zalo, morning):
    conversation = say("#gio")
    zalo.answers = [ZaloError(OA, "-32")]
    for _each in range(SEND_ATTEMPTS):
        send_due(by=LISTENER)
        morning.shift(dt.timedelta(seconds=121))
    conversation.refresh_from_db()
    row = conversation.messages.outgoing().get()
    assert (row.state, row.last_error, conversation.has_broken) == ("failed", "oa_-32", True)
    assert (conversation.state, error_text(row) != "") == ("unassigned", True)


@pytest.mark.parametrize(
    ("error", "state", "key"),
    [
        (ZaloError(OA, "-213"), "failed", "oa_-213"),
        (ZaloError(OA, "-201"), "failed", "oa_-201"),
        (ZaloError(WAY, "needs_consent"), "failed", "way_needs_consent"),
        (ZaloError(WAY, "timeout", maybe_done=True), "unsure", "unsure"),
    ],
)
def test_what_is_refused_or_unclear_is_not_sent_again_by_itself(say, owner, zalo, morning, error, state, key):
    conversation = say("#gio")
    zalo.answers = [error]
    run(conversation)
    morning.shift(dt.timedelta(minutes=5))
    zalo.answers = [None]
    send_due(by=LISTENER)
    row = conversation.messages.outgoing().get()
    assert (row.state, row.last_error, zalo.sent, len(error_text(row)) > 10) == (state, key, [], True)
    resend(message=row, by=owner)
    assert (run(conversation), states(conversation)) == (1, ["sent"])
    conversation.refresh_from_db()
    assert conversation.has_broken is False


def test_a_worker_that_dies_over_the_call_leaves_a_row_nobody_repeats(say, zalo, monkeypatch, morning):
    conversation = say("#gio")

    def die(**_given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(send_messages, "call_zalo", die)
        with pytest.raises(SystemExit):
            run(conversation)
    assert (states(conversation), send_due(by=LISTENER)) == (["sending"], 0)
    morning.shift(dt.timedelta(seconds=61))
    assert (send_due(by=LISTENER), states(conversation), zalo.sent) == (0, ["unsure"], [])


def test_an_echo_after_such_a_death_says_that_it_went_out(say, account, zalo):
    conversation = say("#gio")
    row = conversation.messages.outgoing().get()
    ChatMessage.objects.filter(pk=row.pk).update(state="unsure")
    Conversation.objects.filter(pk=conversation.pk).update(has_broken=True)
    hear_echo(
        event=event_of(account, name="oa_send_text", text=row.text, msg_id="e1", at=timezone.now()),
        by=LISTENER,
    )
    conversation.refresh_from_db()
    assert (states(conversation), conversation.has_broken) == (["sent"], False)


def test_an_echo_that_was_taken_for_somebody_elses_makes_room(say, account, zalo, owner):
    conversation = say("#gio")
    echo = event_of(account, name="oa_send_text", text="Zalo đổi chữ", msg_id="z1", at=timezone.now())
    hear_echo(event=echo, by=LISTENER)
    assert conversation.messages.outgoing().count() == 2
    run(conversation)
    row = conversation.messages.outgoing().get()
    assert (row.state, row.provider_id, row.answer) == ("sent", "z1", "hours")


def test_an_answer_of_the_portal_that_comes_late_is_not_said(say, zalo, morning):
    conversation = say("#gio")
    morning.shift(dt.timedelta(minutes=31))
    send_due(by=LISTENER)
    assert (states(conversation), zalo.sent) == (["failed"], [])


def test_nothing_is_sent_after_seven_days_of_silence(say, owner, zalo, morning):
    conversation = say("#gio")
    run(conversation)
    answer(conversation, owner)
    ChatMessage.objects.update(valid_until=timezone.now() + dt.timedelta(days=30))
    morning.shift(dt.timedelta(days=8))
    send_due(by=LISTENER)
    assert conversation.messages.get(author=owner).last_error == "too_late"


# ---- the clock


def test_what_waits_for_a_citizen_is_closed_when_zalos_window_is(say, owner, morning):
    conversation, other = say(), say(user="3000000000000000007")
    answer(conversation, owner)
    morning.shift(dt.timedelta(days=6))
    assert close_idle(by=LISTENER) == 0
    morning.shift(dt.timedelta(days=2))
    assert close_idle(by=LISTENER) == 1
    conversation.refresh_from_db(), other.refresh_from_db()
    assert (conversation.state, conversation.assignee, other.state) == ("closed", None, "unassigned")


def test_ninety_days_after_the_last_word_everything_is_gone(say, owner, morning):
    conversation = say()
    answer(conversation, owner)
    morning.shift(dt.timedelta(days=89))
    assert forget_conversations(by=LISTENER) == 0
    say(user="3000000000000000007")
    morning.shift(dt.timedelta(days=2))
    assert forget_conversations(by=LISTENER) == 1
    left = Conversation.objects.get()
    assert left.pk != conversation.pk
    for model in (ChatMessage, StatusEntry):
        assert set(model.objects.values_list("conversation", flat=True)) == {left.pk}


def test_open_conversations_words_and_shifts_go_to_the_successor(say, owner, ward, other_ward):
    open_one, closed = say(), say("#gio", user="3000000000000000007")
    for unit, title in ((ward, "Chào"), (ward, "Giờ"), (other_ward, "Chào")):
        QuickReply.objects.create(unit=unit, title=title, text="x")
    for unit, opens in ((ward, 0), (ward, 60), (other_ward, 0)):
        Shift.objects.create(unit=unit, officer=owner, weekday=0, opens=opens, closes=120)
    given = {"predecessor": ward, "successors": [other_ward], "on": dt.date(2026, 12, 1), "by": LISTENER}
    assert [move(**given) for move in (move_conversations, move_quick_replies, move_shifts)] == [1, 1, 1]
    open_one.refresh_from_db(), closed.refresh_from_db()
    assert (open_one.unit, closed.unit) == (other_ward, ward)


def test_a_claim_has_a_lease(say):
    conversation = say("#gio")
    row = conversation.messages.outgoing().get()
    assert ChatMessage.objects.lost(timezone.now()).count() == 0
    past = {"claim_token": uuid.uuid4(), "claimed_until": timezone.now() - dt.timedelta(seconds=1)}
    ChatMessage.objects.filter(pk=row.pk).update(state="sending", **past)
    assert list(ChatMessage.objects.lost(timezone.now())) == [row]
