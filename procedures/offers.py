"""What rooms above offer for a procedure at a unit: a visit to book. They register it in their apps.py.

A room below cannot ask who has sessions; so whoever has them tells here where they are booked.
"""

from typing import Protocol

from portal.units.models import Unit
from procedures.models import Procedure


class VisitOffer(Protocol):
    """The address of the page where a visit for `procedure` is booked, "" when nothing is offered now."""

    def __call__(self, *, unit: Unit, procedure: Procedure) -> str: ...


_visits: list[VisitOffer] = []


def register_visit_offer(offer: VisitOffer) -> None:
    if offer not in _visits:
        _visits.append(offer)


def visit_address(*, unit: Unit, procedure: Procedure) -> str:
    """Where a visit for this procedure is booked, or for the one it is part of; "" when nowhere."""
    about = procedure.part_of or procedure
    return next((found for offer in _visits if (found := offer(unit=unit, procedure=about))), "")
