"""Who may answer, hand over and close, and that two officers never answer past each other."""

import datetime as dt
import itertools
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.common.errors import Conflict, DomainError, NotAllowed
from portal.conversations.actions.hear_event import hear_event
from portal.conversations.actions.move_conversation import (
    close_conversation,
    hand_over,
    put_back,
    take_conversation,
)
from portal.conversations.actions.reply import reply, resend
from portal.conversations.enums import ConversationState, SendState
from portal.conversations.models import ChatMessage, Conversation, QuickReply, StatusEntry
from portal.conversations.queries import colleagues, quick_replies, reply_window
from portal.conversations.tests.talks import LISTENER, answer, event_of, said
from portal.conversations.workflow import CONVERSATION_WORKFLOW, HELD
from portal.zalo.models import OfficialAccount
from tests.people import make_officer


def officers_words(conversation: Conversation) -> list[str]:
    return [line for key, line in said(conversation) if not key]


def test_every_move_of_every_actor_is_as_the_table_says(say, owner, second, stranger):
    """From x to x actor: who holds it, a colleague, an officer of another unit, the portal."""
    actors = {"holder": owner, "colleague": second, "stranger": stranger, "system": LISTENER}
    conversation, allowed = say(), set()
    for frm, to, (name, actor) in itertools.product(ConversationState, ConversationState, actors.items()):
        conversation.state, conversation.assignee = frm, owner if frm in HELD else None
        try:
            move = CONVERSATION_WORKFLOW.check(frm, to, by=actor, obj=conversation)
        except DomainError:
            continue
        allowed.add((str(frm), move.verb, str(to), name))
    anybody, holder = ("holder", "colleague"), ("holder",)
    expected = {("closed", "reopen", "unassigned", "system"), ("waiting", "hear", "assigned", "system")}
    expected |= {("waiting", "expire", "closed", "system")}
    expected |= {(frm, "take", "assigned", who) for frm in ("unassigned", "closed") for who in anybody}
    expected |= {(frm, "hand_over", "assigned", who) for frm in ("assigned", "waiting") for who in anybody}
    expected |= {(frm, "reply", "waiting", who) for frm in ("unassigned", "closed") for who in anybody}
    for frm in ("assigned", "waiting"):
        expected |= {
            (frm, verb, to, who)
            for who in holder
            for verb, to in (("reply", "waiting"), ("put_back", "unassigned"), ("close", "closed"))
        }
    expected |= {("unassigned", "close", "closed", who) for who in anybody}
    assert allowed == expected


def test_an_answer_is_a_row_that_waits_and_a_conversation_that_waits(say, owner, unpublished):
    conversation = say()
    unpublished.clear()
    row = answer(conversation, owner, "  Mời Ông/Bà\r\nđến lúc 8 giờ  ")
    conversation.refresh_from_db()
    assert (row.state, row.text, row.author) == ("queued", "Mời Ông/Bà\nđến lúc 8 giờ", owner)
    assert (conversation.state, conversation.assignee, conversation.unread) == ("waiting", owner, 0)
    assert AuditEntry.objects.get(action="conversation.reply").actor == owner.actor_ref


@pytest.mark.parametrize(
    ("text", "code"), [("", "text_required"), ("  \n ", "text_required"), ("x" * 2001, "text_too_long")]
)
def test_bad_words_are_refused_with_a_code(say, owner, text, code):
    with pytest.raises(ValidationError) as caught:
        answer(say(), owner, text)
    assert caught.value.error_dict["text"][0].code == code


def test_words_typed_decomposed_are_counted_as_zalo_counts(say, owner):
    assert answer(say(), owner, "ệ" * 2000).text == "ệ" * 2000


def test_the_same_form_twice_is_one_answer(say, owner):
    conversation, form = say(), uuid.uuid4()
    seen = conversation.version
    first = answer(conversation, owner, request=form, seen=seen)
    assert answer(conversation, owner, request=form, seen=seen) == first
    assert officers_words(conversation) == ["Chào Ông/Bà"]


def test_who_did_not_see_the_newest_word_is_told(say, owner):
    conversation = say()
    say("Khoan, tôi nói thêm")
    with pytest.raises(Conflict) as caught:
        answer(conversation, owner, seen=conversation.version)
    assert (caught.value.code, officers_words(conversation)) == ("conversation_changed", [])
    with pytest.raises(Conflict):
        close_conversation(conversation=conversation, seen=conversation.version, by=owner)


def test_a_colleague_takes_over_before_he_answers(say, owner, second):
    conversation = say()
    answer(conversation, owner)
    with pytest.raises(Conflict) as caught:
        answer(conversation, second)
    assert (caught.value.code, str(owner) in caught.value.message) == ("held_by_colleague", True)
    take_conversation(conversation=conversation, by=second)
    assert answer(conversation, second, "Tôi trả lời tiếp").author == second


def test_strangers_and_roles_without_the_right_do_nothing(say, owner, stranger, ward):
    conversation, desk = say(), make_officer("bien-tap", ward, "editor")
    for officer in (stranger, desk):
        for act in (
            lambda by: answer(conversation, by),
            lambda by: take_conversation(conversation=conversation, by=by),
            lambda by: hand_over(conversation=conversation, colleague=owner, by=by),
            lambda by: close_conversation(conversation=conversation, seen=conversation.version, by=by),
            lambda by: put_back(conversation=conversation, by=by),
        ):
            with pytest.raises((NotAllowed, Conflict)):
                act(officer)
    conversation.refresh_from_db()
    assert (conversation.state, officers_words(conversation)) == ("unassigned", [])


