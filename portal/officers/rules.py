"""May this officer? The only question the other rooms ask about roles."""

from collections.abc import Iterable
from typing import Any

from portal.common.actors import SystemActor
from portal.officers.roles import CONTENT_PERMISSIONS, ROLES

TECHNICAL_ROLE = "it_admin"


def has_permission(officer: Any, permission: str, unit: Any = None) -> bool:
    """True when a current role grants `permission` ("appointments.check_in_booking").

    `unit` narrows the question to a place: a unit, or any row with a `unit_id`. A row without a unit is
    answered as the question without place. Anyone who is no active officer gets False.
    """
    if not getattr(officer, "is_active", False) or permission not in getattr(officer, "permissions", ()):
        return False
    place = place_of(unit)
    return place is None or place in officer.unit_ids(permission)


def place_of(obj: Any) -> int | None:
    """Primary key of the unit an object belongs to; a unit belongs to itself."""
    if obj is None:
        return None
    if obj._meta.label_lower == "units.unit":
        return obj.pk
    return getattr(obj, "unit_id", None)


def may(by: Any, permission: str, unit: Any) -> bool:
    """As has_permission, and yes for commands and tasks of the house itself."""
    return isinstance(by, SystemActor) or has_permission(by, permission, unit)


def can_grant(by: Any, role: str, unit: Any) -> bool:
    """Nobody hands out more than he holds in that place.

    The technical role holds no citizens' data itself; it may still hand out roles that show none.
    """
    if isinstance(by, SystemActor):
        return role in ROLES
    if role not in ROLES or not has_permission(by, "officers.add_roleassignment", unit):
        return False
    wanted = ROLES[role].permissions
    if all(has_permission(by, permission, unit) for permission in wanted):
        return True
    return unit.pk in by.role_unit_ids(TECHNICAL_ROLE) and not wanted & CONTENT_PERMISSIONS


def can_take_over(by: Any, officer: Any, assignments: Iterable[Any]) -> bool:
    """May `by` set a password for `officer`? Only who could grant every role the account has or will have.

    Otherwise a technical administrator would read citizens' data through somebody else's account.
    """
    if isinstance(by, SystemActor):
        return True
    if officer.pk == by.pk or not has_permission(by, "officers.change_officer", officer):
        return False
    return all(can_grant(by, assignment.role, assignment.unit) for assignment in assignments)
