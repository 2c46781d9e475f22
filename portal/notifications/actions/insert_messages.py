"""INSERT … ON CONFLICT DO NOTHING RETURNING for outbox rows: one statement, however many rows.

The ORM can either ignore conflicts or say which rows it wrote, never both; asking afterwards would cost
every booking a second statement.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from portal.notifications.models import OutboxMessage

_KEY = "intent, about, recipient_id"


def insert_messages(rows: list[OutboxMessage]) -> list[OutboxMessage]:
    """Insert the rows whose (intent, object, recipient) is free; returns those, with their primary keys.

    A rival's uncommitted row of the same key is waited for. SQLite takes so few parameters that a long list
    becomes several statements; PostgreSQL always gets one.
    """
    fields = [field for field in OutboxMessage._meta.local_concrete_fields if not field.primary_key]
    size = connection.ops.bulk_batch_size([field.name for field in fields], rows) or 1
    written = dict(
        pair for start in range(0, len(rows), size) for pair in _insert(fields, rows[start:][:size])
    )
    fresh = [row for row in rows if row.uid in written]
    for row in fresh:
        row.pk = written[row.uid]
        row._state.adding, row._state.db = False, connection.alias
    return fresh


def _insert(fields: list[Any], rows: list[OutboxMessage]) -> Iterator[tuple[UUID, int]]:
    """(uid, primary key) of what was written."""
    quote = connection.ops.quote_name
    table, names = quote(OutboxMessage._meta.db_table), ", ".join(quote(field.column) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    sql = (
        f"INSERT INTO {table} ({names}) VALUES {places} "  # noqa: S608 - names come from the model, values are bound
        f"ON CONFLICT ({_KEY}) DO NOTHING RETURNING uid, id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in _values(fields, row)])
        for uid, pk in cursor.fetchall():
            yield UUID(str(uid)), pk


def _values(fields: list[Any], row: OutboxMessage) -> Iterator[Any]:
    for field in fields:
        yield field.get_db_prep_save(field.pre_save(row, add=True), connection)
