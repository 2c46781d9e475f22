"""Registry: what is held on a person, why, how long, and how it is told, corrected and erased.

Law 91/2025/QH15 (in force since 1/1/2026) gives everybody the right to see, correct and erase what is held on
him. Rows about a person lie in many rooms; each room says here, from its handlers.py, what its rows are.
Rooms below this one cannot: portal.citizens speaks for them. Every model with an encrypted column or a
look-up hash is declared exactly once (tests/contracts/test_personal_data.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from portal.citizens.models import Person
from portal.common.actors import Actor
from portal.notifications.models import ContactPoint
from portal.units.models import Unit


@dataclass(frozen=True)
class Terms:
    """Told to people, so in Vietnamese: what, why, how long, by which rule, where a mistake is corrected."""

    name: Any
    purpose: Any
    keep: Any
    legal: Any
    correct: Any


@dataclass(frozen=True)
class Kept:
    """`rows` that had to stay; `code` is stable and English, `reason` for people."""

    rows: int
    code: str
    reason: Any


@dataclass(frozen=True)
class Erased:
    """What one holding did: rows erased, and what stayed."""

    rows: int = 0
    kept: tuple[Kept, ...] = ()


class Eraser(Protocol):
    """Erase what may be erased of `person`'s rows; called inside a transaction, may be called again."""

    def __call__(self, *, person: Person, reason: str, by: Actor) -> Erased: ...


@dataclass(frozen=True)
class Holding:
    """Rows about a person: `rows` finds them, `export` tells one as JSON, `erase` takes them away.

    Rows that belong to a unit say so twice: `units` are the units that hold something on a person,
    `persons` the persons on whom units of a subquery hold something.
    """

    terms: Terms
    rows: Callable[[Person], Iterable[Any]]
    export: Callable[[Any], dict[str, Any]]
    erase: Eraser
    units: Callable[[Person], QuerySet] | None = None
    persons: Callable[[QuerySet], QuerySet] | None = None


@dataclass(frozen=True)
class Part:
    """Rows that are told and erased together with those of the model `of`."""

    of: str
    reason: str


@dataclass(frozen=True)
class Unlinked:
    """Personal columns that lead to no citizen: why kept, how long, and why nobody can ask for them."""

    purpose: str
    keep: str
    reason: str


class PhoneEraser(Protocol):
    """Erase what may be erased of a phone's rows; called inside a transaction, may be called again."""

    def __call__(self, *, point: ContactPoint, reason: str, by: Actor) -> Erased: ...


@dataclass(frozen=True)
class PhoneHolding:
    """Rows about whoever holds a phone, declared persons left out: they are told and erased one by one.

    `units`: the units that hold such rows on this phone; None when the rows belong to no unit.
    """

    terms: Terms
    rows: Callable[[ContactPoint], Iterable[Any]]
    export: Callable[[Any], dict[str, Any]]
    erase: PhoneEraser
    units: Callable[[ContactPoint], QuerySet] | None = None


_phones: dict[str, PhoneHolding] = {}
_models: dict[str, Holding | Part | Unlinked] = {}


def register_phone_data(model_label: str, declared: PhoneHolding) -> None:
    """Declare what "room.Model" holds on the holder of a phone; erased in the opposite order."""
    label = model_label.lower()
    if _phones.setdefault(label, declared) != declared:
        raise ValueError(f"{label} is declared twice")


def phone_holdings() -> dict[str, PhoneHolding]:
    """In the order of registration; lower rooms first."""
    return dict(_phones)


def units_holding_phone(point: ContactPoint) -> list[Unit]:
    """Every unit with rows on this phone, or on a person declared from it."""
    found: set[int] = set()
    for holding in phone_holdings().values():
        found |= set(holding.units(point)) if holding.units else set()
    for person in Person.objects.filter(contact_links__contact__contact_point=point):
        found |= {unit.pk for unit in units_holding(person)}
    return list(Unit.objects.filter(pk__in=found).order_by("pk"))


def register_personal_data(model_label: str, declared: Holding | Part | Unlinked) -> None:
    """Declare "room.Model"; a second, different declaration is an error."""
    label = model_label.lower()
    if label in _models and _models[label] != declared:
        raise ValueError(f"{label} is declared twice")
    _models[label] = declared


def declared_models() -> dict[str, Holding | Part | Unlinked]:
    """{"room.model" in lower case: what was declared}, in the order of registration."""
    return dict(_models)


def holdings() -> dict[str, Holding]:
    """The models with rows about a person; lower rooms first, so erase in the opposite order."""
    return {label: found for label, found in _models.items() if isinstance(found, Holding)}


def units_holding(person: Person) -> list[Unit]:
    """Every unit in which something is held on this person."""
    found: set[int] = set()
    for holding in holdings().values():
        found |= set(holding.units(person)) if holding.units else set()
    return list(Unit.objects.filter(pk__in=found).order_by("pk"))


def persons_held_by(units: QuerySet) -> QuerySet[Person]:
    """Persons on whom units of this subquery hold something."""
    seen = Person.objects.none()
    for holding in holdings().values():
        if holding.persons:
            seen = seen | Person.objects.filter(pk__in=holding.persons(units))
    return seen
