"""Hear every SQL statement of a call: text, values, the rows it answered and its transaction."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

OPENS, CLOSES = "BEGIN", ("COMMIT", "ROLLBACK")


@dataclass(frozen=True)
class Statement:
    """`block` numbers the transaction it ran in; None when it was one of its own."""

    sql: str
    values: Any
    rows: list[tuple]
    block: int | None


@dataclass(frozen=True)
class Recording:
    """What one call sent, and when it began."""

    began: dt.datetime
    statements: list[Statement]


def record(call: Callable[[], object]) -> Recording:
    """Run `call` outside any transaction and return what it sent."""
    heard: list[tuple[str, Any, list[tuple]]] = []

    def listen(execute: Callable, sql: str, values: Any, many: bool, context: dict) -> Any:
        assert not many, "executemany is not replayed"
        answer = execute(sql, values, many, context)
        heard.append((sql, values, _rows(context["cursor"].cursor)))
        return answer

    began = timezone.now()
    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(listen):
        call()
    return Recording(began, _with_blocks(heard, [query["sql"] for query in captured.captured_queries]))


def _rows(cursor: Any) -> list[tuple]:
    """All rows, leaving them for the caller: the client already has them, so the cursor can go back."""
    if cursor.description is None:
        return []
    rows = cursor.fetchall()
    if rows:
        cursor.scroll(0, mode="absolute")
    return rows


def _with_blocks(heard: list[tuple[str, Any, list[tuple]]], log: list[str]) -> list[Statement]:
    """Django's log has BEGIN and COMMIT between the statements; the wrapper has values and rows."""
    found: list[Statement] = []
    waiting, block, blocks = iter(heard), None, 0
    for line in log:
        if line == OPENS:
            block, blocks = blocks, blocks + 1
        elif line in CLOSES:
            assert line == "COMMIT", "the call rolled back"
            block = None
        else:
            found.append(Statement(*next(waiting), block))
    assert len(found) == len(heard)
    return found
