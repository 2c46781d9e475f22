"""What Zalo tells becomes messages: once each, in any order; a closed conversation opens again."""

import hashlib
from typing import Any

from django.db import transaction

from portal.common.actors import Actor
from portal.conversations.actions.answer_citizen import answer_citizen
from portal.conversations.actions.keep_messages import keep_echo, keep_incoming
from portal.conversations.actions.move_conversation import lock_conversation, move_conversation
from portal.conversations.enums import ConversationState, MessageKind, SendState
from portal.conversations.limits import ECHO_WITHIN, MAX_ATTACHMENTS, MAX_HEARD
from portal.conversations.models import ChatMessage, Conversation
from portal.conversations.validators import clean_words
from portal.conversations.workflow import sources_of
from portal.units.models import Unit
from portal.units.queries import heirs_today
from portal.zalo.actions.remember_user import remember_user
from portal.zalo.events import CLICK, FOLLOW, SEEN, SUBMIT_INFO, Event
from portal.zalo.models import ZaloUser
from portal.zalo.models.events import user_id_hash

_KINDS = {FOLLOW: MessageKind.FOLLOW, CLICK: MessageKind.CLICK, SUBMIT_INFO: MessageKind.INFO}
_SENT, _ECHO = "user_send_", "oa_send_"
_LONGEST_ID = 120


@transaction.atomic
def hear_event(*, event: Event, by: Actor) -> ChatMessage | None:
    """Keep what somebody did or said, answer what the portal can answer, and raise the rest to officers.

    None for an event about nobody or one that is known.
    """
    if not event.user_id:
        return None
    conversation = _conversation_of(event)
    kind = kind_of(event.name, _SENT)
    message = keep_incoming(
        conversation=conversation,
        kind=kind,
        body=body_of(event),
        provider_id=id_of(event),
        at=event.happened_at,
    )
    if message is None:
        return None
    if kind == MessageKind.INFO:
        conversation.shared_info = shared_of(event)
        conversation.save(update_fields=["shared_info"])
    if not answer_citizen(conversation=conversation, message=message, by=by):
        raise_to_officers(conversation=conversation, by=by)
    return message


def raise_to_officers(*, conversation: Conversation, by: Actor, unread: int = 1) -> None:
    """A person has to answer: an open conversation waits for whoever holds it, a closed one for anybody."""
    counted: dict[str, Any] = {"unread": conversation.unread + unread}
    if conversation.state == ConversationState.CLOSED:
        to = ConversationState.UNASSIGNED
        move_conversation(conversation=conversation, to=to, by=by, **counted)
    elif conversation.state == ConversationState.WAITING:
        to, holder = ConversationState.ASSIGNED, conversation.assignee
        move_conversation(conversation=conversation, to=to, by=by, assignee=holder, **counted)
    else:
        conversation.unread = counted["unread"]
        conversation.save(update_fields=["unread"])


@transaction.atomic
def hear_echo(*, event: Event, by: Actor) -> ChatMessage | None:
    """The account said something: our own row gets its id, words from elsewhere join the history.

    None when it is known, or about somebody who never wrote.
    """
    conversation = _known(event)
    if conversation is None:
        return None
    facts, text = {"provider_id": id_of(event)}, body_of(event)["text"]
    known = conversation.messages.outgoing().filter(**facts).first()
    own = known or _own_row(conversation, text, event)
    if own is None:
        kind = kind_of(event.name, _ECHO)
        return keep_echo(
            conversation=conversation, kind=kind, body=body_of(event), at=event.happened_at, **facts
        )
    if known is None:
        free = {"claim_token": None, "claimed_until": None, "last_error": ""}
        ChatMessage.objects.filter(pk=own.pk).update(state=SendState.SENT, **facts, **free)
        conversation.has_broken = conversation.messages.broken().exists()
        conversation.save(update_fields=["has_broken"])
    return None


