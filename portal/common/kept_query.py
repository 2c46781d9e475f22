"""A query whose SQL is composed once and kept; later runs only bind another value.

Django composes the SQL of a queryset anew each time it runs. For a row with five others joined that takes
several times as long as sending the statement and reading its answer, and a booking in a rush waits for it.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, models
from django.db.models.query import get_related_populators


class _Composed:
    """What one thread keeps: compiler and converters belong to that thread's connection."""

    def __init__(self, compiler: Any, example: Any) -> None:
        self.connection, self.compiler = compiler.connection, compiler
        self.sql, values = compiler.as_sql()
        self.values = tuple(values)
        self.places = frozenset(place for place, value in enumerate(values) if value == example)
        assert self.places, "the queryset does not depend on the value"
        found = compiler.klass_info
        self.start, self.end = found["select_fields"][0], found["select_fields"][-1] + 1
        self.model = found["model"]
        self.names = [column[0].target.attname for column in compiler.select[self.start : self.end]]
        self.related = get_related_populators(found, compiler.select, compiler.connection.alias)
        self.converters = compiler.get_converters([column[0] for column in compiler.select])

    def run(self, value: Any) -> list[Any]:
        bound = [value if place in self.places else kept for place, kept in enumerate(self.values)]
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, bound)
            rows = cursor.fetchall()
        return [self._instance(row) for row in self.compiler.apply_converters(rows, self.converters)]

    def _instance(self, row: Any) -> Any:
        one = self.model.from_db(self.connection.alias, self.names, row[self.start : self.end])
        for each in self.related:
            each.populate(row, one)
        return one


class KeptQuery:
    """`build(value)` is a queryset of whole rows, with `select_related` or without, of this value alone.

    `field` says how the value is sent. `example` is a value that stands nowhere else in the query; whatever
    the queryset reads besides (the clock, the language) would be kept as well, so it must read nothing.
    """

    def __init__(
        self, build: Callable[[Any], models.QuerySet], *, field: Callable[[], models.Field], example: Any
    ) -> None:
        self._build, self._field, self._example = build, field, example
        self._kept = threading.local()

    def __call__(self, value: Any) -> list[Any]:
        """The rows for this value, in the order of the queryset."""
        composed = getattr(self._kept, "composed", None)
        if composed is None or composed.connection is not _own_connection():
            compiler = self._build(self._example).query.get_compiler(connection=_own_connection())
            composed = self._kept.composed = _Composed(compiler, self._sent(self._example))
        return composed.run(self._sent(value))

    def _sent(self, value: Any) -> Any:
        return self._field().get_db_prep_value(value, connection)


def _own_connection() -> Any:
    """This thread's connection itself, which the proxy stands for."""
    return connections[connection.alias]
