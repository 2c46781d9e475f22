"""Who acts. Every `by=` has an `actor_ref`; officers and contacts are models, the rest stands here."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    @property
    def actor_ref(self) -> str:
        """`officer:<uid>`, `contact:<uid>`, `system:<name>` or `citizen:anonymous`."""
        ...


@dataclass(frozen=True)
class SystemActor:
    """A task or a command; `name` says which."""

    name: str

    @property
    def actor_ref(self) -> str:
        return f"system:{self.name}"


@dataclass(frozen=True)
class AnonymousCitizen:
    """Somebody in front of a public page who has not shown a phone yet."""

    @property
    def actor_ref(self) -> str:
        return "citizen:anonymous"


ANONYMOUS_CITIZEN = AnonymousCitizen()
