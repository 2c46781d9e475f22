"""Registry: what wants a person's attention, told on the officers' start page. Rooms fill it in apps.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Attention:
    """One sentence, and the page where it is put right."""

    text: str
    url: str


class AttentionSource(Protocol):
    """What this officer should know of this room now, the gravest first; in few statements."""

    def __call__(self, officer: Any) -> Iterable[Attention]: ...


_sources: list[AttentionSource] = []


def register_attention(source: AttentionSource) -> None:
    """Have `source` asked for every start page; twice is once."""
    if source not in _sources:
        _sources.append(source)


def attention_of(officer: Any) -> list[Attention]:
    """Everything, in the order of registration; [] when nothing is wrong."""
    return [one for source in _sources for one in source(officer)]
