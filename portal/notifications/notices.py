"""What the portal may say to people. Rooms above register their notices in apps.py.

A notice `appointments.booking_confirmed` has its default texts in
templates/messages/<channel>/appointments/booking_confirmed.txt.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext

from portal.common.actors import Actor
from portal.notifications.enums import Audience, Channel, MessageClass
from portal.notifications.planning import Wish

Derive = Callable[[Mapping[str, Any]], str]
# Whatever carries text; planning.py chooses among those that reach the person.
TEXT_CHANNELS = (
    Channel.ZALO_OA.value,
    Channel.ZALO_USER.value,
    Channel.ZALO_PHONE.value,
    Channel.SMS.value,
)
_KEY = re.compile(r"[a-z_]+\.[a-z_]+")


@dataclass(frozen=True)
class Notice:
    """One thing to say.

    `purpose` is what people can opt
    out of. `parameters` may stand in templates; those in `derived` are computed from the context when the
    message is sent and never stored (one-time codes).

    `answers_at_once`: a person waits for it (his own booking), so it also goes out at night.
    `must_reach`: when nothing else arrives, an officer calls (`hops`, templates/messages/call/).
    `quiet=False`: urgent for those who wait for nothing; at night too.
    """

    key: str
    message_class: str
    purpose: str
    audience: str = Audience.CITIZEN.value
    parameters: tuple[str, ...] = ()
    derived: Mapping[str, Derive] = field(default_factory=dict)
    plan: tuple[str, ...] = TEXT_CHANNELS
    answers_at_once: bool = False
    quiet: bool = True
    must_reach: bool = False

    @property
    def hops(self) -> list[str]:
        """The channels it may take; a call is the last."""
        return [*self.plan, *([Channel.CALL.value] if self.must_reach else [])]

    @property
    def wish(self) -> Wish:
        """What the choice of channels depends on."""
        return Wish(self.plan, self.message_class, not self.keeps_quiet or self.must_reach, self.must_reach)

    @property
    def counts_against_cap(self) -> bool:
        """False for what a person asked for or waits for: it is sent however much he got today."""
        return self.message_class != MessageClass.CODE and not self.answers_at_once

    @property
    def keeps_quiet(self) -> bool:
        """True when it waits for the morning."""
        return self.quiet and not self.answers_at_once and self.message_class != MessageClass.CODE

    @property
    def title(self) -> str:
        """What it is, for lists that show no content; templates/messages/title/<room>/<notice>.txt."""
        return gettext(file_text("title", self.key) or self.key)

    @property
    def stored_parameters(self) -> list[str]:
        """Parameters the caller must hand over."""
        return [name for name in self.parameters if name not in self.derived]


def template_folder() -> Path:
    """Where the default texts lie: <channel>/<room>/<notice>.txt; automatic answers in chat/<key>.txt."""
    return settings.ROOT.joinpath("templates", "messages")


@functools.cache
def _read_file(folder: Path, channel: str, notice: str) -> str | None:
    room, _dot, name = notice.partition(".")
    path = folder.joinpath(channel, room, name).with_suffix(".txt")
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def file_text(channel: str, notice: str) -> str | None:
    """The text that comes with the software, None when there is none."""
    return _read_file(template_folder(), channel, notice)


class UnknownNotice(LookupError):
    """No room registered this key."""


class CallHandler(Protocol):
    """Called in the transaction that writes down how a call ended (`outcome`: enums.CallOutcome)."""

    def __call__(self, *, call: Any, outcome: str, by: Actor) -> None: ...


_notices: dict[str, Notice] = {}
_call_handlers: dict[str, CallHandler] = {}


def register_notice(notice: Notice) -> Notice:
    """Announce a notice; ValueError when its key, class or a derived parameter makes no sense."""
    if not _KEY.fullmatch(notice.key):
        raise ValueError(f"{notice.key!r} is not <room>.<notice>.")
    MessageClass(notice.message_class)
    Audience(notice.audience)
    strangers = set(notice.derived) - set(notice.parameters)
    if strangers or not notice.plan:
        raise ValueError(
            f"{notice.key}: derived parameters {sorted(strangers)} are not declared, or no plan."
        )
    known = _notices.setdefault(notice.key, notice)
    if known != notice:
        raise ValueError(f"{notice.key} is registered twice, differently.")
    return known


def find_notice(key: str) -> Notice:
    """The notice registered under `key`; UnknownNotice otherwise."""
    try:
        return _notices[key]
    except KeyError as error:
        raise UnknownNotice(key) from error


def on_call_outcome(key: str, handler: CallHandler) -> None:
    """A room says what follows when an officer has called about its notice; one handler per notice."""
    if _call_handlers.setdefault(key, handler) is not handler:
        raise ValueError(f"{key} has a handler already.")


def call_handler(key: str) -> CallHandler | None:
    """The handler of a notice, None when nothing follows."""
    return _call_handlers.get(key)


def all_notices() -> list[Notice]:
    """Every registered notice by key."""
    return [_notices[key] for key in sorted(_notices)]


# Typed by officers for many people. No consultation message: Zalo has it for answers to who wrote first. [2]
UNIT_NEWS = Notice(
    key="notifications.unit_news",
    message_class=MessageClass.BULK.value,
    purpose="news",
    parameters=("unit", "text", "link"),
    plan=(Channel.ZALO_USER.value, Channel.ZALO_PHONE.value, Channel.SMS.value),
)
