"""The import law as pyproject.toml tells it to import-linter, for checks that imports do not show."""

import tomllib
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[2]
ROOM_PACKAGES = ("portal", "procedures", "appointments", "reports")


@cache
def contract(contract_id: str) -> dict:
    """One contract of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["id"] == contract_id)


def members(line: str) -> list[str]:
    """Names on one line of a layers contract, without brackets."""
    return [name.strip(" ()") for name in line.replace("|", ":").split(":")]


def layers() -> list[list[str]]:
    """The rooms from top to bottom; rooms on one line are blind to each other."""
    return [members(line) for line in contract("rooms")["layers"]]


def rooms() -> set[str]:
    """Every module named by the import law of the rooms."""
    return {name for line in layers() for name in line}


def room_of(module: str) -> str | None:
    """The room a dotted module belongs to; None for libraries and what stands outside the law."""
    found = [room for room in rooms() if module == room or module.startswith(f"{room}.")]
    return max(found, key=len, default=None)


def level(room: str) -> int:
    """0 is the roof."""
    return next(number for number, line in enumerate(layers()) if room in line)


def may_know(room: str, other: str) -> bool:
    """True when `room` may import `other`."""
    if (room, other) in forbidden_pairs():
        return False
    return room == other or level(room) < level(other)


def forbidden_pairs() -> set[tuple[str, str]]:
    """(room, room) that the layers alone would allow."""
    alone = contract("reports_alone")
    return {(one, other) for one in alone["source_modules"] for other in alone["forbidden_modules"]}


def house_models() -> list[type[Model]]:
    """Every model of our rooms, with the hidden tables between two others."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model.__module__.split(".")[0] in ROOM_PACKAGES]
