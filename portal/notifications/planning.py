"""Which channels a message tries, and in which order. A pure function of what is known beforehand.

OA consultation message while its window is free → template by OA user id → template by phone → SMS → a call.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.notifications.enums import Channel, MessageClass, Window

LADDER = (Channel.ZALO_OA, Channel.ZALO_USER, Channel.ZALO_PHONE, Channel.SMS)
# One-time codes have no approved form as consultation message or by user id.
_CODES_BY = (Channel.ZALO_PHONE, Channel.SMS)


@dataclass(frozen=True)
class Way:
    """One road to one person. `cost` in đồng; `window` only matters for consultation messages."""

    channel: str
    cost: int = 0
    refused: bool = False
    window: str = Window.FREE.value

    @property
    def is_open(self) -> bool:
        """False when the person does not want it, or wrote to the account too long ago."""
        closed = self.channel == Channel.ZALO_OA and self.window == Window.CLOSED
        return not self.refused and not closed


@dataclass(frozen=True)
class Wish:
    """What is to be said. `channels` are those the notice allows."""

    channels: tuple[str, ...]
    message_class: str
    urgent: bool = False
    must_reach: bool = False


def choose_plan(wish: Wish, ways: Sequence[Way]) -> list[str]:
    """The channels to try, best first; never empty.

    Urgent messages climb down the ladder. The others take the cheapest of Zalo's roads first. SMS comes after
    Zalo: a phone that cannot take it is reported only much later. A call is the last, for what must be read.
    Nothing open: the last channel the notice names is kept, so that the row says why it cannot go.
    """
    usable = [way for way in ways if way.is_open and _may(way.channel, wish)]
    order = {channel: place for place, channel in enumerate(LADDER)}

    def rank(way: Way) -> tuple[int, int, int]:
        is_sms = way.channel == Channel.SMS
        return is_sms, 0 if wish.urgent else way.cost, order[Channel(way.channel)]

    chosen = list(dict.fromkeys(str(way.channel) for way in sorted(usable, key=rank)))
    if not chosen and not wish.must_reach:
        chosen = [wish.channels[-1]]
    calls = wish.must_reach or wish.channels == (Channel.CALL,)
    return [*(one for one in chosen if one != Channel.CALL), *([Channel.CALL.value] if calls else [])]


def _may(channel: str, wish: Wish) -> bool:
    if wish.message_class == MessageClass.CODE and channel not in _CODES_BY:
        return False
    return channel in wish.channels
