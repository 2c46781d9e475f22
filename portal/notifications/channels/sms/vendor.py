"""What SMS vendors have in common; a vendor's folder says only how it is asked and how it answers."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from portal.notifications.channels.base import Accepted, Answered, Outgoing, Report
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.http import Call, ask, ask_many
from portal.notifications.channels.sms.gate import check_gate
from portal.notifications.channels.sms.text import count_parts, strip_accents
from portal.units.models import Unit


class SmsVendor(ABC):
    """Sends by HTTP and JSON. Subclasses build calls and read answers; they never touch the network."""

    dedupes = False

    @property
    @abstractmethod
    def base_url(self) -> str:
        """Address of the vendor, or of the local provider."""

    @abstractmethod
    def call_for(self, outgoing: Outgoing, text: str) -> Call:
        """The request that hands `text` over."""

    @abstractmethod
    def read(self, answer: dict[str, Any], text: str) -> Accepted:
        """What the vendor said. ChannelError when it refused."""

    @abstractmethod
    def status_call(self, provider_ref: str) -> Call:
        """The request that asks for the report of an accepted message."""

    @abstractmethod
    def read_status(self, answer: dict[str, Any]) -> Report:
        """What became of it."""

    def send(self, outgoing: Outgoing) -> Accepted:
        """Hand one SMS over. Raises ChannelError."""
        call, text = self._prepare(outgoing)
        return self.read(ask(call), text)

    def send_many(self, outgoing: Sequence[Outgoing]) -> list[Answered]:
        """Many side by side; what the wall refuses is not asked at all."""
        answers = [Answered(ChannelError("connection_lost"))] * len(outgoing)
        ready: list[tuple[int, Call, str]] = []
        for place, one in enumerate(outgoing):
            try:
                ready.append((place, *self._prepare(one)))
            except ChannelError as error:
                answers[place] = Answered(error)
        said = ask_many([call for _place, call, _text in ready])
        for (place, _call, text), one in zip(ready, said, strict=True):
            answers[place] = Answered(self._read_or_error(one.content, text), one.seconds)
        return answers

    def status(self, provider_ref: str, unit: Unit) -> Report:
        """Ask for the report of an accepted message. Raises ChannelError."""
        return self.read_status(ask(self.status_call(provider_ref)))

    def _prepare(self, outgoing: Outgoing) -> tuple[Call, str]:
        check_gate(phone=outgoing.phone, base_url=self.base_url)
        text = outgoing.text if outgoing.keep_accents else strip_accents(outgoing.text)
        return self.call_for(outgoing, text), text

    def _read_or_error(self, answer: dict[str, Any] | ChannelError, text: str) -> Accepted | ChannelError:
        if isinstance(answer, ChannelError):
            return answer
        try:
            return self.read(answer, text)
        except ChannelError as error:
            return error


def accepted(reference: Any, text: str) -> Accepted:
    """The vendor's number, shortened to what the row holds, and the parts it will bill."""
    return Accepted(provider_ref=str(reference or "")[:80], parts=count_parts(text))
