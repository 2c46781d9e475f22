"""Taking messages for sending: one conditional UPDATE decides between rivals."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.providers import Chooser
from portal.notifications.channels.errors import ChannelError
from portal.notifications.enums import Channel, State
from portal.notifications.models import DeliveryAttempt, OutboxMessage
from portal.units.models import Unit


@dataclass(frozen=True)
class Claim:
    """A message held under `message.claim_token`, and the attempt row written for the call to come.

    `obstacle`: why there is nobody to call at this moment.
    """

    message: OutboxMessage
    attempt: DeliveryAttempt
    obstacle: ChannelError | None = None


def claim_message(*, message_uid: UUID, by: Actor) -> Claim | None:
    """Hold the message for OUTBOX_LEASE_SECONDS and write its attempt; None when it is not to be sent now.

    Takes what is due, and what another worker took and never finished: nobody knows whether that call
    reached the provider, which is why every try carries the same request id.
    """
    now, token = timezone.now(), uuid4()
    with transaction.atomic():
        taken = OutboxMessage.objects.filter(uid=message_uid).claimable(now).update(**_held(now, token))
        if not taken:
            return None
        message = OutboxMessage.objects.select_related("recipient", "unit").get(uid=message_uid)
        claim = _claim_of(message, now, Chooser(now))
        claim.attempt.save()
    return claim


def claim_many(*, message_class: str, limit: int, by: Actor) -> list[Claim]:
    """The same for up to `limit` due messages of a class, the oldest first, in a handful of statements."""
    now, token = timezone.now(), uuid4()
    with transaction.atomic():
        picked = _pick(message_class, limit, now)
        rows = OutboxMessage.objects.filter(pk__in=picked).claimable(now)
        if not picked or not rows.update(**_held(now, token)):
            return []
        mine = _with_units(OutboxMessage.objects.filter(pk__in=picked, claim_token=token))
        chooser = Chooser(now)
        claims = [_claim_of(message, now, chooser) for message in mine]
        DeliveryAttempt.objects.bulk_create([claim.attempt for claim in claims])
    return claims


def _pick(message_class: str, limit: int, now: dt.datetime) -> list[int]:
    """Rows nobody else is about to take; on SQLite there is one writer at a time anyway."""
    rows = OutboxMessage.objects.filter(message_class=message_class)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    # Two questions, because an OR of two partial indexes would read the whole table.
    due = list(rows.due(now).order_by("next_at").values_list("pk", flat=True)[:limit])
    left = limit - len(due)
    return due + (list(rows.abandoned(now).values_list("pk", flat=True)[:left]) if left else [])


def _with_units(rows: QuerySet[OutboxMessage]) -> list[OutboxMessage]:
    """A batch has many recipients and few units: each unit is read once, not beside every message."""
    messages = list(rows.select_related("recipient"))
    units = Unit.objects.in_bulk({message.unit_id for message in messages})
    for message in messages:
        message.unit = units[message.unit_id]
    return messages


def _held(now: dt.datetime, token: UUID) -> dict[str, Any]:
    return {
        "state": State.CLAIMED,
        "claim_token": token,
        "claimed_until": now + dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS),
        "attempts": F("attempts") + 1,
    }


def _claim_of(message: OutboxMessage, now: dt.datetime, chooser: Chooser) -> Claim:
    provider, obstacle = "", None
    if message.channel != Channel.CALL:
        try:
            provider = chooser.choose(message)
        except ChannelError as error:
            obstacle = error
    attempt = DeliveryAttempt(
        message=message,
        send_round=message.send_round,
        hop=message.hop,
        number=message.attempts,
        channel=message.channel,
        provider=provider,
        started_at=now,
    )
    return Claim(message, attempt, obstacle)
