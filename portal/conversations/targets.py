"""Registry: what a conversation may become. This room fills it for the rooms below, in handlers.py.

A target opens the page where its room makes the thing, with a way back. Once it is made, the room says so
through actions/note_outcome.py, and the conversation remembers it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.conversations.models import Conversation
from portal.officers.models import Officer


@dataclass(frozen=True)
class Target:
    """`may(officer, conversation)`; `open_page(conversation)` is the path where it is made;
    `show(uid, officer)` is (words, path or "") of what was made.
    """

    key: str
    label: Any
    may: Callable[[Officer, Conversation], bool]
    open_page: Callable[[Conversation], str]
    show: Callable[[UUID, Officer], tuple[str, str]]


_targets: dict[str, Target] = {}


def register_target(target: Target) -> None:
    """A second target of a key is an error."""
    if _targets.get(target.key, target) != target:
        raise ValueError(f"{target.key} is registered twice")
    _targets[target.key] = target


def target_of(key: str) -> Target | None:
    return _targets.get(key)


def targets_for(officer: Officer, conversation: Conversation) -> list[Target]:
    """What this officer may turn this conversation into, in the order of registration."""
    return [target for target in _targets.values() if target.may(officer, conversation)]
