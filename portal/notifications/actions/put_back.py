"""Messages that were held but offered to nobody: the account has no turn, or its provider rests.

No call was made, so no try is counted. Otherwise an outage would use up the tries of messages that nobody
tried to send, and double their waits until they came hours after the provider.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim
from portal.notifications.channels.errors import ChannelError
from portal.notifications.enums import State
from portal.notifications.models import DeliveryAttempt, OutboxMessage


def is_untried(claim: Claim, error: ChannelError) -> bool:
    """True when nothing was tried and no other channel could carry the message meanwhile."""
    if error.code == "turn_taken":
        return True
    message = claim.message
    return error.code == "provider_resting" and message.hop + 1 == len(message.plan)


def put_back(*, claims: Sequence[Claim], code: str, wait: float, by: Actor) -> None:
    """Back to the queue for `wait` seconds, as if never taken: three statements, however many messages."""
    if not claims:
        return
    with transaction.atomic():
        held = OutboxMessage.objects.filter(
            pk__in=[claim.message.pk for claim in claims],
            state=State.CLAIMED,
            claim_token__in={claim.message.claim_token for claim in claims},
        )
        held.update(
            state=State.QUEUED,
            next_at=timezone.now() + dt.timedelta(seconds=wait),
            attempts=F("attempts") - 1,
            last_error=code,
            claim_token=None,
            claimed_until=None,
        )
        DeliveryAttempt.objects.filter(pk__in=[claim.attempt.pk for claim in claims]).delete()
