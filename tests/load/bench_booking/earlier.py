"""Bookings of earlier days: all rows that one real booking left, copied by the database.

Identifiers, keys and unique hashes are new in every copy, and what referred to a row refers to its copy, so
that indexes and the planner see what years of bookings would show them. Ciphertexts stay: nobody opens them.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, models

from appointments.models import Booking, Session, Slot
from portal.common.fields import LookupHashField

PER_SESSION = 500
BACK = 100  # days; the campaign of the measurement is shorter
AT_LEISURE = 50_000  # bookings; more of them take minutes unless indexes wait
Rows = dict[type[models.Model], list[int]]


def highest_ids() -> dict[type[models.Model], int]:
    """The newest row of every table of ours."""
    ours = [model for model in apps.get_models() if any(field.name == "uid" for field in model._meta.fields)]
    return {
        model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in ours
    }


def rows_since(before: dict[type[models.Model], int]) -> Rows:
    """Rows written since `highest_ids()`."""
    found = {
        model: list(model._base_manager.filter(pk__gt=newest).order_by("pk").values_list("pk", flat=True))
        for model, newest in before.items()
    }
    return {model: ids for model, ids in found.items() if ids}


def make_earlier(rows: Rows, *, count: int) -> None:
    """Copy the booking behind `rows` `count` times, 500 to a session, sessions on days gone by."""
    booking = Booking.objects.get(pk=rows[Booking][0])
    steps = _sessions(booking, -(-count // PER_SESSION)) + _bookings(rows, booking, count)
    tables = [model._meta.db_table for model in (*rows, Session, Slot)]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        if count > AT_LEISURE:
            _hurry(cursor, steps, tables)
        else:
            _run(cursor, steps)
        cursor.execute("RESET statement_timeout")
        cursor.execute("VACUUM ANALYZE")


def _run(cursor: Any, steps: list[str]) -> None:
    for step in steps:
        cursor.execute(step)


def _hurry(cursor: Any, steps: list[str], tables: list[str]) -> None:
    """In a cluster of one's own: no checks of keys, and indexes built once instead of row by row."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(
        "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY(%s::regclass[])",
        [tables],
    )
    _run(cursor, steps)
    _run(cursor, [f"REINDEX TABLE {table}" for table in tables])
    cursor.execute("RESET session_replication_role")


def _sessions(booking: Booking, days: int) -> list[str]:
    rows: Rows = {Session: [booking.session_id], Slot: [booking.slot_id]}
    copier = _Copier(rows)
    changes: dict[str, Callable[[str], str]] = {
        "date": lambda column: f"{column} - {BACK} - g::integer",
        "last_number": lambda _column: str(PER_SESSION),
        "taken": lambda _column: str(PER_SESSION),
        "capacity": lambda _column: str(PER_SESSION),
    }
    return [copier.statement(model, days, changes) for model in rows]


def _bookings(rows: Rows, booking: Booking, count: int) -> list[str]:
    """The copied sessions get the numbers behind the newest one of now, 500 bookings each."""
    copier = _Copier(rows)
    session, slot = (_newest(model) + 1 for model in (Session, Slot))
    changes: dict[str, Callable[[str], str]] = {
        "session_id": lambda _column: f"{session} + g / {PER_SESSION}",
        "slot_id": lambda _column: f"{slot} + g / {PER_SESSION}",
        "number": lambda _column: f"1 + g % {PER_SESSION}",
    }
    plain = {model: changes if model is Booking else {} for model in rows}
    return [copier.statement(model, count, plain[model]) for model in rows]


def _newest(model: type[models.Model]) -> int:
    return model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


class _Copier:
    """Writes INSERT … SELECT statements that copy rows together with what binds them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.first = {model: _newest(model) + 1 for model in rows}
        self.uids = {
            uid
            for model, ids in rows.items()
            for uid in model._base_manager.filter(pk__in=ids).values_list("uid", flat=True)
        }

    def statement(
        self, model: type[models.Model], count: int, changes: dict[str, Callable[[str], str]]
    ) -> str:
        """`count` copies of all rows of `model`, and its key counter behind them."""
        fields = model._meta.local_concrete_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        table = model._meta.db_table
        selects = []
        for place, pk in enumerate(self.rows[model]):
            row = model._base_manager.get(pk=pk)
            values = [
                changes[field.column](f't."{field.column}"')
                if field.column in changes
                else self._value(field, row, place)
                for field in fields
            ]
            selects.append(
                f"SELECT {', '.join(values)} FROM {table} t, "  # noqa: S608 - names of our own tables
                f"generate_series(0, {count - 1}) g WHERE t.id = {pk}"
            )
        counter = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
        return "; ".join([f"INSERT INTO {table} ({names}) {select}" for select in selects] + [counter])

    def _value(self, field: models.Field, row: Any, place: int) -> str:
        column = f't."{field.column}"'
        if field.primary_key:
            return self._key(type(row), place)
        value = row.__dict__.get(field.attname)
        if field.is_relation and value in self.rows.get(field.related_model, []):
            return self._key(field.related_model, self.rows[field.related_model].index(value))
        if isinstance(value, uuid.UUID):
            return f"md5({column}::text || g)::uuid" if value in self.uids else column
        if isinstance(value, str) and (isinstance(field, LookupHashField) or _is_unique(field)):
            return f"left(md5({column} || g) || md5(g || {column}), {len(value)})"
        return self._with_copied_uid(column, value)

    def _with_copied_uid(self, column: str, value: Any) -> str:
        """`contact:<uid>` and the journal's object: texts that quote an identifier quote the copy's."""
        quoted = next((str(uid) for uid in self.uids if isinstance(value, str) and str(uid) in value), "")
        return f"replace({column}, '{quoted}', md5('{quoted}' || g)::uuid::text)" if quoted else column

    def _key(self, model: type[models.Model], place: int) -> str:
        return f"{self.first[model] + place} + g::bigint * {len(self.rows[model])}"


def _is_unique(field: models.Field) -> bool:
    constraints = [one for one in field.model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return field.unique or any(tuple(one.fields) == (field.name,) for one in constraints)
