"""Who may do what with a message."""

from typing import Any

from portal.common.actors import Actor, SystemActor
from portal.notifications.enums import MessageClass, State

CHANGE_PERMISSION = "notifications.change_outboxmessage"
CALL_PERMISSION = "notifications.call_calltask"
BUDGET_PERMISSION = "notifications.change_messagebudget"
TEMPLATE_PERMISSION = "notifications.change_messagetemplate"


def is_system(by: Actor, message: Any) -> bool:
    """Only the portal itself moves a message along its way."""
    return isinstance(by, SystemActor)


def _reaches(by: Actor, permission: str, unit_id: int) -> bool:
    unit_ids = getattr(by, "unit_ids", None)
    return unit_ids is not None and unit_id in unit_ids(permission)


def can_handle(by: Actor, message: Any) -> bool:
    """An officer whose role in the message's unit lets him send again or cancel."""
    return _reaches(by, CHANGE_PERMISSION, message.unit_id)


def is_resendable(message: Any) -> bool:
    """Given up, and no one-time code: those are asked for again by the citizen."""
    return message.state == State.FAILED and message.message_class != MessageClass.CODE


def can_call(by: Actor, call: Any) -> bool:
    """An officer whose role in the call's unit lets him speak to citizens."""
    return _reaches(by, CALL_PERMISSION, call.unit_id)


def holds_call(by: Actor, call: Any) -> bool:
    """Only who took the call says how it ended."""
    return can_call(by, call) and call.claimed_by_id == getattr(by, "pk", None)


def any_room(by: Actor, call: Any) -> bool:
    """The room that asked for a call withdraws it; its own action has asked its own rules."""
    return True


def can_change_template(by: Actor, unit: Any) -> bool:
    """Officers write texts of their units; the default (unit None) speaks for all and comes from files."""
    if isinstance(by, SystemActor):
        return True
    return unit is not None and _reaches(by, TEMPLATE_PERMISSION, unit.pk)


def can_set_budget(by: Actor, unit: Any) -> bool:
    """An officer whose role lets him decide what the unit spends on messages."""
    return _reaches(by, BUDGET_PERMISSION, unit.pk)
