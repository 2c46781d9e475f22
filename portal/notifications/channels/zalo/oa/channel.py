"""Consultation messages of an OA: plain text, while the person's window is open.

Free within 48 hours of his last word, paid until seven days, then refused with -230 [2]; at any hour [2].
"""

from django.conf import settings

from portal.notifications.channels.base import Outgoing, ZaloAddress
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.channels.zalo.sender import SendCall, ZaloRoad
from portal.notifications.enums import Channel, Window
from portal.notifications.planning import Way
from portal.zalo.client.messages import send_consultation, text_message

NAME = Channel.ZALO_OA.value


class ZaloOaRoad(ZaloRoad):
    def call_for(self, outgoing: Outgoing, address: ZaloAddress) -> SendCall:
        return lambda session: send_consultation(
            session, user_id=address.user_id, message=text_message(outgoing.text)
        )


def way(reach: Reach) -> Way | None:
    """Open to a linked follower whose window is open."""
    if reach.follower is None:
        return None
    return Way(NAME, cost=price(reach), refused=reach.refuses(NAME), window=reach.window)


def price(reach: Reach) -> int:
    """đồng of one message now."""
    return 0 if reach.window == Window.FREE else settings.ZALO_OA_PRICE


def address(reach: Reach) -> ZaloAddress:
    """ChannelError when the way has closed since the message was queued."""
    if reach.account is None or reach.follower is None:
        raise ChannelError("zalo_not_linked")
    if reach.window == Window.CLOSED:
        raise ChannelError("zalo_window_closed")
    return ZaloAddress(reach.account, user_id=reach.follower.user_id, price=price(reach))
