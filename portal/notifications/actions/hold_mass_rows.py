"""What becomes of outbox rows of a mass message that nobody has taken yet: one UPDATE each.

The caller holds the lock of the mass message, so no row is added meanwhile.
"""

from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.enums import State
from portal.notifications.limits import after_quiet_hours
from portal.notifications.models import MassMessage
from portal.notifications.workflow import sources_of
from portal.zalo.actions.broadcast import cancel_broadcast


def hold_rows(mass: MassMessage) -> int:
    """Put off to the end of its validity, where nothing is sent any more; returns how many.

    Without its last error: a provider that recovers makes due what failed there.
    """
    waiting = mass.rows().filter(state=State.QUEUED, next_at__lt=mass.valid_until)
    return waiting.update(next_at=mass.valid_until, last_error="")


def release_rows(mass: MassMessage) -> int:
    """Let what was held go out now, at night at 06:00; returns how many."""
    start = after_quiet_hours(timezone.now())
    return mass.rows().filter(state=State.QUEUED, next_at__gte=mass.valid_until).update(next_at=start)


def cancel_rows(mass: MassMessage, by: Actor) -> int:
    """End what was not sent, an article to followers too; returns how many messages."""
    cancel_broadcast(about=mass.uid, by=by)
    waiting = mass.rows().filter(state__in=sources_of("cancel"))
    return waiting.update(state=State.CANCELLED, finished_at=timezone.now())
