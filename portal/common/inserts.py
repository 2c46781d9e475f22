"""Insert rows of several models at once: on PostgreSQL with a single statement.

A confirmed visit writes persons, the words of their names, consents and journal entries. One INSERT per table
and person would make a family of eight cost eight times as much as one person, all of it inside a
transaction that others wait for.

Rows may point to rows that stand earlier in the list and have no primary key yet.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

_ID_AND_UID = "RETURNING id, uid"


@dataclass(frozen=True)
class Piece:
    """`name AS (INSERT …)` for a WITH list, and its values."""

    name: str
    sql: str
    values: list[Any] = field(default_factory=list)


def insert_rows(rows: Sequence[Any]) -> None:
    """Insert all or none of the unsaved `rows` (each has a `uid`), one statement; sets their primary keys.

    SQLite, whose WITH takes no INSERT, gets one statement per model. Runs in the caller's transaction.
    """
    groups = group_by_model(rows)
    if not groups:
        return
    if connection.vendor != "postgresql":
        for model, found in groups.items():
            model._base_manager.bulk_create(found)
        return
    pieces = [insert_piece(found) for found in groups.values()]
    run_pieces(pieces, rows)


def group_by_model(rows: Sequence[Any]) -> dict[Any, list[Any]]:
    """{model: its rows}, both in the order of the list."""
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    return groups


def insert_piece(
    rows: Sequence[Any], *, source: str = "", computed: dict[str, list[str]] | None = None
) -> Piece:
    """The INSERT of rows of one model, named `new_<table>`, which returns id and uid.

    `source` names pieces of the same statement that must have found a row, or nothing is inserted;
    `computed` holds SQL for a column, one expression per row, that may read them.
    """
    computed = computed or {}
    fields = [each for each in rows[0]._meta.local_concrete_fields if not each.primary_key]
    quote = connection.ops.quote_name
    table = rows[0]._meta.db_table
    selects, values = [], []
    for place, row in enumerate(rows):
        terms = []
        for each in fields:
            term, found = (computed[each.name][place], []) if each.name in computed else _term(each, row)
            terms.append(term)
            values += found
        selects.append(f"SELECT {', '.join(terms)}" + (f" FROM {source}" if source else ""))  # noqa: S608 - values are bound
    names = ", ".join(quote(each.column) for each in fields)
    body = f"INSERT INTO {quote(table)} ({names}) {' UNION ALL '.join(selects)} {_ID_AND_UID}"
    return Piece(name_of(rows[0]), body, values)


def name_of(row: Any) -> str:
    """What the piece that inserts this row is called."""
    return f"new_{row._meta.db_table}"


def _term(each: Any, row: Any) -> tuple[str, list[Any]]:
    """One value of a row; a look-up by uid where it points to a row of the same statement."""
    if each.is_relation and each.is_cached(row):
        other = each.get_cached_value(row)
        if other is not None and other.pk is not None:
            return "%s::bigint", [other.pk]  # inserted since it was assigned
        if other is not None:
            found = f"(SELECT id FROM {name_of(other)} WHERE uid = %s::uuid)"  # noqa: S608 - a name of our own
            return found, [other.uid]
    return _cast(each), [each.get_db_prep_save(each.pre_save(row, add=True), connection)]


@functools.cache
def _cast(each: Any) -> str:
    """Without its length: a cast to varchar(12) would cut a long text silently, the column refuses it.

    Remembered, since finding the type of one column costs as much as sending its value.
    """
    kind = each.db_type(connection).split("(")[0]
    return f"%s::{kind}"


def run_pieces(
    pieces: Sequence[Piece], rows: Sequence[Any], *, before: Sequence[Piece] = (), answer: str = ""
) -> dict[Any, int]:
    """Run `before` and the inserts as one statement and set the primary keys of `rows`: {uid: key}.

    Nothing was inserted when it is empty. `answer` is SQL for one more number, found under None.
    """
    every = [*before, *pieces]
    heads = ", ".join(f"{piece.name} AS ({piece.sql})" for piece in every)
    tails = [f"SELECT id, uid FROM {piece.name}" for piece in pieces]  # noqa: S608 - names of our own tables
    tails += [f"SELECT ({answer}), NULL"] if answer else []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {heads} {' UNION ALL '.join(tails)}", [value for piece in every for value in piece.values]
        )
        found = {uid: pk for pk, uid in cursor.fetchall()}
    for row in rows:
        mark_inserted(row, found.get(row.uid))
    return found


def mark_inserted(row: models.Model, pk: int | None) -> None:
    """Make an instance know that its row exists; nothing for None."""
    if pk is None:
        return
    row.pk = pk
    row._state.adding, row._state.db = False, connection.alias
    for each in row._meta.local_concrete_fields:
        if each.is_relation and each.is_cached(row):
            other = each.get_cached_value(row)
            if other is not None and getattr(row, each.attname) is None:
                setattr(row, each.attname, other.pk)
