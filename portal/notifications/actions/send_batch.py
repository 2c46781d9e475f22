"""Sending many messages of a class: claim a batch, call side by side, write down at once.

The same promises as deliver: an attempt row before the call, a lease, one request id over all tries. Many
messages share the statements, so that the database works per batch and not per message.
"""

import logging
import time

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim, claim_many
from portal.notifications.actions.prepare import Preparer, Ready, Refused
from portal.notifications.actions.providers import room, take_turns, turn_wait
from portal.notifications.actions.put_back import is_untried, put_back
from portal.notifications.actions.settle import settle_call, settle_dropped
from portal.notifications.actions.settle_many import Failed, Taken, settle_many_accepted, settle_many_errors
from portal.notifications.channels.base import Accepted, Answered
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.lookup import find_channel
from portal.notifications.enums import Channel, MessageClass

logger = logging.getLogger(__name__)

BATCH = 400
# Notices share their workers with codes: one round of calls, then the next code may come.
SMALL_BATCH = 100
# A worker of a small installation also sends codes: it never works on a batch longer than this.
SLICE_SECONDS = 3.0


def send_slice(*, message_class: str, seconds: float = SLICE_SECONDS, by: Actor) -> int:
    """Send batches until nothing is due, `seconds` are over, or the accounts have no turns left.

    Returns how many messages were taken.
    """
    end, sent = time.monotonic() + seconds, 0
    batch = BATCH if message_class == MessageClass.BULK else SMALL_BATCH
    while time.monotonic() < end:
        limit = room(batch)
        taken = send_batch(message_class=message_class, limit=limit, by=by) if limit > 0 else 0
        sent += taken
        if taken < limit or limit <= 0:
            break
    return sent


def send_batch(*, message_class: str, limit: int = BATCH, by: Actor) -> int:
    """One batch; call it outside any transaction. Returns how many messages were claimed."""
    claims = claim_many(message_class=message_class, limit=limit, by=by)
    groups: dict[tuple[str, str], list[Ready]] = {}
    failed: list[Failed] = []
    preparer = Preparer(claims)
    for claim in claims:
        ready = _prepare(preparer, claim, failed, by)
        if ready is not None:
            groups.setdefault((claim.attempt.channel, claim.attempt.provider), []).append(ready)
    _settle(failed, by)
    for (channel, provider), group in groups.items():
        _send_group(channel, provider, group, by)
    return len(claims)


def _prepare(preparer: Preparer, claim: Claim, failed: list[Failed], by: Actor) -> Ready | None:
    """None when no provider is called for the message; what went wrong is added to `failed`."""
    if claim.message.channel == Channel.CALL:
        settle_call(claim=claim, by=by)
        return None
    try:
        return preparer.prepare(claim)
    except Refused as refusal:
        settle_dropped(claim=claim, code=refusal.code, by=by)
    except ChannelError as error:
        failed.append(Failed(claim, error))
    return None


def _send_group(channel: str, provider: str, group: list[Ready], by: Actor) -> None:
    turns = take_turns(provider, len(group), group[0].claim.message.message_class)
    late = ChannelError("turn_taken", retry_after=turn_wait(provider))
    failed = [Failed(ready.claim, late) for ready in group[turns:]]
    taken = []
    for ready, answer in zip(group[:turns], _call(channel, provider, group[:turns]), strict=True):
        ready.claim.attempt.took_ms = round(answer.seconds * 1000)
        if isinstance(answer.result, Accepted):
            taken.append(Taken(ready, answer.result))
        else:
            failed.append(Failed(ready.claim, answer.result))
    settle_many_accepted(taken=taken, by=by)
    _settle(failed, by)


def _call(channel: str, provider: str, group: list[Ready]) -> list[Answered]:
    try:
        return find_channel(channel, provider).send_many([ready.outgoing for ready in group])
    except ChannelError as error:
        return [Answered(error)] * len(group)
    except Exception as error:
        logger.error("channel %s raised %s for a batch", channel, type(error).__name__)
        return [Answered(ChannelError("channel_crashed"))] * len(group)


def _settle(failed: list[Failed], by: Actor) -> None:
    """What nobody was asked about goes back as if never taken; the rest is settled as an error."""
    untried: dict[tuple[str, float], list[Claim]] = {}
    tried = []
    for one in failed:
        if is_untried(one.claim, one.error):
            untried.setdefault((one.error.code, one.error.retry_after or 0.0), []).append(one.claim)
        else:
            tried.append(one)
    for (code, wait), claims in untried.items():
        put_back(claims=claims, code=code, wait=wait, by=by)
    settle_many_errors(failed=tried, by=by)
    if failed:
        logger.info("of a batch %s failed, %s were put back", len(tried), len(failed) - len(tried))
