"""Development without a provider: only says that a message would have gone."""

import logging
from collections.abc import Sequence

from portal.notifications.channels.base import Accepted, Answered, Outgoing, Report
from portal.notifications.channels.sms.text import count_parts, strip_accents
from portal.notifications.enums import Receipt
from portal.units.models import Unit

logger = logging.getLogger(__name__)


class ConsoleChannel:
    dedupes = True

    def send(self, outgoing: Outgoing) -> Accepted:
        """Never the text: it may be a one-time code."""
        logger.info("message %s would go by console", outgoing.uid)
        text = outgoing.text if outgoing.keep_accents else strip_accents(outgoing.text)
        return Accepted(provider_ref="console", parts=count_parts(text))

    def send_many(self, outgoing: Sequence[Outgoing]) -> list[Answered]:
        return [Answered(self.send(one)) for one in outgoing]

    def status(self, provider_ref: str, unit: Unit) -> Report:
        """Nobody reports."""
        return Report(Receipt.PENDING)
