"""Registry: whom a mass message may go to. Rooms above fill it in their apps.py.

An audience yields contact points, whoever they are; this room never learns why somebody belongs to it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from portal.units.models import Unit


@dataclass(frozen=True)
class Target:
    """One group an officer may choose: a campaign, a session, a hamlet. `value` is its uid."""

    unit: Unit
    value: str
    label: str


@dataclass(frozen=True)
class Audience:
    """A kind of groups.

    `targets(unit_ids)` in one query; `recipients(unit, value)` are contact points, each once, in any order;
    With `by_article` Zalo itself knows who they are: one article goes to all, and `recipients` are nobody.
    `link(unit, value)` is the path of the page its people would want, "" for the unit's own page.
    """

    key: str
    label: Any
    targets: Callable[[Collection[int]], list[Target]]
    recipients: Callable[[Unit, str], QuerySet]
    link: Callable[[Unit, str], str] = lambda unit, value: ""
    by_article: bool = False


class UnknownAudience(LookupError):
    """No room registered this key."""


_audiences: dict[str, Audience] = {}


def register_audience(audience: Audience) -> Audience:
    """Announce an audience; ValueError when the key is taken by another."""
    if _audiences.setdefault(audience.key, audience) is not audience:
        raise ValueError(f"{audience.key} is registered twice.")
    return audience


def find_audience(key: str) -> Audience:
    """The audience registered under `key`; UnknownAudience otherwise."""
    try:
        return _audiences[key]
    except KeyError as error:
        raise UnknownAudience(key) from error


def all_audiences() -> list[Audience]:
    """Every audience by key."""
    return [_audiences[key] for key in sorted(_audiences)]


def find_target(*, key: str, unit: Unit, value: str) -> Target | None:
    """The group of `unit` with this value, None when the unit has no such group (any more)."""
    audience = _audiences.get(key)
    found = audience.targets([unit.pk]) if audience and unit.is_open else []
    return next((one for one in found if one.value == value), None)
