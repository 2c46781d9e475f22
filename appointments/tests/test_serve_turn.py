"""Calls at the counters: who is next, what each button does, and what a silent desk keeps for itself."""

import datetime as dt

import pytest
from django.utils import timezone

from appointments.actions.call_next import call_next
from appointments.actions.check_in import walk_in
from appointments.actions.serve_turn import VERBS, serve_turn
from appointments.actions.stations import choose_counter, release_station
from appointments.enums import BookingStatus, TurnStatus
from appointments.floor import screen_state, silent_stations
from appointments.models import DeskRules, Station, Turn
from appointments.tests.halls import arrive, at, book_people, make_counter, make_station, today_of
from portal.audit.models import AuditEntry
from portal.common.errors import Conflict, NotAllowed
from tests.people import make_officer


@pytest.fixture
def session(campaign):
    return today_of(campaign)


@pytest.fixture
def counters(session):
    return [make_counter(session.unit, number) for number in (1, 2)]


def call(session, counter, by, **more) -> str:
    return call_next(session=session, counter=counter, by=by, **more).label


def refusal(work) -> str:
    with pytest.raises((Conflict, NotAllowed)) as refused:
        work()
    return refused.value.code


def test_counters_call_by_hour_number_and_ratio(session, counters, colleague) -> None:
    """Priority every second call: 1, 2, then number 9 who is 80 years old, 3, 4."""
    people = book_people(session, 9)
    for booking in (*people[3:8], people[1], people[2], people[0]):
        arrive(booking, colleague)
    arrive(people[8], colleague, priority="elderly")
    called = []
    for _turn in range(5):
        called.append(call(session, counters[0], colleague))
        serve_turn(turn=Turn.objects.get(status="called"), verb="finish", by=colleague)
    assert called == ["1", "2", "9", "3", "4"]


def test_unit_may_let_priority_always_go_first(session, counters, colleague) -> None:
    DeskRules.objects.create(unit=session.unit, priority_every=0)
    people = book_people(session, 3)
    for booking, kind in zip(people, ["", "merit", "infant"], strict=True):
        arrive(booking, colleague, priority=kind)
    called = []
    for counter in [*counters, make_counter(session.unit, 3)]:
        called.append(call(session, counter, colleague))
    assert called == ["2", "3", "1"]


def test_full_visit_waits_is_called_and_finished_with_its_booking(session, counters, colleague) -> None:
    booking = book_people(session, 1)[0]
    arrive(booking, colleague)
    turn = call_next(session=session, counter=counters[0], by=colleague)
    assert (turn.status, turn.counter, turn.call_count) == ("called", counters[0], 1)
    turn = serve_turn(turn=turn, verb="recall", by=colleague)
    assert turn.call_count == 2
    assert turn.announced_at > turn.called_at
    turn = serve_turn(turn=turn, verb="park", by=colleague)
    turn = serve_turn(turn=turn, verb="call", by=colleague, counter=counters[1])
    assert turn.counter == counters[1]
    turn = serve_turn(turn=turn, verb="miss", by=colleague)
    assert turn.status == TurnStatus.ABSENT
    turn = serve_turn(turn=turn, verb="call", by=colleague, counter=counters[0])
    turn = serve_turn(turn=turn, verb="finish", by=colleague)
    booking.refresh_from_db()
    assert (turn.status, booking.status) == (TurnStatus.DONE, BookingStatus.FINISHED)
    assert turn.finished_at is not None
    verbs = AuditEntry.objects.filter(object_type="appointments.turn").order_by("pk")
    assert [entry.action for entry in verbs] == [
        "turn.call", "turn.recall", "turn.park", "turn.call", "turn.miss", "turn.call", "turn.finish",
    ]  # fmt: skip


def test_redirected_person_is_next_at_that_counter_and_at_no_other(session, counters, colleague) -> None:
    people = book_people(session, 3)
    for booking in people:
        arrive(booking, colleague)
    turn = call_next(session=session, counter=counters[0], by=colleague)
    serve_turn(turn=turn, verb="redirect", by=colleague, counter=counters[1])
    assert call(session, counters[0], colleague) == "2"
    assert call(session, counters[1], colleague) == "1"


def test_finish_and_next_is_one_press(session, counters, colleague) -> None:
    for booking in book_people(session, 2):
        arrive(booking, colleague)
    first = call_next(session=session, counter=counters[0], by=colleague)
    assert refusal(lambda: call(session, counters[0], colleague)) == "counter_busy"
    assert call(session, counters[0], colleague, finish=first) == "2"
    # The same press once more finishes nobody: the person it names is done already.
    assert refusal(lambda: call(session, counters[0], colleague, finish=first)) == "move_not_allowed"
    assert list(Turn.objects.order_by("order").values_list("status", flat=True)) == ["done", "called"]


