"""Learn from two confirmations where each value of each statement comes from, and run them for a third.

A value that was the same in both is part of the statement. One that differed was a fact of the hold, or came
back from an earlier statement, or was sent by one, or was made on the spot: an identifier, a moment, a
ciphertext, a hash. Of the last kind the replay makes one of the same type and length, so that the database
does the same work and Python none of the portal's.
"""

import datetime as dt
import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from tests.load.bench_booking.recording import Recording, Statement

Facts = dict[str, Any]
Known = dict[str, Any]
SHORTEST_IN_TEXT = 8
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')


class CannotLearn(Exception):
    """Two confirmations differ in a way the replay has no source for."""


@dataclass(frozen=True)
class Source:
    """`kind` is a key of _MAKERS; "known" is a fact, a row's value or one sent before, "text" a template."""

    kind: str
    content: Any
    name: str = ""

    def value(self, known: Known) -> Any:
        return _MAKERS[self.kind](self, known)


@dataclass(frozen=True)
class Step:
    number: int
    sql: str
    source: Source
    block: int | None


@dataclass(frozen=True)
class Recipe:
    """The statements of one confirmation, ready to run for any hold."""

    steps: list[Step]

    def run(self, facts: Facts) -> None:
        """Run all in the transactions in which they were heard."""
        known = dict(facts)
        for block, steps in groupby(self.steps, key=lambda step: step.block):
            if block is None:
                _run(steps, known)
            else:
                with transaction.atomic():
                    _run(steps, known)


def _run(steps: Iterator[Step], known: Known) -> None:
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step.sql, step.source.value(known))
            if cursor.description is not None:
                _remember_rows(known, step.number, cursor.fetchall())


def _remember_rows(known: Known, number: int, rows: list[tuple]) -> None:
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            known[f"row {number}.{line}.{column}"] = value


# ---- running: one function per kind of source


def _text(source: Source, known: Known) -> str:
    return "".join(part if isinstance(part, str) else str(known[part[0]]) for part in source.content)


def _fresh(source: Source, known: Known) -> Any:
    kind, size = source.content
    value = _FRESH[kind](size)
    known[source.name] = value
    return value


_FRESH: dict[str, Callable[[Any], Any]] = {
    "uuid": lambda _size: uuid.uuid4(),
    "moment": lambda size: dt.datetime.now(dt.UTC) + size,
    "bytes": secrets.token_bytes,
    "text": lambda size: secrets.token_hex(size // 2 + 1)[:size],
}
_MAKERS: dict[str, Callable[[Source, Known], Any]] = {
    "constant": lambda source, _known: source.content,
    "known": lambda source, known: known[source.content],
    "text": _text,
    "fresh": _fresh,
    "list": lambda source, known: [part.value(known) for part in source.content],
    "json": lambda source, known: Jsonb(source.content.value(known)),
    "dict": lambda source, known: {name: part.value(known) for name, part in source.content.items()},
}


# ---- learning


@dataclass
class _Pair:
    """Values seen in both confirmations and what they are called; the first name of a pair stays."""

    names: dict[tuple[Any, Any], str] = field(default_factory=dict)

    def add(self, name: str, first: Any, second: Any) -> None:
        if first != second and isinstance(first, (int, str, uuid.UUID, dt.date, dt.datetime)):
            self.names.setdefault((first, second), name)

    def add_rows(self, number: int, first: list[tuple], second: list[tuple]) -> None:
        for line, rows in enumerate(zip(first, second, strict=True)):
            for column, values in enumerate(zip(*rows, strict=True)):
                self.add(f"row {number}.{line}.{column}", *values)


def learn(first: Recording, second: Recording, first_facts: Facts, second_facts: Facts) -> Recipe:
    """The recipe behind two recordings; CannotLearn when they are not two runs of the same code."""
    pair = _Pair()
    for name, value in first_facts.items():
        pair.add(name, value, second_facts[name])
    if shape(first) != shape(second):
        raise CannotLearn("two confirmations sent different statements")
    steps = []
    for number, (one, other) in enumerate(zip(first.statements, second.statements, strict=True)):
        source = _Learner(pair, first.began, number).source(one.values, other.values)
        steps.append(Step(number, one.sql, source, one.block))
        pair.add_rows(number, one.rows, other.rows)
    return Recipe(steps)


def shape(recording: Recording) -> list[tuple[str, int | None]]:
    """The statements without their values; the numbers in names of savepoints go on counting."""
    return [
        (_SAVEPOINT.sub('"savepoint"', statement.sql), statement.block) for statement in recording.statements
    ]


class _Learner:
    """Finds the sources of one statement's values."""

    def __init__(self, pair: _Pair, began: dt.datetime, number: int) -> None:
        self.pair, self.began, self.number, self.places = pair, began, number, 0

    def source(self, one: Any, other: Any) -> Source:
        one, other = plain(one), plain(other)
        if isinstance(one, (list, tuple)) and len(one) == len(other):
            return Source("list", [self.source(*values) for values in zip(one, other, strict=True)])
        if isinstance(one, dict) and one.keys() == other.keys():
            return Source("dict", {name: self.source(one[name], other[name]) for name in one})
        if isinstance(one, Jsonb):
            return Source("json", self.source(one.obj, other.obj))
        if one == other:
            return Source("constant", one)
        if type(one) is not type(other):
            raise CannotLearn(f"statement {self.number}: {type(one)} beside {type(other)}")
        if not isinstance(one, bytes) and (one, other) in self.pair.names:
            return Source("known", self.pair.names[one, other])
        return self._text_with_known(one, other) or self._fresh(one, other)

    def _text_with_known(self, one: Any, other: Any) -> Source | None:
        """`contact:<uid>`: the same words around a known value."""
        if not isinstance(one, str):
            return None
        for (mine, its), name in self.pair.names.items():
            inside, there = str(mine), str(its)
            if len(inside) < SHORTEST_IN_TEXT or inside not in one:
                continue
            if one.split(inside) == other.split(there):
                before, after = one.split(inside, 1)
                return Source("text", [before, (name,), after])
        return None

    def _fresh(self, one: Any, other: Any) -> Source:
        self.places += 1
        name = f"made {self.number}.{self.places}"
        self.pair.add(name, one, other)
        if isinstance(one, uuid.UUID):
            return Source("fresh", ("uuid", 0), name)
        if isinstance(one, dt.datetime):
            return Source("fresh", ("moment", one - self.began), name)
        if isinstance(one, (bytes, str)):
            return Source("fresh", ("bytes" if isinstance(one, bytes) else "text", len(one)), name)
        raise CannotLearn(f"statement {self.number}: no source for {one!r} and {other!r}")


def plain(value: Any) -> Any:
    """Bytes without the driver's wrapper."""
    inner = value.obj if type(value).__name__ == "Binary" else value
    return bytes(inner) if isinstance(inner, (bytearray, memoryview, bytes)) else inner


def statements_of(recording: Recording) -> list[Statement]:
    """Without savepoints: what a citizen's booking costs the database."""
    words = ("SAVEPOINT", "RELEASE", "ROLLBACK")
    return [one for one in recording.statements if not one.sql.lstrip().upper().startswith(words)]
