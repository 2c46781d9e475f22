"""Approved templates to somebody who follows the OA, by his user id: cheaper than by phone.

No tracking id here [1], so the outbox alone keeps a message from going twice.
"""

from collections.abc import Mapping

from django.conf import settings

from portal.notifications.channels.base import Outgoing, ZaloAddress
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.channels.zalo.sender import SendCall, ZaloRoad
from portal.notifications.enums import Channel
from portal.notifications.planning import Way
from portal.zalo.client.messages import send_template_to_user

NAME = Channel.ZALO_USER.value


class ZaloUserRoad(ZaloRoad):
    def call_for(self, outgoing: Outgoing, address: ZaloAddress) -> SendCall:
        return lambda session: send_template_to_user(
            session, user_id=address.user_id, template_id=address.template_id, values=dict(address.values)
        )


def way(reach: Reach) -> Way | None:
    """Open to a linked follower when the notice has an approved template that may go by user id."""
    bound = reach.bound.get(NAME)
    if reach.follower is None or bound is None or not bound.facts.goes_by_user:
        return None
    return Way(NAME, cost=price(reach), refused=reach.refuses(NAME))


def price(reach: Reach) -> int:
    """đồng, as Zalo told it."""
    told = reach.bound[NAME].facts.price_user
    return settings.ZALO_USER_PRICE if told is None else told


def address(reach: Reach, values: Mapping[str, str]) -> ZaloAddress:
    """ChannelError when the way has closed since the message was queued."""
    if reach.account is None or reach.follower is None:
        raise ChannelError("zalo_not_linked")
    return ZaloAddress(
        reach.account,
        user_id=reach.follower.user_id,
        template_id=reach.bound[NAME].facts.template_id,
        values=values,
        price=price(reach),
    )
