"""Registry: what files belong to. A room above says by a key how its rows take files and who may open them.

A file names its owner by this key and the row's uid. There is no foreign key, because that would point
upward; so a room that erases a row erases its files with `actions.erase_files`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.common.actors import Actor
from portal.files.cleaning.kinds import GROUPS


@dataclass(frozen=True)
class FileOwner:
    """`unit_of(uid)` is the unit of the row, or None when there is no such row; `may_put(by, uid)` and
    `may_read(by, uid)` answer for a row that exists; `back(uid)` is where its page is; `on_checked(file)`
    is told once in the transaction in which a file became clean or was refused."""

    label: Any
    unit_of: Callable[[uuid.UUID], Any]
    may_put: Callable[[Actor, uuid.UUID], bool]
    may_read: Callable[[Actor, uuid.UUID], bool]
    back: Callable[[uuid.UUID], str]
    groups: tuple[str, ...] = GROUPS
    most_files: int = 20
    keep_days: int = 365
    on_checked: Callable[[Any], None] | None = None


_owners: dict[str, FileOwner] = {}


def register_file_owner(key: str, owner: FileOwner) -> None:
    """Declare `key` ("procedures.dossier"); a second, different declaration is an error."""
    if not 3 <= len(key) <= 40 or set(owner.groups) - set(GROUPS):
        raise ValueError(f"{key}: a key of 3 to 40 letters and known groups")
    if key in _owners and _owners[key] != owner:
        raise ValueError(f"{key} is declared twice")
    _owners[key] = owner


def forget_file_owner(key: str) -> None:
    """For tests, whose owners must not stay."""
    _owners.pop(key, None)


def find_owner(key: str) -> FileOwner | None:
    return _owners.get(key)


def owner_keys() -> list[str]:
    return sorted(_owners)
