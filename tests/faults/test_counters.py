"""Counters that press "next" at the same time, on PostgreSQL: nobody is called twice, nobody is forgotten."""

import threading
import time
from collections import Counter as Count
from typing import Any

import pytest
from django.db import connection

from appointments.actions import call_next as module
from appointments.actions.call_next import call_next
from appointments.actions.serve_turn import serve_turn
from appointments.models import Counter, Session, Turn
from appointments.tests.halls import at, make_counter, make_station, today_of
from portal.common.errors import Conflict

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(campaign) -> Session:
    return today_of(campaign)


def fill_hall(session: Session, people: int, by: Any) -> None:
    """`people` without appointments, every seventh with priority; written at once: they are not the test."""
    station = session.stations.first() or make_station(session, by)
    procedure = session.campaign.procedure
    Turn.objects.bulk_create(
        Turn(
            session=session,
            unit=session.unit,
            procedure=procedure,
            label=f"B1-{number:05d}",
            is_priority=number % 7 == 0,
            due=480 + number // 100,
            order=number,
            station=station,
            checked_in_at=at(8),
        )
        for number in range(people)
    )


def press_until_empty(session: Session, counter: Counter, by: Any, called: list[str]) -> None:
    """One counter: next, finish and next, … until nobody waits."""
    current = None
    try:
        while True:
            current = call_next(session=session, counter=counter, by=by, finish=current)
            called.append(current.label)
    except Conflict as refusal:
        assert refusal.code == "nobody_waits"
        serve_turn(turn=current, verb="finish", by=by) if current else None
    finally:
        connection.close()


def rush(session: Session, by: Any, counters: int) -> list[str]:
    """Labels in the order in which all counters together called them."""
    called: list[str] = []
    threads = [
        threading.Thread(target=press_until_empty, args=(session, make_counter(session.unit, n), by, called))
        for n in range(1, counters + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return called


@pytest.mark.parametrize("counters", [2, 8])
def test_two_hundred_people_are_called_once_each(session, colleague, counters: int) -> None:
    fill_hall(session, 200, colleague)
    called = rush(session, colleague, counters)
    assert Count(called) == Count(f"B1-{number:05d}" for number in range(200))
    assert set(Turn.objects.values_list("status", "call_count")) == {("done", 1)}


@pytest.mark.long
def test_ten_thousand_people_are_called_once_each(session, colleague) -> None:
    began = time.process_time()
    for _hall in range(20):
        Turn.objects.all().delete()
        Counter.objects.all().delete()
        fill_hall(session, 500, colleague)
        assert Count(rush(session, colleague, 2)) == Count(f"B1-{number:05d}" for number in range(500))
    print(f"{(time.process_time() - began) / 10:.1f} ms of this process for one press, of 10,000")


def test_same_counter_pressed_by_two_hands_calls_one_person(session, colleague) -> None:
    fill_hall(session, 10, colleague)
    counter, together, answers = make_counter(session.unit), threading.Barrier(4, timeout=20), []

    def press() -> None:
        together.wait()
        try:
            answers.append(call_next(session=session, counter=counter, by=colleague).label)
        except Conflict as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _hand in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Count(answers) == {"B1-00001": 1, "counter_busy": 3}


def test_without_the_lock_two_counters_would_call_one_person(session, colleague, monkeypatch) -> None:
    """The guard switched off: read first, write later. This test must see what the lock prevents."""
    fill_hall(session, 4, colleague)
    together, chosen = threading.Barrier(2, timeout=20), []

    def unlocked(turns: Any) -> Any:
        found = turns.select_related("unit").first()
        together.wait()
        return found

    monkeypatch.setattr(module, "_lock", unlocked)
    monkeypatch.setattr(module, "serve_turn", lambda **given: chosen.append(given["turn"].label))

    def press(number: int) -> None:
        try:
            call_next(session=session, counter=make_counter(session.unit, number), by=colleague)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Count(chosen) == {"B1-00001": 2}