def test_last_person_stays_when_nobody_waits(session, counters, colleague) -> None:
    arrive(book_people(session, 1)[0], colleague)
    first = call_next(session=session, counter=counters[0], by=colleague)
    assert refusal(lambda: call(session, counters[0], colleague, finish=first)) == "nobody_waits"
    first.refresh_from_db()
    assert first.status == TurnStatus.CALLED


def test_counter_must_be_named_and_of_this_unit(session, counters, colleague, other_ward) -> None:
    turn = arrive(book_people(session, 1)[0], colleague)
    foreign = make_counter(other_ward)
    assert refusal(lambda: call(session, None, colleague)) == "counter_required"
    assert refusal(lambda: call(session, foreign, colleague)) == "counter_required"
    assert refusal(lambda: serve_turn(turn=turn, verb="call", by=colleague)) == "counter_required"
    assert refusal(lambda: serve_turn(turn=turn, verb="x", by=colleague)) == "move_not_allowed"


def test_two_people_never_stand_at_one_counter(session, counters, colleague) -> None:
    one, two = [arrive(booking, colleague) for booking in book_people(session, 2)]
    serve_turn(turn=one, verb="call", by=colleague, counter=counters[0])
    call_two = lambda: serve_turn(turn=two, verb="call", by=colleague, counter=counters[0])  # noqa: E731
    assert refusal(call_two) == "counter_busy"


def test_stranger_presses_in_vain(session, counters, colleague, stranger) -> None:
    turn = arrive(book_people(session, 1)[0], colleague)
    assert refusal(lambda: call(session, counters[0], stranger)) == "not_allowed"
    for verb in ("call", "finish", "leave", "undo"):
        work = lambda verb=verb: serve_turn(turn=turn, verb=verb, by=stranger, counter=counters[0])  # noqa: E731
        assert refusal(work) == "not_allowed"
    assert set(VERBS) >= {"call", "recall", "park", "miss", "redirect", "finish"}
    turn.refresh_from_db()
    assert turn.status == TurnStatus.WAITING


# ---- a desk that has lost the network keeps its own people


def fall_silent(station: Station) -> None:
    ago = timezone.now() - dt.timedelta(minutes=3)
    Station.objects.filter(pk=station.pk).update(keeps_copy=True, seen_at=ago)


def test_nobody_calls_people_of_a_desk_out_of_touch_until_it_is_released(
    session, counters, colleague
) -> None:
    desk = make_station(session, colleague, counters[0])
    mine = walk_in(station=desk, by=colleague)
    fall_silent(desk)
    assert refusal(lambda: call(session, counters[1], colleague)) == "nobody_waits"
    direct = lambda: serve_turn(turn=mine, verb="call", by=colleague, counter=counters[1])  # noqa: E731
    assert refusal(direct) == "kept_elsewhere"
    assert [(one.prefix, one.waiting) for one in silent_stations(session)] == [("B1", 1)]
    other = make_station(session, colleague)
    taken = lambda: choose_counter(station=other, counter=counters[0], by=colleague, take_over=True)  # noqa: E731
    assert refusal(taken) == "counter_taken"
    release_station(station=desk, by=colleague)
    assert call(session, counters[1], colleague) == mine.label
    choose_counter(station=other, counter=counters[0], by=colleague)


def test_desk_in_touch_shares_its_people_and_gives_up_its_counter_when_asked(
    session, counters, colleague
) -> None:
    desk, other = make_station(session, colleague, counters[0]), make_station(session, colleague)
    walk_in(station=desk, by=colleague)
    assert call(session, counters[1], colleague) == "B1-001"
    take = lambda: choose_counter(station=other, counter=counters[0], by=colleague)  # noqa: E731
    assert refusal(take) == "counter_taken"
    choose_counter(station=other, counter=counters[0], by=colleague, take_over=True)
    desk.refresh_from_db()
    assert (desk.counter, other.counter) == (None, counters[0])


# ---- the screen


def test_screen_shows_numbers_and_counters_and_nothing_else(session, counters, colleague) -> None:
    people = book_people(session, 3)
    for booking in people:
        arrive(booking, colleague, when=at(7, 55), priority="disabled")
    first = call_next(session=session, counter=counters[1], by=colleague)
    call_next(session=session, counter=counters[0], by=colleague)
    serve_turn(turn=first, verb="finish", by=colleague)
    assert screen_state(session) == {
        "calls": [
            {"label": "2", "counter": 1, "here": True, "call": "2:1:1", "say": "Mời số hai đến quầy một"},
            {"label": "1", "counter": 2, "here": False, "call": "1:2:1", "say": "Mời số một đến quầy hai"},
        ],
        "waiting": 1,
    }


def test_colleague_of_another_role_cannot_work_at_the_desks(session, ward) -> None:
    editor = make_officer("editor", ward, "editor")
    assert refusal(lambda: make_station(session, editor)) == "not_allowed"
