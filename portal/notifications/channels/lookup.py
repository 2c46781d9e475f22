"""From a hop of the delivery plan to the providers that can carry it.

A channel registers here with its providers (usually one) and with what it knows of a person beforehand.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from portal.notifications.channels.base import MessageChannel
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.vendors import sms_vendor, sms_vendors
from portal.notifications.channels.zalo.oa import channel as zalo_oa
from portal.notifications.channels.zalo.phone import channel as zalo_phone
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.channels.zalo.user import channel as zalo_user
from portal.notifications.enums import Channel
from portal.notifications.planning import Way

# Health and calls per second are kept per host of Zalo: both roads to users speak to one.
OA_HOST, ZBS_HOST = "zalo_oa", "zalo_zbs"


@dataclass(frozen=True)
class Road:
    """`providers` names who can carry the channel, `find` gives one of them.

    `way` says before anything is queued whether this person can be reached like that, and for how much;
    None when there is no such road to him.
    """

    providers: Callable[[], list[str]]
    find: Callable[[str], MessageChannel]
    way: Callable[[Reach], Way | None]


def _sms_way(reach: Reach) -> Way:
    """Always open: without a vendor the message waits, and officers read why."""
    return Way(Channel.SMS.value, cost=settings.SMS_PART_PRICE, refused=reach.refuses(Channel.SMS))


def zalo_is_there() -> bool:
    """False where no address of Zalo is set: nothing of its tables is read then."""
    return bool(settings.ZALO_OA_URL and settings.ZALO_ZBS_URL)


def _zalo(host: str, make: Callable[[], MessageChannel], way: Callable[[Reach], Way | None]) -> Road:
    one = functools.cache(make)
    return Road(lambda: [host] if zalo_is_there() else [], lambda _name: one(), way)


ROADS: Mapping[str, Road] = {
    zalo_oa.NAME: _zalo(OA_HOST, zalo_oa.ZaloOaRoad, zalo_oa.way),
    zalo_user.NAME: _zalo(OA_HOST, zalo_user.ZaloUserRoad, zalo_user.way),
    zalo_phone.NAME: _zalo(ZBS_HOST, zalo_phone.ZaloPhoneRoad, zalo_phone.way),
    Channel.SMS.value: Road(sms_vendors, sms_vendor, _sms_way),
}


def ways_to(reach: Reach) -> list[Way]:
    """Every road to a person; reads nothing from the database."""
    found = (road.way(reach) for road in ROADS.values())
    return [way for way in found if way is not None]


def providers_of(channel: str) -> list[str]:
    """Who can carry a hop; ChannelError `no_<channel>_channel` when this installation has nobody."""
    road = ROADS.get(channel)
    names = road.providers() if road else []
    if not names:
        raise ChannelError(f"no_{channel}_channel")
    return names


def find_channel(channel: str, provider: str) -> MessageChannel:
    """The channel object of a provider; ChannelError when it is not known."""
    road = ROADS.get(channel)
    if road is None:
        raise ChannelError(f"no_{channel}_channel")
    return road.find(provider)
