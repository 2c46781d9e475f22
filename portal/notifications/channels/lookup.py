"""From a hop of the delivery plan to the providers that can carry it.

A channel registers here with its providers (usually one) and with what it knows of a person beforehand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from portal.notifications.channels.base import MessageChannel
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.vendors import sms_vendor, sms_vendors
from portal.notifications.enums import Channel
from portal.notifications.models import ContactPoint
from portal.notifications.planning import Way
from portal.units.models import Unit


@dataclass(frozen=True)
class Road:
    """`providers` names who can carry the channel, `find` gives one of them.

    `way` says before anything is queued whether this person can be reached like that, and for how much.
    """

    providers: Callable[[], list[str]]
    find: Callable[[str], MessageChannel]
    way: Callable[[ContactPoint, Unit], Way]


def _sms_way(recipient: ContactPoint, unit: Unit) -> Way:
    """Always open: without a vendor the message waits, and officers read why."""
    refused = Channel.SMS in recipient.refused_channels
    return Way(Channel.SMS.value, cost=settings.SMS_PART_PRICE, refused=refused)


ROADS: Mapping[str, Road] = {Channel.SMS.value: Road(sms_vendors, sms_vendor, _sms_way)}


def ways_to(recipient: ContactPoint, unit: Unit) -> list[Way]:
    """Every road to a person; reads nothing from the database."""
    return [road.way(recipient, unit) for road in ROADS.values()]


def providers_of(channel: str) -> list[str]:
    """Who can carry a hop; ChannelError `no_<channel>_channel` when this installation has nobody."""
    road = ROADS.get(channel)
    names = road.providers() if road else []
    if not names:
        raise ChannelError(f"no_{channel}_channel")
    return names


def find_channel(channel: str, provider: str) -> MessageChannel:
    """The channel object of a provider; ChannelError when it is not known."""
    road: Any = ROADS.get(channel)
    if road is None:
        raise ChannelError(f"no_{channel}_channel")
    return road.find(provider)
