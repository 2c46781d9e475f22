"""Development without a provider: only says that a message would have gone."""

import logging

from portal.notifications.channels.base import Accepted, Outgoing
from portal.notifications.channels.sms.text import count_parts

logger = logging.getLogger(__name__)


class ConsoleChannel:
    def send(self, outgoing: Outgoing) -> Accepted:
        """Never the text: it may be a one-time code."""
        logger.info("message %s would go by console", outgoing.uid)
        return Accepted(provider_ref="console", parts=count_parts(outgoing.text))
