"""What Zalo's roads have in common; a road's folder says only which call it makes and whom it may reach.

Tokens, their one refresh and the one repetition after it are call_zalo's (docs/adr/0031).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from portal.common.actors import SystemActor
from portal.notifications.channels.base import Accepted, Answered, Outgoing, Report, ZaloAddress
from portal.notifications.channels.errors import ChannelError, zalo_code
from portal.notifications.enums import Receipt
from portal.units.models import Unit
from portal.zalo.actions.call_zalo import Timed, call_many, call_zalo
from portal.zalo.client.messages import Sent
from portal.zalo.client.session import Session
from portal.zalo.errors import WAY, ZaloError
from portal.zalo.models import OfficialAccount

POSTMAN = SystemActor("postman")
SendCall = Callable[[Session], Sent]


class ZaloRoad(ABC):
    """`dedupes` is False: no source says that Zalo recognises a tracking id it has seen, and by user id
    there is none at all [1]. So a message whose answer got lost may arrive twice.
    """

    dedupes = False

    @abstractmethod
    def call_for(self, outgoing: Outgoing, address: ZaloAddress) -> SendCall:
        """The call that hands the message over; nothing is sent yet."""

    def send(self, outgoing: Outgoing) -> Accepted:
        """Hand one message over. Raises ChannelError."""
        address = address_of(outgoing)
        try:
            sent = call_zalo(account=address.account, call=self.call_for(outgoing, address), by=POSTMAN)
        except ZaloError as error:
            raise channel_error(error) from error
        return _accepted(sent, address)

    def send_many(self, outgoing: Sequence[Outgoing]) -> list[Answered]:
        """Many side by side, account by account; answers in the order of the questions."""
        answers = [Answered(ChannelError("zalo_not_linked"))] * len(outgoing)
        for account, places in _by_account(outgoing).items():
            addresses = [address_of(outgoing[place]) for place in places]
            calls = [self.call_for(outgoing[at], one) for at, one in zip(places, addresses, strict=True)]
            said = call_many(account=account, calls=calls, by=POSTMAN)
            for place, address, one in zip(places, addresses, said, strict=True):
                answers[place] = _answered(one, address)
        return answers

    def status(self, provider_ref: str, unit: Unit) -> Report:
        """Zalo tells of messages to users by events only."""
        return Report(Receipt.PENDING)


def address_of(outgoing: Outgoing) -> ZaloAddress:
    """ChannelError when nobody said where to: the link is gone, or the unit has no account."""
    if outgoing.zalo is None:
        raise ChannelError("zalo_not_linked")
    return outgoing.zalo


def channel_error(error: ZaloError) -> ChannelError:
    """The same error for the outbox: one table says what it means."""
    late = (error.host, error.code) == (WAY, "too_late")
    return ChannelError(
        "turn_taken" if late else zalo_code(error.host, error.code),
        retry_after=0.0 if late else error.retry_after,
    )


def _by_account(outgoing: Sequence[Outgoing]) -> dict[OfficialAccount, list[int]]:
    groups: dict[OfficialAccount, list[int]] = {}
    for place, one in enumerate(outgoing):
        if one.zalo is not None:
            groups.setdefault(one.zalo.account, []).append(place)
    return groups


def _accepted(sent: Sent, address: ZaloAddress) -> Accepted:
    return Accepted(provider_ref=sent.message_id[:80], cost=address.price)


def _answered(one: Timed, address: ZaloAddress) -> Answered:
    if isinstance(one.result, ZaloError):
        return Answered(channel_error(one.result), one.seconds)
    return Answered(_accepted(one.result, address), one.seconds)
