"""Events as Zalo sends them, and short ways to what a test asks."""

import datetime as dt
import itertools
import json
import uuid
from typing import Any

from portal.common.actors import SystemActor
from portal.conversations.actions.reply import reply
from portal.conversations.models import ChatMessage, Conversation
from portal.officers.models import Officer
from portal.zalo.events import Event, read_event
from portal.zalo.models import OfficialAccount

LISTENER = SystemActor("conversations")
CITIZEN = "3000000000000000003"
_numbers = itertools.count(1)


def event_of(
    account: OfficialAccount,
    *,
    name: str = "user_send_text",
    text: str = "",
    at: dt.datetime,
    user: str = CITIZEN,
    msg_id: str | None = None,
    **message: Any,
) -> Event:
    """An event read from bytes, as the worker reads it."""
    ours, theirs = {"id": account.oa_id}, {"id": user}
    stamp = str(int(at.timestamp() * 1000))
    content: dict[str, Any] = {"event_name": name, "timestamp": stamp}
    if name == "follow":
        content |= {"oa_id": account.oa_id, "follower": theirs}
    elif name == "user_submit_info":
        content |= {"sender": theirs, "recipient": ours, **message}
    else:
        from_us = name.startswith("oa_") or name in ("user_received_message", "user_seen_message")
        sides = {"sender": ours, "recipient": theirs} if from_us else {"sender": theirs, "recipient": ours}
        words = {"text": text} if text else {}
        content |= {**sides, "message": {"msg_id": msg_id or f"m{next(_numbers)}", **words, **message}}
    return read_event(account=account, body=json.dumps(content).encode(), by_phone=False)


def answer(conversation: Conversation, by: Officer, text: str = "Chào Ông/Bà", **given: Any) -> ChatMessage:
    """The officer looked a moment ago and answers."""
    seen = Conversation.objects.get(pk=conversation.pk).version
    return reply(
        **{"conversation": conversation, "text": text, "seen": seen, "request": uuid.uuid4(), "by": by}
        | given
    )


def said(conversation: Conversation) -> list[tuple[str, str]]:
    """Automatic answers and everything else that was queued: (key or "", first line), in order."""
    rows = conversation.messages.outgoing().order_by("pk")
    return [(row.answer, row.text.splitlines()[0] if row.text else "") for row in rows]


def keys(conversation: Conversation) -> list[str]:
    return [key for key, _line in said(conversation)]


def states(conversation: Conversation) -> list[str]:
    return list(conversation.messages.outgoing().order_by("pk").values_list("state", flat=True))
