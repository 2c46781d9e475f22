"""Actors and trees of this room's tests. All names are invented."""

from dataclasses import dataclass, field

import pytest

from portal.common.actors import SystemActor
from portal.units.actions import load_demo_units, load_kinds
from portal.units.models import Unit


@dataclass
class Desk:
    """Somebody who holds roles in units, as the room sees an officer."""

    held: set[int] = field(default_factory=set)
    permissions: set[str] = field(default_factory=set)
    actor_ref: str = "system:desk"

    def held_unit_ids(self, permission: str | None = None) -> set[int]:
        return self.held if permission is None or permission in self.permissions else set()

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """For a unit or a row of a unit; a row without a unit is the question without place."""
        place = getattr(obj, "unit_id", None) if not isinstance(obj, Unit) else obj.pk
        return permission in self.permissions and (place is None or place in self.held)


@pytest.fixture
def by() -> SystemActor:
    return SystemActor("test")


@pytest.fixture
def desk() -> type[Desk]:
    return Desk


@pytest.fixture
def kinds(db):
    return load_kinds()


@pytest.fixture
def demo(db, by):
    """Demo units by display name."""
    return load_demo_units(by=by)
