"""What this room answers when a lower room asks, and the answers it knows itself."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.models import Booking
from appointments.origins import FIELD, register_origin
from portal.citizens.personal_data import Unlinked, register_personal_data
from portal.common.actors import SystemActor
from portal.common.clock import show_date
from portal.conversations.actions.hear_event import hear_echo, hear_event, note_receipt
from portal.conversations.actions.move_rows import move_conversations, move_quick_replies, move_shifts
from portal.conversations.actions.note_outcome import note_outcome
from portal.conversations.answers.codes import answer_code
from portal.conversations.answers.menu import answer_menu
from portal.conversations.answers.registry import register_answerer
from portal.conversations.models import Conversation
from portal.conversations.queries import inbox_alerts
from portal.conversations.rules import ANSWER
from portal.conversations.targets import Target, register_target
from portal.officers.attention import Attention, register_attention
from portal.officers.models import Officer
from portal.units.succession import register_succession
from portal.zalo.events import INTERACTIONS, RECEIVED, SEEN, Event, register_event_handler

LISTENER = SystemActor("conversations")
BOOKING, ORIGIN = "booking", "conversation"
# What the account says from elsewhere. [2 names, 1 the rest]
ECHOES = tuple(f"oa_send_{kind}" for kind in ("text", "image", "gif", "list", "file", "sticker", "template"))


def hear(event: Event) -> None:
    hear_event(event=event, by=LISTENER)


def echo(event: Event) -> None:
    hear_echo(event=event, by=LISTENER)


def receipt(event: Event) -> None:
    if not event.by_phone:
        note_receipt(event=event, by=LISTENER)


class BackToConversation:
    """Tells the booking pages where an officer came from, and remembers the visit that came of it."""

    def way_back(self, *, uid: UUID, by: Any) -> str:
        found = Conversation.objects.visible_to(by).filter(uid=uid).first()
        return _page_of(found) if found is not None else ""

    def booked(self, *, uid: UUID, booking: Booking, by: Any) -> None:
        conversation = Conversation.objects.get(uid=uid)
        note_outcome(conversation=conversation, target=BOOKING, about=booking.uid, by=by)


def may_book(officer: Officer, conversation: Conversation) -> bool:
    """The pages of the counter ask for both of the first two."""
    rights = ("appointments.check_in_booking", "appointments.book_booking", ANSWER)
    return all(officer.has_perm(right, conversation.unit) for right in rights)


def booking_pages(conversation: Conversation) -> str:
    return f"{reverse('counter:sessions')}?{FIELD}={ORIGIN}:{conversation.uid}"


def show_booking(uid: UUID, officer: Officer) -> tuple[str, str]:
    """The visit in one line; a link for whoever may open it."""
    booking = Booking.objects.select_related("slot", "session", "unit").filter(uid=uid).first()
    if booking is None:
        return str(_("Lịch hẹn đã lưu trữ")), ""
    facts = {
        "number": booking.number,
        "time": booking.slot.hours,
        "date": show_date(booking.session.date),
        "state": booking.get_status_display(),
    }
    words = _("Lịch hẹn số %(number)s, %(time)s ngày %(date)s: %(state)s") % facts
    may_open = officer.has_perm("appointments.view_booking", booking)
    return words, reverse("admin:appointments_booking_change", args=[booking.pk]) if may_open else ""


def _page_of(conversation: Conversation) -> str:
    return reverse("admin:conversations_conversation_change", args=[conversation.pk])


def talks_attention(officer: Officer) -> list[Attention]:
    """Dangers nobody has answered, and answers that did not go out."""
    return [Attention(text, page) for text, page in inbox_alerts(officer)]


def register_handlers() -> None:
    register_attention(talks_attention)
    register_origin(ORIGIN, BackToConversation())
    register_target(Target(BOOKING, _("Đặt lịch hẹn"), may_book, booking_pages, show_booking))
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
