"""From a hop of the delivery plan to the object that carries it."""

from collections.abc import Callable

from portal.notifications.channels.base import MessageChannel
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.vendors import sms_channel
from portal.notifications.enums import Channel

_CHANNELS: dict[str, Callable[[], MessageChannel]] = {Channel.SMS: sms_channel}


def find_channel(name: str) -> MessageChannel:
    """The channel of a plan entry; ChannelError `no_<name>_channel` when this installation has none."""
    find = _CHANNELS.get(name)
    if find is None:
        raise ChannelError(f"no_{name}_channel")
    return find()
