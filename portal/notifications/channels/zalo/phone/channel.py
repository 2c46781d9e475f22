"""Approved templates to a phone, whether its holder follows the OA or not.

`tracking_id` is our request id: at most 48 characters [2]; it comes back in the receipt [2]. Where an
account sends hashes, Zalo learns no number it does not know already.
"""

from collections.abc import Mapping

from django.conf import settings

from portal.common.actors import Actor
from portal.notifications.channels.base import Outgoing, Report, ZaloAddress
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.channels.zalo.sender import POSTMAN, SendCall, ZaloRoad, channel_error
from portal.notifications.enums import Channel, Receipt
from portal.notifications.planning import Way
from portal.units.models import Unit
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.directory import message_status
from portal.zalo.client.messages import send_template_to_phone
from portal.zalo.errors import ZaloError
from portal.zalo.queries import account_for

NAME = Channel.ZALO_PHONE.value
ON_DEVICE = 1


class ZaloPhoneRoad(ZaloRoad):
    def call_for(self, outgoing: Outgoing, address: ZaloAddress) -> SendCall:
        return lambda session: send_template_to_phone(
            session,
            phone=outgoing.phone,
            template_id=address.template_id,
            values=dict(address.values),
            tracking_id=outgoing.request_id,
            hashed=address.account.hash_phones,
        )

    def status(self, provider_ref: str, unit: Unit) -> Report:
        """-1 unknown, 0 at Zalo, 1 on the phone. [2] Raises ChannelError."""
        account = account_for(unit)
        if account is None:
            raise ChannelError("zalo_way_no_account")
        by: Actor = POSTMAN
        try:
            found = call_zalo(account=account, call=lambda one: message_status(one, provider_ref), by=by)
        except ZaloError as error:
            raise channel_error(error) from error
        return Report(Receipt.DELIVERED if found == ON_DEVICE else Receipt.PENDING)


def way(reach: Reach) -> Way | None:
    """Open to everybody when the notice has an approved template."""
    if not reach.speaks or NAME not in reach.bound:
        return None
    return Way(NAME, cost=price(reach), refused=reach.refuses(NAME))


def price(reach: Reach) -> int:
    """đồng, as Zalo told it."""
    told = reach.bound[NAME].facts.price_phone
    return settings.ZALO_PHONE_PRICE if told is None else told


def address(reach: Reach, values: Mapping[str, str]) -> ZaloAddress:
    """ChannelError when the account is gone since the message was queued."""
    if reach.account is None:
        raise ChannelError("zalo_way_no_account")
    return ZaloAddress(
        reach.account, template_id=reach.bound[NAME].facts.template_id, values=values, price=price(reach)
    )
