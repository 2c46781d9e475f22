"""The first answer, given by the portal: an outgoing row in the transaction that keeps the citizen's words.

So a worker that dies before the commit leaves neither, and one that dies after it leaves a row that is sent
once: the answer is neither lost nor said twice.
"""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.citizens.queries import hears_on_zalo
from portal.common.actors import Actor
from portal.conversations.actions.keep_messages import queue_outgoing
from portal.conversations.answers.emergency import emergency_answer, emergency_lines
from portal.conversations.answers.menu import welcome
from portal.conversations.answers.registry import Answer, Question, answer_to
from portal.conversations.answers.texts import call_button, chat_answer, menu, spoken
from portal.conversations.enums import MessageKind
from portal.conversations.limits import (
    ANSWER_WITHIN,
    AUTOMATIC_AN_HOUR,
    AUTOMATIC_VALID,
    EMERGENCY_PAUSE,
    RECEIPT_PAUSE,
)
from portal.conversations.models import ChatMessage, Conversation
from portal.conversations.queries import reply_from, show_moment
from portal.conversations.workflow import HELD

EMERGENCY, LATER, RECEIVED = "emergency", "later", "received"


def answer_citizen(*, conversation: Conversation, message: ChatMessage, by: Actor) -> bool:
    """Answer what the portal can; True when nothing is left for an officer. In the caller's transaction."""
    now = timezone.now()
    if now - message.happened_at > ANSWER_WITHIN:
        return message.kind in (MessageKind.FOLLOW, MessageKind.CLICK)
    question = Question(conversation.unit, message.text, conversation.uid, now)
    if message.kind == MessageKind.CLICK:
        return True
    if message.kind == MessageKind.FOLLOW:
        once = f"welcome:{conversation.uid}:{timezone.localdate()}"
        _say(conversation, welcome(question), once=once, now=now)
        return True
    return _answer_words(conversation, message, question)


def _answer_words(conversation: Conversation, message: ChatMessage, question: Question) -> bool:
    if hears_on_zalo(text=message.text, user=conversation.zalo_user):
        return True  # a linking code, "stop", "link me": portal.citizens answers
    numbers = emergency_lines(message.text)
    if numbers:
        _warn(conversation, message, question, numbers)
        return False
    # Who talks with an officer is not interrupted, unless he presses a button.
    is_free = conversation.state not in HELD or message.text.startswith("#")
    is_free = is_free and not _answered_often(conversation, question.now)
    found = answer_to(question) if message.text and is_free else None
    if found is not None:
        _say(conversation, found, once=f"answer:{message.uid}", now=question.now)
        if found.complete:
            return True
    _say_when(conversation, message, question.now, is_answered=found is not None)
    return False


def _warn(conversation: Conversation, message: ChatMessage, question: Question, numbers: list[str]) -> None:
    """The numbers to call; again only after some minutes. Officers see the conversation on top."""
    conversation.is_urgent = True
    conversation.save(update_fields=["is_urgent"])
    if not _said(conversation, EMERGENCY, question.now - EMERGENCY_PAUSE):
        answer = emergency_answer(conversation.unit, numbers)
        _say(conversation, answer, once=f"answer:{message.uid}", now=question.now)


def _say_when(
    conversation: Conversation, message: ChatMessage, now: dt.datetime, *, is_answered: bool
) -> None:
    """After hours: from when on somebody answers, once an evening. In hours: that the words arrived."""
    unit, later = conversation.unit, reply_from(conversation.unit, now)
    if later is not None:
        answer = chat_answer(
            LATER,
            buttons=call_button(_("Gọi trực ban"), unit.duty_phone),
            complete=False,
            unit=unit.police_name,
            time=show_moment(later, now),
            duty_phone=spoken(unit.duty_phone),
        )
        _say(conversation, answer, once=f"later:{conversation.uid}:{later:%Y%m%d%H%M}", now=now)
    elif not is_answered and conversation.state not in HELD and _is_silent(conversation, now):
        answer = chat_answer(RECEIVED, buttons=menu(), complete=False, unit=unit.police_name)
        _say(conversation, answer, once=f"answer:{message.uid}", now=now)


def _said(conversation: Conversation, answer: str, since: dt.datetime) -> bool:
    rows = conversation.messages.outgoing().filter(answer=answer, happened_at__gte=since)
    return rows.exists()


def _answered_often(conversation: Conversation, now: dt.datetime) -> bool:
    rows = conversation.messages.outgoing().exclude(answer="")
    return rows.filter(happened_at__gte=now - dt.timedelta(hours=1)).count() >= AUTOMATIC_AN_HOUR


def _is_silent(conversation: Conversation, now: dt.datetime) -> bool:
    """Nothing was said to this person lately, by whomever."""
    return not conversation.messages.outgoing().filter(happened_at__gte=now - RECEIPT_PAUSE).exists()


def _say(conversation: Conversation, answer: Answer, *, once: str, now: dt.datetime) -> None:
    body = {"text": answer.text, "buttons": list(answer.buttons)}
    queue_outgoing(
        conversation=conversation,
        body=body,
        once=once,
        at=now,
        valid_until=now + AUTOMATIC_VALID,
        answer=answer.key,
    )
