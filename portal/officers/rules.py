"""May this officer? The only question the other rooms ask about roles."""

from typing import Any, Protocol


class HoldsRoles(Protocol):
    """An officer, as the rules need him."""

    is_active: bool

    @property
    def permissions(self) -> frozenset[str]: ...

    def unit_ids(self, permission: str | None = None) -> set[int]: ...


def has_permission(officer: HoldsRoles, permission: str, unit: Any = None) -> bool:
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
