"""Recording costs one INSERT and stays inside the caller's transaction."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction

from portal.audit.models import AuditEntry, Seal
from portal.audit.record import record
from portal.common.actors import SystemActor

CLERK = SystemActor("clerk")


def test_record_is_one_insert(django_assert_num_queries, db):
    with django_assert_num_queries(1):
        record(action="thing.done", by=CLERK)


def test_record_writes_everything_as_text(db):
    unit = SimpleNamespace(pk=7, uid=uuid4(), official_code="00123")
    seal = Seal(number=1)
    entry = record(action="seal.viewed", by=CLERK, obj=seal, unit=unit, detail={"from": "held", "count": 3})
    entry.refresh_from_db()
    found = (
        entry.actor,
        entry.object_type,
        entry.object_uid,
        entry.unit_number,
        entry.unit_uid,
        entry.unit_code,
    )
    assert found == ("system:clerk", "audit.seal", str(seal.uid), 7, str(unit.uid), "00123")
    assert entry.detail == {"from": "held", "count": 3}


def test_record_vanishes_with_the_callers_transaction(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(action="thing.done", by=CLERK)
        raise ZeroDivisionError
    assert AuditEntry.objects.count() == 0


def test_record_masks_phones_that_slip_into_detail(db):
    entry = record(action="thing.done", by=CLERK, detail={"note": ["gọi 0750 123 456"]})
    assert entry.detail == {"note": ["gọi [số]"]}


def test_record_refuses_numbers_that_databases_spell_differently(db):
    with pytest.raises(TypeError, match="float"):
        record(action="thing.done", by=CLERK, detail={"share": 0.5})


def test_entries_refuse_edits_and_deletions_through_the_orm(db):
    entry = record(action="thing.done", by=CLERK)
    attempts = (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(action="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
    )
    for attempt in attempts:
        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            attempt()
    assert AuditEntry.objects.get().action == "thing.done"


def test_visible_to_shows_entries_of_the_officers_units_only(db):
    for number in (1, 2, None):
        AuditEntry.objects.create(actor="system:clerk", action="thing.done", unit_number=number)
    asked = []

    def unit_ids(permission):
        asked.append(permission)
        return {2, 3}

    seen = AuditEntry.objects.visible_to(SimpleNamespace(unit_ids=unit_ids))
    assert [entry.unit_number for entry in seen] == [2]
    assert asked == ["audit.view_auditentry"]
