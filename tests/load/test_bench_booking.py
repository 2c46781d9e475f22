"""What lies behind the figures of `make bench-booking`, without a clock: statements, plans, the replay.

Two rounds of five bookings on real servers are in it, so that the command itself cannot rot.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from appointments.models import Booking
from tests.load.bench_booking.plans import whole_reads
from tests.load.bench_booking.prepare import Prepared, confirmed, prepare
from tests.load.bench_booking.recording import record
from tests.load.bench_booking.rounds import Field, NotAllBooked, running_arms
from tests.processes import clean_environment

EARLIER = 1000
UNKNOWN = "00000000-0000-4000-8000-000000000000"
CLIENTS, COUNT, ROUNDS = 2, 5, 2
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def prepared(transactional_db: None) -> Prepared:
    holds = 2 * ROUNDS * COUNT
    found = prepare(earlier=EARLIER, hot=holds, spread=holds)
    assert found.faults == []
    return found


def written(call: Callable[[], object]) -> dict[str, int]:
    """How many rows `call` added to each table."""
    before = row_counts()
    call()
    return {name: count - before[name] for name, count in row_counts().items() if count != before[name]}


def row_counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def field_of(prepared: Prepared, folder: Path) -> Field:
    """Servers on the database of this test."""
    prepared.save(folder)
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    names = ("PORTAL_BROKER_URL", "PORTAL_CACHE_URL")
    addresses = {name: os.environ[name] for name in names if name in os.environ}
    environment = clean_environment(
        DATABASE_URL=database,
        PORTAL_VAR=str(folder),
        PORTAL_MODE="test",
        TRUSTED_PROXIES="1",
        DJANGO_SETTINGS_MODULE="portal.settings",
        **addresses,
    )
    found = Field(EARLIER, database, environment, folder)
    found.read()
    return found


def test_every_request_of_every_arm_gets_a_number(prepared: Prepared, tmp_path: Path) -> None:
    field = field_of(prepared, tmp_path)
    with running_arms([field], workers=1) as arms:
        found = [
            (arm.kind, arm.shape, len(arm.measure(clients=CLIENTS, count=COUNT).latencies))
            for _round in range(ROUNDS)
            for arm in arms
        ]
        field.posts["hot"] = [(UNKNOWN, "/khong-co/", "000000")]
        with pytest.raises(NotAllBooked):
            arms[0].measure(clients=1, count=1)
    kinds = [(kind, shape, COUNT) for shape in ("hot", "spread") for kind in ("bare view", "portal")]
    assert found == kinds * ROUNDS
    assert field.sessions_with_gaps() == 0
    assert Booking.objects.filter(slot=Booking.objects.get(uid=prepared.hot[0].uid).slot).count() > COUNT


def test_replay_writes_the_rows_the_portal_writes(prepared: Prepared) -> None:
    real, bare = prepared.hot[:2]
    by_portal = written(lambda: confirmed(real))
    assert by_portal == written(lambda: prepared.recipe.run(bare.facts))
    assert by_portal["notifications.OutboxMessage"] == 1
    numbers = [Booking.objects.get(uid=hold.uid).number for hold in (real, bare)]
    assert numbers[1] == numbers[0] + 1


def test_every_statement_finds_its_rows_by_an_index(prepared: Prepared) -> None:
    assert prepared.reads == []


def test_a_read_of_a_whole_table_is_seen() -> None:
    slow = record(lambda: Booking.objects.filter(booked_at=timezone.now()).exists())
    quick = record(lambda: Booking.objects.filter(uid=UNKNOWN).exists())
    assert [line.partition(":")[0] for line in whole_reads(slow)] == ["appointments_booking"]
    assert whole_reads(quick) == []


def test_earlier_bookings_are_whole_bookings_of_different_people(prepared: Prepared) -> None:
    past = Booking.objects.filter(session__date__lt=timezone.localdate())
    numbers = set(past.values_list("session_id", "number"))
    points = set(past.values_list("contact__contact_point__phone_hash", flat=True))
    subjects = set(past.values_list("declaration__subject_id", flat=True))
    assert (past.count(), len(numbers), len(points), len(subjects)) == (EARLIER,) * 4
    assert set(past.values_list("status", "declaration__status")) == {("booked", "submitted")}
