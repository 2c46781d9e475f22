"""Who may do what with a message."""

from typing import Any

from portal.common.actors import Actor, SystemActor

CHANGE_PERMISSION = "notifications.change_outboxmessage"


def is_system(by: Actor, message: Any) -> bool:
    """Only the portal itself moves a message along its way."""
    return isinstance(by, SystemActor)


def can_handle(by: Actor, message: Any) -> bool:
    """An officer whose role in the message's unit lets him send again or cancel."""
    unit_ids = getattr(by, "unit_ids", None)
    return unit_ids is not None and message.unit_id in unit_ids(CHANGE_PERMISSION)
