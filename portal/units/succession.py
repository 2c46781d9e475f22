"""Registry: what moves when units merge. Rooms above fill it in their apps.py; close_unit calls it.

Rows keep the unit they were made for; only open work, hours, posters and subscriptions move. So every
model with a foreign key to Unit is declared here exactly once: with a mover, or as staying with a reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from portal.common.actors import Actor
from portal.units.models import Unit


class Mover(Protocol):
    """Move the open rows of `predecessor` and return how many; the first successor is the main one.

    Called inside the transaction of close_unit: no network, no mail. It may be called again.
    """

    def __call__(self, *, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> int: ...


@dataclass(frozen=True)
class Declared:
    mover: Callable[..., int] | None
    reason: str


_models: dict[str, Declared] = {}


def register_succession(model_label: str, mover: Mover) -> None:
    """Declare that rows of "room.Model" move; a second declaration of a model is an error."""
    _declare(model_label, Declared(mover, ""))


def register_stays(model_label: str, reason: str) -> None:
    """Declare that rows of "room.Model" keep the unit they were made for, and why."""
    if not reason:
        raise ValueError(f"{model_label}: a reason is needed")
    _declare(model_label, Declared(None, reason))


def declared_models() -> dict[str, Declared]:
    """{"room.model" in lower case: Declared}, for the contract test."""
    return dict(_models)


def move_rows(*, predecessor: Unit, successors: Sequence[Unit], on: date, by: Actor) -> dict[str, int]:
    """Call every mover in the order of registration: {"room.model": rows moved}."""
    return {
        label: declared.mover(predecessor=predecessor, successors=successors, on=on, by=by)
        for label, declared in _models.items()
        if declared.mover is not None
    }


def _declare(model_label: str, declared: Declared) -> None:
    label = model_label.lower()
    if label in _models and _models[label] != declared:
        raise ValueError(f"{label} is declared twice")
    _models[label] = declared
