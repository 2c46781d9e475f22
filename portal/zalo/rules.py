"""Who may do what with an account."""

from typing import Any

from portal.common.actors import Actor, SystemActor
from portal.officers.rules import has_permission

CONNECT_PERMISSION = "zalo.connect_officialaccount"
TEMPLATE_PERMISSION = "zalo.view_zalotemplate"
REPLAY_PERMISSION = "zalo.replay_webhookevent"


def is_system(by: Actor, obj: Any) -> bool:
    """Only the portal itself."""
    return isinstance(by, SystemActor)


def can_connect(by: Actor, account: Any) -> bool:
    """A chief or technical officer of the account's unit."""
    return has_permission(by, CONNECT_PERMISSION, account.unit)


def can_replay(by: Actor, event: Any) -> bool:
    return has_permission(by, REPLAY_PERMISSION, event.account.unit)


def can_sync(by: Actor, account: Any) -> bool:
    """Who sees an account's templates may have them read anew: nothing changes at Zalo."""
    return is_system(by, account) or has_permission(by, TEMPLATE_PERMISSION, account.unit)


def connects(by: Actor, account: Any) -> bool:
    """Who brings an account to life: an officer over Zalo's consent page, or a command with its answer."""
    return is_system(by, account) or can_connect(by, account)


def anybody_above(by: Actor, broadcast: Any) -> bool:
    """The room that asked for the article stops it; its own action has asked its own rules."""
    return True
