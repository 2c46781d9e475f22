"""What becomes of a closed unit's own rows; called through portal.units.succession by close_unit."""

from collections.abc import Sequence
from datetime import date

from portal.common.actors import Actor
from portal.units.models import Hamlet, OpeningHours, Unit, UnitContact


def move_children(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """Units still in force below the closed one come under its main successor; historic ones stay."""
    return predecessor.children.filter(valid_to__isnull=True).update(parent=successors[0])


def move_hamlets(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """Hamlets go to the main successor, except those it already has under the same name."""
    there = set(successors[0].hamlets.values_list("kind", "folded_name"))
    moving = [
        pk
        for pk, kind, name in predecessor.hamlets.active().values_list("pk", "kind", "folded_name")
        if (kind, name) not in there
    ]
    return Hamlet.objects.filter(pk__in=moving).update(unit=successors[0])


def move_opening_hours(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """Hours go only to a main successor that has none: its own announcement wins."""
    if successors[0].opening_hours.exists():
        return 0
    return OpeningHours.objects.filter(unit=predecessor).update(unit=successors[0])


def move_contacts(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int:
    """Telephones go only to a main successor that has none, and wait there unpublished for a check."""
    if successors[0].contacts.exists():
        return 0
    return UnitContact.objects.filter(unit=predecessor).update(unit=successors[0], public=False)
