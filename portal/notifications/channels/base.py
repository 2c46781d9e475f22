"""One interface for every way to a person. A new channel is a folder with one class (see sms/esms)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from portal.notifications.channels.errors import ChannelError
from portal.notifications.enums import Receipt


@dataclass(frozen=True)
class Outgoing:
    """What a channel gets: `phone` as +84…, `text` filled, `request_id` the same over all tries."""

    uid: UUID
    request_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    brand: str = ""
    keep_accents: bool = False


@dataclass(frozen=True)
class Accepted:
    """The provider took it. `provider_ref` is its own number, `parts` what will be billed."""

    provider_ref: str
    parts: int | None = None


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

    def status(self, provider_ref: str) -> Report:
        """Asks what became of an accepted message, for reports that never came."""
        ...
