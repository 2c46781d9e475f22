"""What becomes of a menu plan when its unit closes; called through portal.units.succession."""

from collections.abc import Sequence
from datetime import date

from portal.common.actors import Actor
from portal.units.models import Unit
from portal.zalo.models import MenuItem


def move_menu(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """To a main successor that has no plan of its own."""
    if MenuItem.objects.filter(unit=successors[0]).exists():
        return 0
    return MenuItem.objects.filter(unit=predecessor).update(unit=successors[0])
