"""From a row and its template to the words that leave the house."""

import logging
from collections.abc import Mapping
from typing import Any

from portal.notifications.channels.errors import ChannelError
from portal.notifications.models import MessageTemplate, OutboxMessage
from portal.notifications.notices import Notice, UnknownNotice, find_notice
from portal.notifications.validators import fill

logger = logging.getLogger(__name__)
HIDDEN = "••••••"


def _notice_of(message: OutboxMessage) -> Notice:
    try:
        return find_notice(message.notice)
    except UnknownNotice as error:
        raise ChannelError("notice_unknown") from error


def _derive(notice: Notice, context: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {name: derive(context) for name, derive in notice.derived.items()}
    except Exception as error:
        # The room's own fault; its words may hold personal data, so only the kind is written down.
        logger.warning("notice %s: derivation raised %s", notice.key, type(error).__name__)
        raise ChannelError("derivation_failed") from error


def _fill(template: MessageTemplate, values: Mapping[str, Any]) -> str:
    try:
        return fill(template.body, values)
    except KeyError as error:
        raise ChannelError("parameter_missing") from error


def render(message: OutboxMessage, template: MessageTemplate) -> str:
    """The text to send, codes included. Raises ChannelError."""
    notice = _notice_of(message)
    return _fill(template, {**message.context, **_derive(notice, message.context)})


def preview(message: OutboxMessage, template: MessageTemplate) -> str:
    """The text for an officer's eyes: codes hidden."""
    notice = _notice_of(message)
    return _fill(template, {**message.context, **dict.fromkeys(notice.derived, HIDDEN)})


def example(template: MessageTemplate) -> str:
    """The text with each parameter as its name in capitals, for looking at a template."""
    return fill(template.body, {name: name.upper() for name in template.parameters})
