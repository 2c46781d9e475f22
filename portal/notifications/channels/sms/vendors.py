"""The SMS vendors this portal can speak to. Adding one: a folder with a SmsVendor and a line here."""

import functools

from django.conf import settings

from portal.notifications.channels.base import MessageChannel
from portal.notifications.channels.console.channel import ConsoleChannel
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.esms.channel import EsmsChannel
from portal.notifications.channels.sms.speedsms.channel import SpeedSmsChannel

VENDORS = {"console": ConsoleChannel, "esms": EsmsChannel, "speedsms": SpeedSmsChannel}


@functools.cache
def _vendor(name: str) -> MessageChannel:
    return VENDORS[name]()


def sms_vendors() -> list[str]:
    """The vendors of this installation, the preferred one first (SMS_CHANNEL="esms,speedsms")."""
    named = [name.strip() for name in settings.SMS_CHANNEL.split(",")]
    return [name for name in named if name in VENDORS]


def sms_vendor(name: str) -> MessageChannel:
    """The vendor's channel; ChannelError `no_sms_channel` when there is none of that name."""
    if name not in VENDORS:
        raise ChannelError("no_sms_channel")
    return _vendor(name)
