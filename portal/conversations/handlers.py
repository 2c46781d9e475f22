"""What this room answers when a lower room asks, and the answers it knows itself."""

from portal.citizens.personal_data import Unlinked, register_personal_data
from portal.common.actors import SystemActor
from portal.conversations.actions.hear_event import hear_echo, hear_event, note_receipt
from portal.conversations.actions.move_rows import move_conversations, move_quick_replies, move_shifts
from portal.conversations.answers.codes import answer_code
from portal.conversations.answers.menu import answer_menu
from portal.conversations.answers.registry import register_answerer
from portal.units.succession import register_succession
from portal.zalo.events import INTERACTIONS, RECEIVED, SEEN, Event, register_event_handler

LISTENER = SystemActor("conversations")
# What the account says from elsewhere. [2 names, 1 the rest]
ECHOES = tuple(f"oa_send_{kind}" for kind in ("text", "image", "gif", "list", "file", "sticker", "template"))


def hear(event: Event) -> None:
    hear_event(event=event, by=LISTENER)


def echo(event: Event) -> None:
    hear_echo(event=event, by=LISTENER)


def receipt(event: Event) -> None:
    if not event.by_phone:
        note_receipt(event=event, by=LISTENER)


def register_handlers() -> None:
    register_event_handler(INTERACTIONS, hear)
    register_event_handler(ECHOES, echo)
    register_event_handler((RECEIVED, SEEN), receipt)
    register_answerer("codes", answer_code, order=10)
    register_answerer("menu", answer_menu, order=20)
    register_succession("conversations.Conversation", move_conversations)
    register_succession("conversations.QuickReply", move_quick_replies)
    register_succession("conversations.Shift", move_shifts)
    for label in ("Conversation", "ChatMessage", "StatusEntry"):
        register_personal_data(f"conversations.{label}", TALK)


TALK = Unlinked(
    "What somebody and a unit wrote to each other over Zalo, and what officers noted to each other on it.",
    "90 days after the last message, then erased with everything in it.",
    "Belongs to a Zalo id; even one linked to a phone may be a family's, so it is told to nobody by name.",
)
