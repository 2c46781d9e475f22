"""Writing down what a call ended with. Only the holder of the claim may end it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim
from portal.notifications.channels.base import Accepted
from portal.notifications.channels.errors import ChannelError
from portal.notifications.enums import ErrorKind, Outcome, State
from portal.notifications.limits import may_try_again, wait_seconds
from portal.notifications.models import MessageTemplate, OutboxMessage

_RELEASED: dict[str, Any] = {"claim_token": None, "claimed_until": None}


def settle_accepted(*, claim: Claim, accepted: Accepted, template: MessageTemplate, by: Actor) -> str:
    """The provider took the message. A receipt may have been faster: then only the facts are added."""
    now = timezone.now()
    facts = {
        "template": template,
        "provider_ref": accepted.provider_ref,
        "parts": accepted.parts,
        "accepted_at": now,
    }
    with transaction.atomic():
        moved = _held(claim).update(state=State.ACCEPTED, last_error="", **facts, **_RELEASED)
        if not moved:
            OutboxMessage.objects.filter(pk=claim.message.pk, accepted_at__isnull=True).update(**facts)
        _finish(claim, Outcome.ACCEPTED, "", now)
    return Outcome.ACCEPTED


def settle_dropped(*, claim: Claim, code: str, by: Actor) -> str:
    """The recipient does not want this: nothing was sent and nothing will be."""
    now = timezone.now()
    with transaction.atomic():
        _held(claim).update(state=State.CANCELLED, last_error=code, finished_at=now, **_RELEASED)
        _finish(claim, Outcome.FAILED, code, now)
    return Outcome.FAILED


def settle_error(*, claim: Claim, error: ChannelError, by: Actor) -> tuple[str, float | None]:
    """Back to the queue, on to the next channel, or the end; returns the outcome and seconds to wait."""
    now, message = timezone.now(), claim.message
    outcome, wait, change = _verdict(message, error)
    if wait is not None:
        change["next_at"] = now + dt.timedelta(seconds=wait)
    else:
        change["finished_at"] = now
    with transaction.atomic():
        _held(claim).update(last_error=error.code, **change, **_RELEASED)
        _finish(claim, outcome, error.code, now)
    return outcome, wait


def _verdict(message: OutboxMessage, error: ChannelError) -> tuple[str, float | None, dict[str, Any]]:
    has_other_channel = message.hop + 1 < len(message.plan)
    facts: dict[str, Any] = {
        "message_class": message.message_class,
        "kind": error.kind,
        "attempts": message.attempts,
    }
    if may_try_again(**facts):
        return Outcome.RETRY, wait_seconds(**facts, retry_after=error.retry_after), {"state": State.QUEUED}
    if has_other_channel and error.kind != ErrorKind.PERMANENT:
        return Outcome.FALLBACK, 0, {"state": State.QUEUED, "hop": message.hop + 1, "attempts": 0}
    return Outcome.FAILED, None, {"state": State.FAILED}


def _held(claim: Claim) -> Any:
    """Empty when the lease ran out and somebody else holds it, or a receipt ended the message."""
    return OutboxMessage.objects.filter(
        pk=claim.message.pk, state=State.CLAIMED, claim_token=claim.message.claim_token
    )


def _finish(claim: Claim, outcome: str, code: str, now: dt.datetime) -> None:
    attempt = claim.attempt
    attempt.outcome, attempt.error_code, attempt.finished_at = outcome, code, now
    attempt.save(update_fields=["outcome", "error_code", "finished_at"])
