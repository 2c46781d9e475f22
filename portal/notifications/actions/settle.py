"""Writing down what a call ended with. Only the holder of the claim may end it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim
from portal.notifications.actions.contact_points import refuse_channel
from portal.notifications.actions.request_call import open_call
from portal.notifications.channels.base import Accepted
from portal.notifications.channels.errors import ChannelError, rule_of
from portal.notifications.enums import Channel, ErrorKind, Outcome, State
from portal.notifications.limits import ASK_REPORT_AFTER, may_try_again, wait_seconds
from portal.notifications.models import MessageTemplate, OutboxMessage

_RELEASED: dict[str, Any] = {"claim_token": None, "claimed_until": None}


def settle_accepted(*, claim: Claim, accepted: Accepted, template: MessageTemplate, by: Actor) -> str:
    """The provider took the message. A receipt may have been faster: then only the facts are added."""
    now = timezone.now()
    facts = {
        "template": template,
        "provider": claim.attempt.provider,
        "provider_ref": accepted.provider_ref,
        "parts": accepted.parts,
        "cost": estimated_cost(accepted),
        "accepted_at": now,
        "report_due": now + ASK_REPORT_AFTER,
    }
    with transaction.atomic():
        moved = _held(claim).update(state=State.ACCEPTED, last_error="", **facts, **_RELEASED)
        if not moved:
            OutboxMessage.objects.filter(pk=claim.message.pk, accepted_at__isnull=True).update(**facts)
        _finish(claim, Outcome.ACCEPTED, "", now)
    return Outcome.ACCEPTED


def estimated_cost(accepted: Accepted) -> int | None:
    """What the message will cost; the provider's report says it better later."""
    if accepted.cost is not None:
        return accepted.cost
    return None if accepted.parts is None else accepted.parts * settings.SMS_PART_PRICE


def settle_dropped(*, claim: Claim, code: str, by: Actor) -> str:
    """The recipient does not want this: nothing was sent and nothing will be.

    Somebody who must be told is called instead: what he refused were messages.
    """
    now, message = timezone.now(), claim.message
    if Channel.CALL in message.plan:
        return _go_to_call(claim, code, now)
    with transaction.atomic():
        _held(claim).update(state=State.CANCELLED, last_error=code, finished_at=now, **_RELEASED)
        _finish(claim, Outcome.FAILED, code, now)
    return Outcome.FAILED


def _go_to_call(claim: Claim, code: str, now: dt.datetime) -> str:
    hop = claim.message.plan.index(Channel.CALL)
    with transaction.atomic():
        _held(claim).update(
            state=State.QUEUED, hop=hop, attempts=0, next_at=now, last_error=code, **_RELEASED
        )
        _finish(claim, Outcome.FALLBACK, code, now)
    return Outcome.FALLBACK


def settle_call(*, claim: Claim, by: Actor) -> str:
    """An officer takes over: the message waits for what the call list says."""
    with transaction.atomic():
        if _held(claim).update(state=State.CALLING, last_error="", **_RELEASED):
            open_call(message=claim.message, by=by)
        _finish(claim, Outcome.ACCEPTED, "", timezone.now())
    return Outcome.ACCEPTED


def settle_error(*, claim: Claim, error: ChannelError, by: Actor) -> tuple[str, float | None]:
    """Back to the queue, on to the next channel, or the end; returns the outcome and seconds to wait."""
    now, message = timezone.now(), claim.message
    outcome, wait, change = verdict(message, error)
    if wait is not None:
        change["next_at"] = now + dt.timedelta(seconds=wait)
    else:
        change["finished_at"] = now
    with transaction.atomic():
        _held(claim).update(last_error=error.code, **change, **_RELEASED)
        if rule_of(error.code).refuses:
            refuse_channel(contact_point=message.recipient, channel=message.channel, by=by)
        _finish(claim, outcome, error.code, now)
    return outcome, wait


def verdict(message: OutboxMessage, error: ChannelError) -> tuple[str, float | None, dict[str, Any]]:
    """What an error means for a message: outcome, seconds to wait (None: it ends), what to write.

    A channel that can never carry a message ends it, so that officers see why; what must be read climbs on
    to the next channel all the same, and a call is the last of them.
    """
    kind = error.kind_for(urgent=message.is_urgent, must_reach=message.must_reach)
    facts: dict[str, Any] = {
        "message_class": message.message_class,
        "kind": kind,
        "attempts": message.attempts,
    }
    if may_try_again(
        **facts,
        call_follows=message.call_follows,
        text_follows=message.text_follows,
        urgent=message.is_urgent,
    ):
        return Outcome.RETRY, wait_seconds(**facts, retry_after=error.retry_after), {"state": State.QUEUED}
    has_other_channel = message.hop + 1 < len(message.plan)
    if has_other_channel and (kind != ErrorKind.PERMANENT or message.must_reach):
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
    attempt.save(update_fields=["outcome", "error_code", "finished_at", "took_ms"])
