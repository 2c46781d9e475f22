"""The SMS vendors this portal can speak to."""

import functools

from django.conf import settings

from portal.notifications.channels.base import MessageChannel
from portal.notifications.channels.console.channel import ConsoleChannel
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.esms.channel import EsmsChannel

VENDORS = {"console": ConsoleChannel, "esms": EsmsChannel}


@functools.cache
def _vendor(name: str) -> MessageChannel:
    return VENDORS[name]()


def sms_channel() -> MessageChannel:
    """The configured vendor; ChannelError `no_sms_channel` when none is."""
    if settings.SMS_CHANNEL not in VENDORS:
        raise ChannelError("no_sms_channel")
    return _vendor(settings.SMS_CHANNEL)
