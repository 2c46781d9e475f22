"""What the clock does: conversations nobody goes on with are closed, old ones are erased."""

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.conversations.actions.move_conversation import lock_conversation, move_conversation
from portal.conversations.enums import ConversationState
from portal.conversations.limits import IDLE, KEPT
from portal.conversations.models import Conversation

BATCH = 500


def close_idle(*, by: Actor) -> int:
    """Close what has waited for a citizen for seven days: Zalo takes no answer any more. Returns how many."""
    before, closed = timezone.now() - IDLE, 0
    for one in Conversation.objects.idle(before).order_by("last_at")[:BATCH]:
        with transaction.atomic():
            fresh = lock_conversation(one)
            if Conversation.objects.idle(before).filter(pk=fresh.pk).exists():
                move_conversation(conversation=fresh, to=ConversationState.CLOSED, by=by)
                closed += 1
    return closed


@transaction.atomic
def forget_conversations(*, by: Actor) -> int:
    """Erase conversations whose last word is 90 days old, with all that was said. Returns how many."""
    before = timezone.now() - KEPT
    old = Conversation.objects.forgotten(before).order_by("last_at").values_list("pk", flat=True)
    rows = Conversation.objects.select_for_update().filter(pk__in=list(old[:BATCH]))
    gone = list(rows.filter(last_at__lt=before).values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=gone).delete()
    return len(gone)
