"""What becomes of open conversations, ready words and shifts when units merge."""

from collections.abc import Sequence
from datetime import date

from portal.common.actors import Actor
from portal.conversations.enums import ConversationState
from portal.conversations.models import Conversation, QuickReply, Shift
from portal.units.models import Unit


def move_conversations(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """Open ones go to the main successor; the account they are held over stays what it is."""
    rows = Conversation.objects.filter(unit=predecessor).exclude(state=ConversationState.CLOSED)
    return rows.update(unit=successors[0])


def move_quick_replies(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """Those whose name the main successor does not use itself."""
    taken = QuickReply.objects.filter(unit=successors[0]).values_list("title", flat=True)
    rows = QuickReply.objects.filter(unit=predecessor).exclude(title__in=list(taken))
    return rows.update(unit=successors[0])


def move_shifts(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """The roster goes with its people; one that stands there already stays behind."""
    columns = ("officer_id", "weekday", "opens")
    taken = set(Shift.objects.filter(unit=successors[0]).values_list(*columns))
    rows = Shift.objects.filter(unit=predecessor).values_list("pk", *columns)
    moving = [pk for pk, *place in rows if tuple(place) not in taken]
    return Shift.objects.filter(pk__in=moving).update(unit=successors[0])
