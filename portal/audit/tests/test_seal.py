"""The sealer takes every entry once, in order, late-comers too."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.audit.actions import seal as sealing
from portal.audit.actions.seal import Sealed, seal_entries
from portal.audit.chain import START, seal_digest
from portal.audit.models import AuditEntry, Seal, SealedEntry
from portal.audit.tasks import seal_new_entries
from portal.audit.tests.conftest import SEALER
from portal.audit.verification import verify_journal


def test_seal_chains_batches(db, write_entries, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)
    entries = write_entries(5)
    assert seal_entries(by=SEALER) == Sealed(seals=3, entries=5)
    first, second, third = Seal.objects.all()
    assert [seal.previous_digest for seal in (first, second, third)] == [START, first.digest, second.digest]
    assert [(seal.number, seal.count) for seal in (first, second, third)] == [(1, 2), (2, 2), (3, 1)]
    assert [place.entry_id for place in SealedEntry.objects.all()] == [entry.pk for entry in entries]


def test_seal_leaves_entries_of_the_grace_time(db, write_entries):
    write_entries(1, age_seconds=2)
    assert seal_entries(by=SEALER) == Sealed(seals=0, entries=0)


def test_seal_again_finds_nothing(db, write_entries):
    write_entries(2)
    seal_entries(by=SEALER)
    assert seal_entries(by=SEALER) == Sealed(seals=0, entries=0)


def test_late_comer_with_a_lower_id_is_sealed_next(db, write_entries):
    """Its transaction took the id before the sealed ones and committed after them."""
    at = timezone.now() - dt.timedelta(minutes=1)
    first = write_entries(1)[0]
    AuditEntry.objects.create(pk=first.pk + 10, at=at, actor="system:test", action="thing.done")
    seal_entries(by=SEALER)
    late = AuditEntry.objects.create(pk=first.pk + 5, at=at, actor="system:test", action="thing.done")
    assert seal_entries(by=SEALER) == Sealed(seals=1, entries=1)
    assert SealedEntry.objects.get(seal_number=2).entry_id == late.pk


def test_late_comer_is_found_after_the_sealer_stood_still_for_days(db, write_entries):
    now = timezone.now()
    first = write_entries(1)[0]
    AuditEntry.objects.create(
        pk=first.pk + 10, at=now - dt.timedelta(minutes=1), actor="system:test", action="a"
    )
    seal_entries(by=SEALER)
    late = AuditEntry.objects.create(pk=first.pk + 5, at=now, actor="system:test", action="late")
    with time_machine.travel(now + dt.timedelta(days=3), tick=False):
        assert seal_entries(by=SEALER) == Sealed(seals=1, entries=1)
    assert SealedEntry.objects.get(seal_number=2).entry_id == late.pk


def test_an_old_journal_is_not_searched_again(db, write_entries):
    """Only the last day's ids can still be missing; the number of rows read stays small."""
    from portal.audit.queries import settled_id

    now = timezone.now()
    first = write_entries(1)[0]
    seal_entries(by=SEALER)
    with time_machine.travel(now + dt.timedelta(days=2), tick=False):
        write_entries(1)
        seal_entries(by=SEALER)
        assert settled_id() == first.pk


def test_second_sealer_with_the_same_number_is_refused(db, write_entries):
    write_entries(1)
    seal_entries(by=SEALER)
    entry = AuditEntry.objects.create(actor="system:test", action="thing.done")
    rival = {"from_id": entry.pk, "to_id": entry.pk, "count": 1, "digest": "a" * 64, "sealed_by": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.create(number=1, previous_digest="b" * 64, **rival)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.create(number=2, previous_digest=START, **rival)


def test_losing_the_race_ends_quietly_and_seals_nothing_twice(db, write_entries, monkeypatch):
    write_entries(2)
    seal_entries(by=SEALER)
    write_entries(1)
    monkeypatch.setattr(
        sealing, "last_seal", lambda: None
    )  # what the slower one read before the faster one's commit
    assert seal_entries(by=SEALER) == Sealed(seals=0, entries=0)
    monkeypatch.undo()
    assert seal_entries(by=SEALER) == Sealed(seals=1, entries=1)
    assert SealedEntry.objects.count() == 3


def test_order_of_entries_is_part_of_the_digest():
    places = [SealedEntry(entry_id=1, entry_digest="a"), SealedEntry(entry_id=2, entry_digest="b")]
    assert seal_digest(1, START, places) != seal_digest(1, START, list(reversed(places)))


def test_task_seals(db, write_entries):
    write_entries(1)
    seal_new_entries()
    assert Seal.objects.get().sealed_by == "system:audit-sealer"


def test_beat_knows_the_sealer():
    from portal.celery import app

    schedule = app.conf.beat_schedule
    assert schedule["audit.seal_entries"]["task"] == "audit.seal_entries"
    assert schedule["audit.seal_entries"]["options"]["queue"] == "maintenance"
    assert schedule["audit.export_head"]["task"] == "audit.export_head"


def test_sealers_at_the_same_moment_seal_everything_once(transactional_db, write_entries, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 7)
    write_entries(100)

    def run(_: int) -> int:
        try:
            return seal_entries(by=SEALER).entries
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        sealed = sum(pool.map(run, range(4)))
    sealed += seal_entries(by=SEALER).entries
    assert (sealed, SealedEntry.objects.count()) == (100, 100)
    assert verify_journal(folder=Path("/nonexistent")).faults == []
