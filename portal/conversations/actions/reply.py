"""An officer answers: one row that a worker sends, and the conversation waits for the citizen."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.errors import Conflict
from portal.conversations.actions.keep_messages import queue_outgoing, wake
from portal.conversations.actions.move_conversation import check_seen, lock_conversation, move_conversation
from portal.conversations.enums import ConversationState, SendState
from portal.conversations.limits import OFFICER_VALID
from portal.conversations.models import ChatMessage, Conversation
from portal.conversations.queries import reply_window
from portal.conversations.validators import clean_reply
from portal.conversations.workflow import CONVERSATION_WORKFLOW, HELD, SEND_WORKFLOW
from portal.officers.models import Officer


@transaction.atomic
def reply(
    *, conversation: Conversation, text: str, seen: int, request: uuid.UUID, by: Officer
) -> ChatMessage:
    """Send `text`. `seen` is the version the officer read, `request` the form he sends (twice is once).

    ValidationError `text_required`, `text_too_long`; Conflict `held_by_colleague`, `conversation_changed`,
    `window_closed`; NotAllowed.
    """
    fresh, once = lock_conversation(conversation), f"form:{request}"
    known = ChatMessage.objects.filter(once=once, conversation=fresh, author=by).first()
    if known is not None:
        return known
    _check_holder(fresh, by)
    CONVERSATION_WORKFLOW.check(fresh.state, ConversationState.WAITING, by=by, obj=fresh)
    words = clean_reply(text)
    check_seen(fresh, seen)
    _check_window(fresh)
    now = timezone.now()
    message = queue_outgoing(
        conversation=fresh,
        body={"text": words},
        once=once,
        at=now,
        valid_until=now + OFFICER_VALID,
        author=by,
    )
    if message is None:  # another conversation's form, sent here
        raise Conflict("conversation_changed", _("Biểu mẫu này đã dùng rồi. Xin tải lại trang."))
    answered: dict[str, Any] = {"unread": 0, "is_urgent": False}
    move_conversation(conversation=fresh, to=ConversationState.WAITING, by=by, assignee=by, **answered)
    return message


@transaction.atomic
def resend(*, message: ChatMessage, by: Officer) -> ChatMessage:
    """Send a message again that did not go out, or of which nobody knows. Conflict `move_not_allowed`,
    `window_closed`; NotAllowed.
    """
    conversation = lock_conversation(message.conversation)
    fresh = ChatMessage.objects.select_for_update(no_key=True, of=("self",)).get(pk=message.pk)
    fresh.conversation = conversation
    SEND_WORKFLOW.check(fresh.state, SendState.QUEUED, by=by, obj=fresh)
    _check_window(conversation)
    now = timezone.now()
    fresh.state, fresh.attempts, fresh.last_error = SendState.QUEUED, 0, ""
    fresh.next_at, fresh.valid_until = now, now + OFFICER_VALID
    fresh.save(update_fields=["state", "attempts", "last_error", "next_at", "valid_until"])
    conversation.has_broken = conversation.messages.broken().exists()
    conversation.save(update_fields=["has_broken"])
    record(action="conversation.resend", by=by, obj=conversation, unit=conversation.unit)
    wake(conversation)
    return fresh


def _check_holder(conversation: Conversation, by: Officer) -> None:
    """Who holds it is a colleague's business to know: the refusal names him."""
    if conversation.state in HELD and conversation.assignee_id != by.pk:
        text = _(
            "Đồng chí %(name)s đang trả lời cuộc trò chuyện này. Bấm “Nhận thay” nếu Ông/Bà trả lời tiếp."
        )
        raise Conflict("held_by_colleague", text % {"name": conversation.assignee})


def _check_window(conversation: Conversation) -> None:
    window = reply_window(conversation, timezone.now())
    if not window.is_open:
        raise Conflict("window_closed", window.why)
