"""Sending one message: claim, call, settle. The call stands between two commits, never inside one.

What happens when the process dies:
- before the claim: nothing, the sweeper finds the row;
- after the claim, before or during the call: the lease runs out, the row is taken again;
- after the provider accepted, before the outcome is written: the same, and the provider recognises the
  request id and sends nothing twice.
"""

import logging
import time
from uuid import UUID

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim, claim_message
from portal.notifications.actions.prepare import Preparer, Ready, Refused
from portal.notifications.actions.providers import take_turns, turn_wait
from portal.notifications.actions.put_back import is_untried, put_back
from portal.notifications.actions.settle import settle_accepted, settle_call, settle_dropped, settle_error
from portal.notifications.channels.base import Accepted
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.lookup import find_channel
from portal.notifications.enums import Channel, Outcome
from portal.notifications.limits import WAKE_WITHIN
from portal.notifications.wake import wake

logger = logging.getLogger(__name__)


def deliver(*, message_uid: UUID, by: Actor) -> str | None:
    """Send the message if it is due and nobody else is at it; call it outside any transaction.

    Returns what the call ended with (enums.Outcome), None when there was nothing to do. Never raises for
    what a channel or a template does wrong: that is written into the row.
    """
    claim = claim_message(message_uid=message_uid, by=by)
    if claim is None:
        return None
    if claim.message.channel == Channel.CALL:
        return settle_call(claim=claim, by=by)
    try:
        ready = Preparer([claim]).prepare(claim)
        _take_turn(claim)
        accepted = _send(ready)
    except Refused as refusal:
        return _settle_refused(claim, refusal.code, by)
    except ChannelError as error:
        return _settle_error(claim, error, by)
    return settle_accepted(claim=claim, accepted=accepted, template=ready.template, by=by)


def _settle_refused(claim: Claim, code: str, by: Actor) -> str:
    outcome = settle_dropped(claim=claim, code=code, by=by)
    if outcome == Outcome.FALLBACK:
        wake(claim.message.uid, claim.message.message_class)
    return outcome


def _take_turn(claim: Claim) -> None:
    provider = claim.attempt.provider
    if not take_turns(provider, 1, claim.message.message_class):
        raise ChannelError("turn_taken", retry_after=turn_wait(provider))


def _send(ready: Ready) -> Accepted:
    attempt, started = ready.claim.attempt, time.monotonic()
    try:
        return find_channel(attempt.channel, attempt.provider).send(ready.outgoing)
    except ChannelError:
        raise
    except Exception as error:
        # A fault of ours must not hold the row until its lease ends; its words may quote the message.
        logger.error(
            "channel %s raised %s for message %s", attempt.channel, type(error).__name__, ready.outgoing.uid
        )
        raise ChannelError("channel_crashed") from error
    finally:
        attempt.took_ms = round((time.monotonic() - started) * 1000)


def _settle_error(claim: Claim, error: ChannelError, by: Actor) -> str:
    outcome, wait = _settle_or_put_back(claim, error, by)
    logger.warning("message %s: %s, %s", claim.message.uid, error.code, outcome)
    if wait is not None and wait <= WAKE_WITHIN:
        wake(claim.message.uid, claim.message.message_class, after=wait)
    return outcome


def _settle_or_put_back(claim: Claim, error: ChannelError, by: Actor) -> tuple[str, float | None]:
    if not is_untried(claim, error):
        return settle_error(claim=claim, error=error, by=by)
    wait = error.retry_after or 0.0
    put_back(claims=[claim], code=error.code, wait=wait, by=by)
    return Outcome.RETRY, wait
