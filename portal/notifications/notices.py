"""What the portal may say to people. Rooms above register their notices in apps.py.

A notice `appointments.booking_confirmed` has its default texts in
templates/messages/<channel>/appointments/booking_confirmed.txt.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.notifications.enums import Audience, Channel, MessageClass

Derive = Callable[[Mapping[str, Any]], str]
_KEY = re.compile(r"[a-z_]+\.[a-z_]+")


@dataclass(frozen=True)
class Notice:
    """One thing to say.

    `purpose` is what people can opt out of. `parameters` may stand in templates; those in `derived` are
    computed from the context when the message is sent and never stored (one-time codes).
    """

    key: str
    message_class: str
    purpose: str
    audience: str = Audience.CITIZEN.value
    parameters: tuple[str, ...] = ()
    derived: Mapping[str, Derive] = field(default_factory=dict)
    plan: tuple[str, ...] = (Channel.SMS.value,)

    @property
    def stored_parameters(self) -> list[str]:
        """Parameters the caller must hand over."""
        return [name for name in self.parameters if name not in self.derived]


class UnknownNotice(LookupError):
    """No room registered this key."""


_notices: dict[str, Notice] = {}


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


def all_notices() -> list[Notice]:
    """Every registered notice by key."""
    return [_notices[key] for key in sorted(_notices)]