def test_handing_over_names_the_colleague_and_keeps_the_note_sealed(say, owner, second):
    conversation = take_conversation(conversation=say(), by=owner)
    hand_over(conversation=conversation, colleague=second, note="Hỏi về tạm trú", by=owner)
    conversation.refresh_from_db()
    entry = StatusEntry.objects.get(verb="hand_over")
    assert (conversation.assignee, entry.assignee, entry.note) == (second, second, "Hỏi về tạm trú")
    raw = StatusEntry.objects.filter(pk=entry.pk).values("note").get()["note"].content
    assert "tạm trú".encode() not in raw


@pytest.mark.parametrize("whom", ["nobody", "stranger"])
def test_only_a_colleague_who_may_answer_gets_it(say, owner, stranger, whom):
    conversation = take_conversation(conversation=say(), by=owner)
    with pytest.raises(ValidationError) as caught:
        hand_over(conversation=conversation, colleague=None if whom == "nobody" else stranger, by=owner)
    code = caught.value.error_dict["colleague"][0].code
    assert code == {"nobody": "colleague_required", "stranger": "colleague_cannot_answer"}[whom]


def test_colleagues_are_those_whose_role_reaches_the_unit(say, owner, second, stranger, colleague, ward):
    make_officer("bien-tap", ward, "editor")
    assert colleagues(say(), owner) == [colleague, second]


def test_put_back_and_taken_again(say, owner, second):
    conversation = take_conversation(conversation=say(), by=owner)
    with pytest.raises(NotAllowed):
        put_back(conversation=conversation, by=second)
    put_back(conversation=conversation, by=owner)
    assert take_conversation(conversation=conversation, by=second).assignee == second


# ---- the window


@pytest.mark.parametrize(
    ("hours", "window", "open_"),
    [(0, "free", True), (47, "free", True), (49, "paid", True), (169, "closed", False)],
)
def test_the_window_says_what_an_answer_costs_and_until_when(say, morning, owner, hours, window, open_):
    conversation = say()
    morning.shift(dt.timedelta(hours=hours))
    conversation.zalo_user.refresh_from_db()
    found = reply_window(conversation, timezone.now())
    assert (found.window, found.is_open, found.until is None) == (window, open_, window == "closed")
    if not open_:
        with pytest.raises(Conflict) as caught:
            answer(conversation, owner)
        assert caught.value.code == "window_closed"


def test_an_account_without_consent_says_why_nothing_can_be_sent(say, owner, account):
    conversation = say()
    OfficialAccount.objects.filter(pk=account.pk).update(state="needs_consent")
    with pytest.raises(Conflict) as caught:
        answer(conversation, owner)
    assert (caught.value.code, "cấp quyền lại" in caught.value.message) == ("window_closed", True)


# ---- again


@pytest.mark.parametrize("state", SendState.values)
def test_only_what_did_not_go_out_is_sent_again(say, owner, state):
    conversation = say()
    row = answer(conversation, owner)
    lease = {"claim_token": uuid.uuid4(), "claimed_until": row.happened_at} if state == "sending" else {}
    ChatMessage.objects.filter(pk=row.pk).update(state=state, **lease)
    if state in ("failed", "unsure"):
        assert resend(message=row, by=owner).state == "queued"
    else:
        with pytest.raises(DomainError):
            resend(message=row, by=owner)


# ---- ready words


def test_ready_words_are_the_units_own_and_those_above_it(ward, other_ward, units):
    province = units["Tỉnh Sơn Hải"]
    for unit, title in ((province, "Chào"), (ward, "Giờ"), (other_ward, "Khác")):
        QuickReply.objects.create(unit=unit, title=title, text="…")
    assert [one.title for one in quick_replies(ward)] == ["Giờ", "Chào"]


# ---- two at once


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_answer_at_once_one_is_told(say, owner, second):
    conversation = say()
    seen, ready, outcomes = conversation.version, threading.Barrier(2), {}

    def run(officer) -> None:
        ready.wait()
        try:
            reply(
                conversation=conversation, text=f"của {officer}", seen=seen, request=uuid.uuid4(), by=officer
            )
            outcomes[str(officer)] = "sent"
        except Conflict as refusal:
            outcomes[str(officer)] = refusal.code
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run, args=(officer,)) for officer in (owner, second)]
    [worker.start() for worker in workers], [worker.join(20) for worker in workers]
    assert sorted(outcomes.values()) == ["held_by_colleague", "sent"]
    winner = next(name for name, outcome in outcomes.items() if outcome == "sent")
    assert officers_words(conversation) == [f"của {winner}"]
    conversation.refresh_from_db()
    assert str(conversation.assignee) == winner


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_two_first_words_of_one_person_make_one_conversation(account):
    events = [event_of(account, text=f"tin {number}", at=timezone.now()) for number in range(2)]
    ready, failures = threading.Barrier(2), []

    def run(event) -> None:
        ready.wait()
        try:
            hear_event(event=event, by=LISTENER)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run, args=(event,)) for event in events]
    [worker.start() for worker in workers], [worker.join(20) for worker in workers]
    assert failures == []
    conversation = Conversation.objects.get()
    assert (conversation.unread, conversation.messages.filter(direction="in").count()) == (2, 2)
    assert conversation.messages.filter(answer="received").count() == 1
