"""Who may do what with a conversation."""

from typing import Any

from portal.common.actors import Actor, SystemActor
from portal.officers.rules import has_permission

VIEW = "conversations.view_conversation"
ANSWER = "conversations.answer_conversation"


def is_system(by: Actor, obj: Any) -> bool:
    """Only the portal itself."""
    return isinstance(by, SystemActor)


def can_answer(by: Actor, conversation: Any) -> bool:
    """An officer who answers citizens of the conversation's unit."""
    return has_permission(by, ANSWER, conversation)


def holds(by: Actor, conversation: Any) -> bool:
    """The officer who took it; whoever else wants it takes it over first."""
    return can_answer(by, conversation) and conversation.assignee_id == getattr(by, "pk", None)


def can_resend(by: Actor, message: Any) -> bool:
    return can_answer(by, message.conversation)
