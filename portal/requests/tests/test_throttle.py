"""Counters count exactly, forget by window and never show whose they are."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from portal.requests.actions.sweep import Swept, sweep_requests
from portal.requests.models import ThrottleCounter
from portal.requests.throttle import count_hit, hits, seconds_left

NOON = dt.datetime(2026, 11, 21, 5, 0, tzinfo=dt.UTC)
PHONE = "+84750123456"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_count_hit_returns_the_running_number(db):
    assert [count_hit(scope="codes.phone", key=PHONE, seconds=3600) for _ in range(3)] == [1, 2, 3]
    assert hits(scope="codes.phone", key=PHONE, seconds=3600) == 3


def test_count_hit_is_one_statement(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        count_hit(scope="codes.phone", key=PHONE, seconds=3600)


def test_reading_counts_nothing(db):
    assert hits(scope="codes.phone", key=PHONE, seconds=3600) == 0
    assert ThrottleCounter.objects.count() == 0


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "codes.unit", "key": PHONE, "seconds": 3600},
        {"scope": "codes.phone", "key": "+84750123457", "seconds": 3600},
        {"scope": "codes.phone", "key": PHONE, "seconds": 60},
    ],
)
def test_scope_key_and_length_are_counted_apart(db, other):
    count_hit(scope="codes.phone", key=PHONE, seconds=3600)
    assert count_hit(**other) == 1


def test_next_window_starts_anew(db, noon):
    count_hit(scope="codes.phone", key=PHONE, seconds=3600)
    noon.shift(3599)
    assert count_hit(scope="codes.phone", key=PHONE, seconds=3600) == 2
    noon.shift(1)
    assert count_hit(scope="codes.phone", key=PHONE, seconds=3600) == 1


def test_seconds_left_of_the_window(noon):
    noon.shift(600)
    assert seconds_left(3600) == 3000


def test_key_is_stored_as_a_digest_that_changes_every_day(db, noon):
    count_hit(scope="codes.phone", key=PHONE, seconds=60)
    noon.shift(24 * 3600)
    count_hit(scope="codes.phone", key=PHONE, seconds=60)
    digests = list(ThrottleCounter.objects.values_list("key_digest", flat=True))
    assert len(set(digests)) == 2
    assert [len(digest) for digest in digests] == [64, 64]
    assert not any("750123456" in digest for digest in digests)


def test_sweep_removes_ended_windows_only(db, noon):
    count_hit(scope="codes.phone", key=PHONE, seconds=60)
    noon.shift(60)
    count_hit(scope="codes.phone", key=PHONE, seconds=60)
    assert sweep_requests() == Swept(counters=1, keys=0)
    assert hits(scope="codes.phone", key=PHONE, seconds=60) == 1


def test_parallel_hits_are_all_counted_once(transactional_db):
    def hit(_: int) -> int:
        try:
            return count_hit(scope="codes.phone", key=PHONE, seconds=3600)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        numbers = list(pool.map(hit, range(40)))
    assert sorted(numbers) == list(range(1, 41))
