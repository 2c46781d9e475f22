"""Keeping what somebody typed while they wait in the queue without JavaScript."""

import datetime as dt
from typing import Any

from django.utils import timezone

from portal.citizens.device_secrets import hash_secret, new_secret
from portal.citizens.models import WaitingRequest
from portal.citizens.rules import TICKET_SECONDS


def keep_waiting(*, path: str, fields: list[list[Any]], ticket: str, seconds: int) -> str:
    """Store `fields` ([[name, value], …], encrypted) until the turn is over; the secret that finds them."""
    secret = new_secret()
    turn_at = timezone.now() + dt.timedelta(seconds=seconds)
    WaitingRequest.objects.create(
        token_hash=hash_secret(secret),
        path=path,
        fields=fields,
        ticket=ticket,
        turn_at=turn_at,
        expires_at=turn_at + dt.timedelta(seconds=TICKET_SECONDS),
    )
    return secret


def find_waiting(secret: str) -> WaitingRequest | None:
    """What is kept under this secret; None when its time is over."""
    rows = WaitingRequest.objects.filter(token_hash=hash_secret(secret), expires_at__gt=timezone.now())
    return rows.first()
