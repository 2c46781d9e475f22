"""A kept query answers what its queryset answers, composed once a thread."""

from threading import Thread
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from portal.audit.models import AuditEntry
from portal.audit.record import record
from portal.common.actors import SystemActor
from portal.common.kept_query import KeptQuery

pytestmark = pytest.mark.django_db(transaction=True)
BY = SystemActor("tests")


@pytest.fixture
def composed() -> list[str]:
    """The values for which the SQL was composed."""
    return []


@pytest.fixture
def entries_of(composed: list[str]) -> KeptQuery:
    def build(action: str) -> models.QuerySet:
        composed.append(action)
        return AuditEntry.objects.filter(action=action).exclude(action="test.never").order_by("-pk")

    return KeptQuery(build, field=lambda: AuditEntry._meta.get_field("action"), example="test.example")


def test_rows_are_those_of_the_queryset_whatever_the_value(entries_of: KeptQuery, composed) -> None:
    for action in ("test.a", "test.b", "test.a"):
        record(action=action, by=BY, detail={"number": 7})
    for action, count in (("test.a", 2), ("test.b", 1), ("test.none", 0)):
        rows = AuditEntry.objects.filter(action=action).order_by("-pk")
        assert [vars_of(one) for one in entries_of(action)] == [vars_of(one) for one in rows]
        assert rows.count() == count
    assert composed == ["test.example"]


def vars_of(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}


def test_run_is_one_statement_and_its_rows_can_be_saved(entries_of: KeptQuery) -> None:
    record(action="test.a", by=BY)
    with CaptureQueriesContext(connection) as captured:
        [found] = entries_of("test.a")
    assert len(captured) == 1
    assert (found._state.adding, found._state.db, found.get_deferred_fields()) == (False, "default", set())


def test_every_thread_composes_for_its_own_connection(entries_of: KeptQuery, composed) -> None:
    record(action="test.a", by=BY)
    found: list[int] = []

    def read() -> None:
        try:
            found.append(len(entries_of("test.a")))
        finally:
            connection.close()

    for _turn in range(2):
        thread = Thread(target=read)
        thread.start()
        thread.join()
    assert (found, composed) == ([1, 1], ["test.example"] * 2)


def test_query_that_does_not_depend_on_the_value_is_refused() -> None:
    careless = KeptQuery(
        lambda _action: AuditEntry.objects.filter(action="test.a"),
        field=lambda: AuditEntry._meta.get_field("action"),
        example="test.example",
    )
    with pytest.raises(AssertionError, match="does not depend on the value"):
        careless("test.a")
