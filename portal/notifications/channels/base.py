"""One interface for every way to a person. A new channel is a folder with one class (see sms/esms)."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Outgoing:
    """What a channel gets: `phone` as +84…, `text` filled, `request_id` the same over all tries."""

    uid: UUID
    request_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    brand: str = ""


@dataclass(frozen=True)
class Accepted:
    """The provider took it. `provider_ref` is its own number, `parts` what will be billed."""

    provider_ref: str
    parts: int | None = None


class MessageChannel(Protocol):
    """Raises channels.errors.ChannelError when the message was not taken, or nobody knows."""

    def send(self, outgoing: Outgoing) -> Accepted: ...
