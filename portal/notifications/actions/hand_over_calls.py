"""Open calls go to the unit that took over."""

import datetime as dt
from collections.abc import Sequence

from portal.common.actors import Actor
from portal.notifications.models import CallTask
from portal.units.models import Unit


def hand_over_calls(*, predecessor: Unit, successors: Sequence[Unit], on: dt.date, by: Actor) -> int:
    """Give the open calls of `predecessor` to its main successor; returns how many."""
    return CallTask.objects.open().filter(unit=predecessor).update(unit=successors[0])
