"""What is known of one person before a road is chosen: read for a whole batch by actions/survey_roads.py."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.notifications.models import ContactPoint, MessageTemplate
from portal.units.models import Unit
from portal.zalo.enums import AccountState, Window
from portal.zalo.models import OfficialAccount, ZaloTemplate, ZaloUser


@dataclass(frozen=True)
class Bound:
    """Our template row for a notice, and the approved template at Zalo it stands for."""

    row: MessageTemplate
    facts: ZaloTemplate


@dataclass(frozen=True)
class Reach:
    """One recipient of one notice of one unit.

    `account` speaks for the unit, its own or the nearest above; `user` is the one linked to this phone there.
    """

    recipient: ContactPoint
    unit: Unit
    now: dt.datetime
    account: OfficialAccount | None = None
    user: ZaloUser | None = None
    bound: Mapping[str, Bound] = field(default_factory=dict)

    @property
    def speaks(self) -> bool:
        """False while nobody has given (or somebody must give again) the account to the portal."""
        return self.account is not None and self.account.state == AccountState.CONNECTED

    @property
    def follower(self) -> ZaloUser | None:
        """The linked user while he follows the account; the link outlives it, the roads do not."""
        return self.user if self.speaks and self.user is not None and self.user.is_following else None

    @property
    def window(self) -> str:
        user = self.follower
        return user.window(self.now).value if user else Window.CLOSED.value

    def refuses(self, channel: str) -> bool:
        return channel in self.recipient.refused_channels
