"""Taking a message for sending: one conditional UPDATE decides between rivals."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.enums import State
from portal.notifications.models import DeliveryAttempt, OutboxMessage


@dataclass(frozen=True)
class Claim:
    """A message held under `message.claim_token`, and the attempt row written for the call to come."""

    message: OutboxMessage
    attempt: DeliveryAttempt


def claim_message(*, message_uid: UUID, by: Actor) -> Claim | None:
    """Hold the message for OUTBOX_LEASE_SECONDS and write its attempt; None when it is not to be sent now.

    Takes what is due, and what another worker took and never finished: nobody knows whether that call
    reached the provider, which is why every try carries the same request id.
    """
    now, token = timezone.now(), uuid4()
    with transaction.atomic():
        taken = (
            OutboxMessage.objects.filter(uid=message_uid)
            .claimable(now)
            .update(
                state=State.CLAIMED,
                claim_token=token,
                claimed_until=now + dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS),
                attempts=F("attempts") + 1,
            )
        )
        if not taken:
            return None
        message = OutboxMessage.objects.select_related("recipient", "unit").get(uid=message_uid)
        attempt = DeliveryAttempt.objects.create(
            message=message,
            send_round=message.send_round,
            hop=message.hop,
            number=message.attempts,
            channel=message.channel,
            started_at=now,
        )
    return Claim(message, attempt)
