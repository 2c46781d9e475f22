"""A conversation remembers what it became in another room."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.errors import NotAllowed
from portal.conversations.actions.move_conversation import lock_conversation
from portal.conversations.models import Conversation, Outcome
from portal.conversations.rules import can_answer
from portal.conversations.targets import target_of
from portal.officers.models import Officer


@transaction.atomic
def note_outcome(*, conversation: Conversation, target: str, about: uuid.UUID, by: Officer) -> Outcome:
    """Keep that `target` was made as row `about`; saying it twice is once.

    NotAllowed `not_allowed`; ValueError for a target nobody registered.
    """
    if target_of(target) is None:
        raise ValueError(f"no room registered {target}")
    fresh = lock_conversation(conversation)
    if not can_answer(by, fresh):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    outcome, is_new = Outcome.objects.get_or_create(
        conversation=fresh, target=target, about=about, defaults={"officer": by}
    )
    if is_new:
        fresh.version += 1
        fresh.save(update_fields=["version"])
        detail = {"target": target, "about": str(about)}
        record(action="conversation.became", by=by, obj=fresh, unit=fresh.unit, detail=detail)
    return outcome
