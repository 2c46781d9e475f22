"""The gate of a conversation: lock the row, ask the table, set, keep an entry, journal."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.conversations.enums import ConversationState
from portal.conversations.models import Conversation, StatusEntry
from portal.conversations.rules import can_answer
from portal.conversations.validators import clean_note
from portal.conversations.workflow import CONVERSATION_WORKFLOW, HELD
from portal.officers.models import Officer


def lock_conversation(conversation: Conversation) -> Conversation:
    """The row as it is now, held until the transaction ends."""
    rows = Conversation.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("unit", "account__unit", "zalo_user", "assignee").get(pk=conversation.pk)


def move_conversation(
    *,
    conversation: Conversation,
    to: str,
    by: Actor,
    assignee: Officer | None = None,
    note: str | None = None,
    **changes: Any,
) -> Conversation:
    """Move a row that lock_conversation returned, in the caller's transaction.

    `assignee` is who holds it in a state that somebody holds. Conflict `move_not_allowed`; NotAllowed.
    """
    frm = conversation.state
    move = CONVERSATION_WORKFLOW.check(frm, to, by=by, obj=conversation)
    wanted = {"state": to, "assignee": assignee if to in HELD else None, **changes}
    wanted["version"] = conversation.version + 1
    for name, value in wanted.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(wanted))
    StatusEntry.objects.create(
        conversation=conversation,
        frm=frm,
        to=to,
        verb=move.verb,
        actor=by.actor_ref,
        assignee=conversation.assignee,
        note=note,
    )
    record(
        action=f"conversation.{move.verb}",
        by=by,
        obj=conversation,
        unit=conversation.unit,
        detail={"to": str(to)},
    )
    return conversation


@transaction.atomic
def take_conversation(*, conversation: Conversation, by: Officer) -> Conversation:
    """Answer this one oneself, also instead of a colleague; taking one's own changes nothing.

    Conflict `move_not_allowed`; NotAllowed.
    """
    fresh = lock_conversation(conversation)
    if fresh.state in HELD and fresh.assignee_id == by.pk and can_answer(by, fresh):
        return fresh
    return move_conversation(conversation=fresh, to=ConversationState.ASSIGNED, by=by, assignee=by)


@transaction.atomic
def hand_over(
    *, conversation: Conversation, colleague: Officer | None, note: str = "", by: Officer
) -> Conversation:
    """Give it to a colleague with a few words for him.

    ValidationError `colleague_required`, `colleague_cannot_answer`, `text_too_long`; Conflict; NotAllowed.
    """
    words, fresh = clean_note(note), lock_conversation(conversation)
    if colleague is None:
        raise _fault(_("Xin chọn đồng nghiệp."), "colleague_required")
    if not can_answer(colleague, fresh):
        text = _("Đồng chí này không trả lời công dân của đơn vị. Xin chọn người khác.")
        raise _fault(text, "colleague_cannot_answer")
    if fresh.state == ConversationState.CLOSED:
        raise Conflict("move_not_allowed", _("Cuộc trò chuyện đã xong. Mở lại trước khi chuyển."))
    to = ConversationState.ASSIGNED
    return move_conversation(conversation=fresh, to=to, by=by, assignee=colleague, note=words)


@transaction.atomic
def put_back(*, conversation: Conversation, by: Officer) -> Conversation:
    """Back to the common inbox. Conflict `move_not_allowed`; NotAllowed."""
    fresh = lock_conversation(conversation)
    return move_conversation(conversation=fresh, to=ConversationState.UNASSIGNED, by=by)


@transaction.atomic
def close_conversation(*, conversation: Conversation, seen: int, by: Officer) -> Conversation:
    """Nothing is left to say. `seen` is the version the officer read: a later word is not closed away.

    Conflict `conversation_changed`, `move_not_allowed`; NotAllowed.
    """
    fresh = lock_conversation(conversation)
    CONVERSATION_WORKFLOW.check(fresh.state, ConversationState.CLOSED, by=by, obj=fresh)
    check_seen(fresh, seen)
    settled: dict[str, Any] = {"unread": 0, "is_urgent": False}
    return move_conversation(conversation=fresh, to=ConversationState.CLOSED, by=by, **settled)


def check_seen(conversation: Conversation, seen: int) -> None:
    """Conflict `conversation_changed` when something happened since the officer looked."""
    if seen != conversation.version:
        raise Conflict(
            "conversation_changed",
            _("Vừa có thay đổi trong cuộc trò chuyện này. Xin đọc phần mới ở trên rồi bấm lại."),
        )


def _fault(text: str, code: str) -> ValidationError:
    return ValidationError({"colleague": ValidationError(text, code=code)})
