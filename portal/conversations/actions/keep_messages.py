"""Rows of messages: what came is kept once, what shall go out exists before anybody sends it."""

import datetime as dt
from typing import Any

from django.db import transaction

from portal.common.broker import publish
from portal.common.logs import mask
from portal.conversations.enums import Direction, MessageKind, SendState
from portal.conversations.limits import LAST_LINE
from portal.conversations.models import ChatMessage, Conversation
from portal.officers.models import Officer

SEND_TASK, QUEUE = "conversations.send", "transactional"


def keep_incoming(
    *, conversation: Conversation, kind: str, body: dict[str, Any], provider_id: str, at: dt.datetime
) -> ChatMessage | None:
    """The new row, None when this message is known. The conversation is locked by the caller."""
    message, is_new = ChatMessage.objects.get_or_create(
        conversation=conversation,
        direction=Direction.IN,
        provider_id=provider_id,
        defaults={"kind": kind, "body": body, "happened_at": at},
    )
    if not is_new:
        return None
    conversation.last_in_at = max(at, conversation.last_in_at or at)
    note_line(conversation, message)
    return message


def queue_outgoing(
    *,
    conversation: Conversation,
    body: dict[str, Any],
    once: str,
    at: dt.datetime,
    valid_until: dt.datetime,
    author: Officer | None = None,
    answer: str = "",
) -> ChatMessage | None:
    """A message to send, None when there is one for this reason already. Nobody waits for the sending.

    The conversation is locked by the caller; a worker is woken when his transaction commits.
    """
    message, is_new = ChatMessage.objects.get_or_create(
        once=once,
        defaults={
            "conversation": conversation,
            "direction": Direction.OUT,
            "body": body,
            "happened_at": at,
            "author": author,
            "answer": answer,
            "state": SendState.QUEUED,
            "next_at": at,
            "valid_until": valid_until,
        },
    )
    if not is_new:
        return None
    conversation.last_out_at = at
    note_line(conversation, message)
    wake(conversation)
    return message


def keep_echo(
    *, conversation: Conversation, kind: str, body: dict[str, Any], provider_id: str, at: dt.datetime
) -> ChatMessage | None:
    """What the account said from elsewhere (Zalo's own page, a notice); None when it is known."""
    message, is_new = ChatMessage.objects.get_or_create(
        conversation=conversation,
        direction=Direction.OUT,
        provider_id=provider_id,
        defaults={"kind": kind, "body": body, "happened_at": at, "state": SendState.SENT},
    )
    if not is_new:
        return None
    conversation.last_out_at = max(at, conversation.last_out_at or at)
    note_line(conversation, message)
    return message


def note_line(conversation: Conversation, message: ChatMessage) -> None:
    """One more message: the version grows, and the list shows people's newest line, numbers and codes masked.

    What the portal said by itself tells an officer nothing.
    """
    if conversation.last_line is None or message.happened_at >= conversation.last_at:
        conversation.last_line = conversation.last_line if message.is_automatic else line_of(message)
        conversation.last_at = message.happened_at
    conversation.version += 1
    columns = ["version", "last_line", "last_at", "last_in_at", "last_out_at"]
    conversation.save(update_fields=columns)


def line_of(message: ChatMessage) -> str:
    """The first words of a message, or what it is."""
    words = mask(" ".join(message.text.split()))
    shown = words if len(words) <= LAST_LINE else words[: LAST_LINE - 1] + "…"
    if message.kind == MessageKind.TEXT and shown:
        return shown
    kind = str(MessageKind(message.kind).label)
    return f"[{kind}] {shown}".strip()


def wake(conversation: Conversation) -> None:
    """Ask a worker after the commit; the sweeper finds the row if the broker does not."""
    uid = str(conversation.uid)
    transaction.on_commit(lambda: publish(SEND_TASK, uid, QUEUE), robust=True)
