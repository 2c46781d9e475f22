"""Who may do what with a message."""

from typing import Any

from django.conf import settings

from portal.common.actors import Actor, SystemActor
from portal.notifications.enums import MessageClass, State

CHANGE_PERMISSION = "notifications.change_outboxmessage"
CALL_PERMISSION = "notifications.call_calltask"
BUDGET_PERMISSION = "notifications.change_messagebudget"
WRITE_MASS_PERMISSION = "notifications.change_massmessage"
SEND_MASS_PERMISSION = "notifications.send_massmessage"
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


def can_write_mass(by: Actor, mass: Any) -> bool:
    """An officer who writes mass messages of the unit; he may also hold or stop one that is being sent."""
    return isinstance(by, SystemActor) or _reaches(by, WRITE_MASS_PERMISSION, mass.unit_id)


def can_send_mass(by: Actor, mass: Any) -> bool:
    """An officer who lets a mass message go out; beside him a second one when `needs_second`."""
    return isinstance(by, SystemActor) or _reaches(by, SEND_MASS_PERMISSION, mass.unit_id)


def can_brake_mass(by: Actor, mass: Any) -> bool:
    """Whoever may write or send it: holding a mistake must not wait for the chief."""
    return can_write_mass(by, mass) or can_send_mass(by, mass)


def needs_second(by: Actor, mass: Any, people: int) -> bool:
    """True when this many people are reached and `by` wrote the text himself: somebody else must look."""
    authors = (mass.created_by, mass.written_by)
    return people > settings.MASS_SECOND_PERSON_ABOVE and by.actor_ref in authors
