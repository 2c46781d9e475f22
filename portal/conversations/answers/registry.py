"""Registry: who can answer a citizen's words without a person. Rooms fill it in their apps.py.

The search of the portal will be one more answerer; the first one that knows an answer gives it.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from portal.common.text import fold
from portal.units.models import Unit


@dataclass(frozen=True)
class Question:
    """Somebody's words to a unit. `conversation` only counts how often one asks; it names nobody."""

    unit: Unit
    text: str
    conversation: UUID
    now: dt.datetime

    @property
    def folded(self) -> str:
        return fold(self.text)

    def __repr__(self) -> str:
        return f"<Question to {self.unit.pk}>"


@dataclass(frozen=True)
class Answer:
    """`key` names the words (templates/messages/chat/<key>.txt); `buttons` at most five, as Zalo takes them.

    `complete`: nothing is left for an officer to say. Never holds personal data: who asks is unknown.
    """

    key: str
    text: str
    buttons: tuple[dict[str, Any], ...] = ()
    complete: bool = True


class Answerer(Protocol):
    """An answer to the question, or None; reads only, asks no network."""

    def __call__(self, question: Question) -> Answer | None: ...


_answerers: dict[str, tuple[int, Answerer]] = {}


def register_answerer(name: str, answerer: Answerer, *, order: int) -> None:
    """Ask `answerer` in its turn, the smallest `order` first; a second one of a name is an error."""
    if _answerers.get(name, (order, answerer)) != (order, answerer):
        raise ValueError(f"{name} is registered twice")
    _answerers[name] = (order, answerer)


def answer_to(question: Question) -> Answer | None:
    """The first answer anybody has."""
    for _order, answerer in sorted(_answerers.values(), key=lambda one: one[0]):
        found = answerer(question)
        if found is not None:
            return found
    return None
