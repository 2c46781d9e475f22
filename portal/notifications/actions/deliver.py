"""Sending one message: claim, call, settle. The call stands between two commits, never inside one.

What happens when the process dies:
- before the claim: nothing, the sweeper finds the row;
- after the claim, before or during the call: the lease runs out, the row is taken again;
- after the provider accepted, before the outcome is written: the same, and the provider recognises the
  request id and sends nothing twice.
"""

import logging
from uuid import UUID

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim, claim_message
from portal.notifications.actions.settle import settle_accepted, settle_dropped, settle_error
from portal.notifications.actions.templates import template_for
from portal.notifications.channels.base import Accepted, Outgoing
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.lookup import find_channel
from portal.notifications.enums import MessageClass
from portal.notifications.limits import WAKE_WITHIN
from portal.notifications.models import MessageTemplate, OutboxMessage
from portal.notifications.notices import UnknownNotice, find_notice
from portal.notifications.queries import sms_brand
from portal.notifications.rendering import render
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
    if _is_refused(claim.message):
        return settle_dropped(claim=claim, code="opted_out", by=by)
    try:
        accepted, template = _call(claim)
    except ChannelError as error:
        return _settle_error(claim, error, by)
    return settle_accepted(claim=claim, accepted=accepted, template=template, by=by)


def _is_refused(message: OutboxMessage) -> bool:
    """People may refuse a purpose; a code they asked for this minute is not meant by that."""
    if message.message_class == MessageClass.CODE or not message.recipient.opt_outs:
        return False
    try:
        return find_notice(message.notice).purpose in message.recipient.opt_outs
    except UnknownNotice:
        return False


def _call(claim: Claim) -> tuple[Accepted, MessageTemplate]:
    message = claim.message
    template = template_for(unit=message.unit, channel=message.channel, notice=message.notice)
    if template is None:
        raise ChannelError("template_missing")
    outgoing = Outgoing(
        uid=message.uid,
        request_id=message.request_id,
        phone=str(message.recipient.phone),
        text=render(message, template),
        brand=sms_brand(message.unit),
    )
    return _send(outgoing, message.channel), template


def _send(outgoing: Outgoing, channel: str) -> Accepted:
    try:
        return find_channel(channel).send(outgoing)
    except ChannelError:
        raise
    except Exception as error:
        # A fault of ours must not hold the row until its lease ends; its words may quote the message.
        logger.error("channel %s raised %s for message %s", channel, type(error).__name__, outgoing.uid)
        raise ChannelError("channel_crashed") from error


def _settle_error(claim: Claim, error: ChannelError, by: Actor) -> str:
    outcome, wait = settle_error(claim=claim, error=error, by=by)
    logger.warning("message %s: %s, %s", claim.message.uid, error.code, outcome)
    if wait is not None and wait <= WAKE_WITHIN:
        wake(claim.message.uid, claim.message.message_class, after=wait)
    return outcome
