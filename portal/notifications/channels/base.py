"""One interface for every way to a person. A new channel is a folder with one class (see sms/esms)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from portal.notifications.channels.errors import ChannelError
from portal.notifications.enums import Receipt
from portal.units.models import Unit
from portal.zalo.models import OfficialAccount


@dataclass(frozen=True)
class ZaloAddress:
    """Where Zalo's channels send: as which account, to whom, by which template; `price` in đồng."""

    account: OfficialAccount
    user_id: str = field(default="", repr=False)
    template_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    price: int = 0


@dataclass(frozen=True)
class Outgoing:
    """What a channel gets: `phone` as +84…, `text` filled, `request_id` the same over all tries."""

    uid: UUID
    request_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    brand: str = ""
    keep_accents: bool = False
    zalo: ZaloAddress | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Accepted:
    """The provider took it. `provider_ref` is its own number, `parts` what will be billed.

    `cost` in đồng where parts do not say it.
    """

    provider_ref: str
    parts: int | None = None
    cost: int | None = None


@dataclass(frozen=True)
class Report:
    """What became of a message, and its price in đồng when the provider names one."""

    receipt: Receipt
    cost: int | None = None


@dataclass(frozen=True)
class Answered:
    """One of many: the yes or the error, and how long the call took."""

    result: Accepted | ChannelError
    seconds: float = 0.0


class MessageChannel(Protocol):
    """Raises channels.errors.ChannelError when the message was not taken, or nobody knows.

    `dedupes`: the provider drops a request id it has taken within the last day.
    """

    dedupes: bool

    def send(self, outgoing: Outgoing) -> Accepted: ...

    def send_many(self, outgoing: Sequence[Outgoing]) -> list[Answered]:
        """Side by side, answers in the order of the questions; nothing is raised."""
        ...

    def status(self, provider_ref: str, unit: Unit) -> Report:
        """Asks what became of an accepted message of a unit, for reports that never came."""
        ...