def _own_row(conversation: Conversation, text: str, event: Event) -> ChatMessage | None:
    """Our row whose answer from Zalo is still missing, or was lost: the same words, a moment ago."""
    since = event.happened_at - ECHO_WITHIN
    rows = conversation.messages.outgoing().filter(state__in=sources_of("accept"), happened_at__gte=since)
    return next((row for row in rows.in_order() if row.text == text), None)


@transaction.atomic
def note_receipt(*, event: Event, by: Actor) -> int:
    """Delivered or seen; receipts of messages that are none of ours change nothing. Returns how many."""
    conversation = _known(event) if event.message_ids else None
    if conversation is None:
        return 0
    verb, to = ("see", SendState.SEEN) if event.name == SEEN else ("deliver", SendState.DELIVERED)
    rows = conversation.messages.outgoing().filter(provider_id__in=event.message_ids)
    return rows.filter(state__in=sources_of(verb)).update(state=to)


# ---- whose conversation


def _conversation_of(event: Event) -> Conversation:
    remember_user(event)
    user = ZaloUser.objects.get(account=event.account, user_id_hash=user_id_hash(event.user_id))
    first = {"unit": _unit_of(event), "account": event.account, "last_at": event.happened_at}
    conversation, _is_new = Conversation.objects.get_or_create(zalo_user=user, defaults=first)
    return lock_conversation(conversation)


def _unit_of(event: Event) -> Unit:
    """The account's unit, or who took over from it."""
    unit = event.account.unit
    return next(iter(heirs_today(unit)), unit)


def _known(event: Event) -> Conversation | None:
    if not event.user_id:
        return None
    hashed = user_id_hash(event.user_id)
    rows = Conversation.objects.filter(account=event.account, zalo_user__user_id_hash=hashed)
    conversation = rows.first()
    return None if conversation is None else lock_conversation(conversation)


# ---- reading


def kind_of(name: str, prefix: str) -> str:
    """The kind an event's name says; OTHER for one nobody told us of."""
    if name in _KINDS:
        return _KINDS[name]
    word = name.removeprefix(prefix)
    return word if word in MessageKind.values else MessageKind.OTHER


def id_of(event: Event) -> str:
    """Zalo's id of the message; for events without one, their name and moment."""
    found = next(iter(event.message_ids), "") or f"{event.name}:{int(event.happened_at.timestamp() * 1000)}"
    return found if len(found) <= _LONGEST_ID else hashlib.sha256(found.encode()).hexdigest()


def body_of(event: Event) -> dict[str, Any]:
    """What is kept of a message: words, what hangs on it, where."""
    found: dict[str, Any] = {"text": clean_words(event.text)[:MAX_HEARD]}
    attachments = event.message.get("attachments")
    if isinstance(attachments, list):
        found["attachments"] = [_attachment(one) for one in attachments[:MAX_ATTACHMENTS]]
    if event.location is not None:
        found["location"] = list(event.location)
    return found


def _attachment(one: Any) -> dict[str, str]:
    """Only texts of known names; an address is shown only when it is https (queries.shown_attachments)."""
    outer = one if isinstance(one, dict) else {}
    given = outer.get("payload")
    payload: dict[str, Any] = given if isinstance(given, dict) else {}
    found = {"type": str(outer.get("type") or "")[:20]}
    for name in ("url", "name", "size", "description"):
        if payload.get(name):
            found[name] = clean_words(str(payload[name]))[:500]
    return found


def shared_of(event: Event) -> dict[str, str]:
    """Name, phone and place that somebody shared himself; old and new names of the fields. [1]"""
    info = event.content.get("info")
    info = info if isinstance(info, dict) else {}
    full = info.get("full_address")
    place: dict[str, Any] = full if isinstance(full, dict) else info
    address = [
        place.get(name) for name in ("user_address", "user_ward", "user_city", "address", "district", "city")
    ]
    found = {
        "name": str(info.get("name") or ""),
        "phone": str(info.get("phone") or ""),
        "address": ", ".join(str(part) for part in address if isinstance(part, str) and part),
    }
    return {name: clean_words(value)[:200] for name, value in found.items() if value}
