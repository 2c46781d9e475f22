"""Sending what waits: claim a row, ask Zalo, write down what it said. One conversation's messages in order.

Zalo knows no key by which it would refuse a repeated message [1], so nothing is sent twice by itself: when a
worker dies over the call, or no answer comes, the row is UNSURE until Zalo's echo or an officer settles it.
"""

import logging
import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.common.actors import Actor
from portal.conversations.actions.hear_event import raise_to_officers
from portal.conversations.actions.move_conversation import lock_conversation
from portal.conversations.enums import SendState
from portal.conversations.limits import SEND_ATTEMPTS, SEND_BACKOFF, SEND_LEASE
from portal.conversations.models import ChatMessage, Conversation
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.messages import Message, Sent, button_message, send_consultation, text_message
from portal.zalo.enums import ErrorKind, Window
from portal.zalo.errors import ZaloError
from portal.zalo.limits import backoff

logger = logging.getLogger(__name__)
BATCH = 200
_AGAIN = {ErrorKind.RETRY, ErrorKind.RESCHEDULE, ErrorKind.UNKNOWN, ErrorKind.REFRESH}
_FREE: dict[str, Any] = {"claim_token": None, "claimed_until": None}


def send_waiting(*, conversation_uid: uuid.UUID, by: Actor) -> int:
    """Send what waits in one conversation, oldest first; returns how many went out.

    A message that has to be tried again later keeps those behind it waiting: an answer does not overtake.
    """
    sent = 0
    while (message := _claim(conversation_uid)) is not None:
        if not _send(message, by):
            break
        sent += 1
    return sent


def _claim(conversation_uid: uuid.UUID) -> ChatMessage | None:
    """The oldest waiting row, held for a minute; None when it is not due or somebody else is at it."""
    now, token = timezone.now(), uuid.uuid4()
    waiting = ChatMessage.objects.on_the_way().filter(conversation__uid=conversation_uid)
    first = waiting.in_order().first()
    if first is None:
        return None
    claim = {"state": SendState.SENDING, "claim_token": token, "claimed_until": now + SEND_LEASE}
    if not ChatMessage.objects.due(now).filter(pk=first.pk).update(**claim):
        return None
    rows = ChatMessage.objects.select_related("conversation__account__unit", "conversation__zalo_user")
    return rows.get(pk=first.pk)


def _send(message: ChatMessage, by: Actor) -> bool:
    """True when the next one may follow."""
    conversation, now = message.conversation, timezone.now()
    if message.valid_until is not None and message.valid_until <= now:
        return _end(message, SendState.FAILED, "expired", by)
    if conversation.zalo_user.window(now) == Window.CLOSED:
        return _end(message, SendState.FAILED, "too_late", by)
    try:
        answer = call_zalo(account=conversation.account, call=lambda session: _say(session, message), by=by)
    except ZaloError as error:
        return _after_error(message, error, by)
    _accept(message, answer.message_id[:120])
    return True


@transaction.atomic
def _accept(message: ChatMessage, provider_id: str) -> None:
    """Sent. An echo that came first and was not recognised as ours is the same message: it makes room."""
    conversation = lock_conversation(message.conversation)
    if provider_id:
        conversation.messages.outgoing().filter(provider_id=provider_id).exclude(pk=message.pk).delete()
    _held(message).update(state=SendState.SENT, provider_id=provider_id, last_error="", **_FREE)


def _say(session: Any, message: ChatMessage) -> Sent:
    user_id = message.conversation.zalo_user.user_id
    return send_consultation(session, user_id=user_id, message=_zalo_message(message))


def _zalo_message(message: ChatMessage) -> Message:
    buttons = message.body.get("buttons") or []
    return button_message(message.text, buttons) if buttons else text_message(message.text)


def _after_error(message: ChatMessage, error: ZaloError, by: Actor) -> bool:
    """Again later, not again, or nobody knows. True when the next message may follow."""
    if error.maybe_done:
        return _end(message, SendState.UNSURE, "unsure", by)
    attempts = message.attempts + 1
    if error.kind not in _AGAIN or attempts >= SEND_ATTEMPTS:
        return _end(message, SendState.FAILED, error.key[:40], by)
    wait = backoff(attempts, SEND_BACKOFF)
    again = {"state": SendState.QUEUED, "next_at": timezone.now() + wait, "attempts": attempts}
    _held(message).update(last_error=error.key[:40], **again, **_FREE)
    return False


def _held(message: ChatMessage) -> QuerySet[ChatMessage]:
    """Empty when the lease ran out, or an echo has settled it."""
    return ChatMessage.objects.filter(pk=message.pk, claim_token=message.claim_token, state=SendState.SENDING)


@transaction.atomic
def _end(message: ChatMessage, state: str, error: str, by: Actor) -> bool:
    """It did not go out, as far as we know: officers see it, also when the portal had spoken by itself."""
    conversation = lock_conversation(message.conversation)
    if _held(message).update(state=state, last_error=error, **_FREE):
        conversation.has_broken = True
        conversation.save(update_fields=["has_broken"])
        raise_to_officers(conversation=conversation, by=by, unread=0)
        logger.warning("chat message %s: %s", message.uid, error)
    return True


def send_due(*, by: Actor) -> int:
    """What no wake-up brought, and what a dead worker held; returns how many went out."""
    now = timezone.now()
    for message in ChatMessage.objects.lost(now).select_related("conversation")[:BATCH]:
        _end(message, SendState.UNSURE, "unsure", by)
    waiting = Conversation.objects.filter(messages__in=ChatMessage.objects.due(now)).distinct()
    uids = list(waiting.values_list("uid", flat=True)[:BATCH])
    return sum(send_waiting(conversation_uid=uid, by=by) for uid in uids)
