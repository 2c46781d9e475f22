"""Desks tell what they did without the network; nothing is done twice, nobody is counted twice."""

import random
import uuid
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.actions.sync_desk import Operation, read_operations, sync_desk
from appointments.enums import BookingStatus
from appointments.models import Booking, DeskOperation, Station, Turn
from appointments.tests.halls import book_people, make_counter, make_station, today_of
from appointments.tests.visits import check_sums, row_counts
from portal.common.errors import NotAllowed

new = uuid.uuid4


@pytest.fixture
def session(campaign):
    return today_of(campaign)


@pytest.fixture
def desks(session, colleague) -> list[Station]:
    return [make_station(session, colleague, make_counter(session.unit, number)) for number in (1, 2)]


def op(kind: str, **more) -> Operation:
    return Operation(uid=new(), kind=kind, **more)


def send(desk: Station, by, *operations: Operation) -> list[tuple[str, str]]:
    return [
        (answer.outcome, answer.code) for answer in sync_desk(station=desk, operations=[*operations], by=by)
    ]


def a_morning_offline(booking: Booking) -> list[Operation]:
    """One person with an appointment and one without are checked in, called and finished."""
    here, other = new(), new()
    return [
        op("check_in", booking=booking.uid, turn=here, ago=1200),
        op("walk_in", number=1, turn=other, ago=1100, priority="elderly"),
        op("call", turn=here, ago=900),
        op("finish", turn=here, ago=600),
        op("call", turn=other, ago=500),
        op("finish", turn=other, ago=60),
    ]


def test_morning_without_network_is_told_afterwards(session, desks, colleague) -> None:
    booking = book_people(session, 1)[0]
    assert send(desks[0], colleague, *a_morning_offline(booking)) == [("done", "")] * 6
    turns = {turn.label: turn for turn in Turn.objects.all()}
    assert {label: turn.status for label, turn in turns.items()} == {"1": "done", "B1-001": "done"}
    assert 290 < (turns["1"].finished_at - turns["1"].called_at).total_seconds() < 310
    booking.refresh_from_db()
    assert booking.status == BookingStatus.FINISHED
    check_sums()


def test_sent_again_whole_or_in_part_changes_nothing(session, desks, colleague) -> None:
    operations = a_morning_offline(book_people(session, 1)[0])
    send(desks[0], colleague, *operations[:4])
    assert send(desks[0], colleague, *operations) == [("already", "")] * 4 + [("done", "")] * 2
    before = row_counts(Turn, DeskOperation)
    assert send(desks[0], colleague, *operations) == [("already", "")] * 6
    assert (
        row_counts(Turn, DeskOperation)
        == before
        == {
            "appointments.Turn": 2,
            "appointments.DeskOperation": 6,
        }
    )


def test_person_checked_in_at_two_desks_is_one_turn_and_both_may_go_on(session, desks, colleague) -> None:
    booking = book_people(session, 1)[0]
    mine, theirs = new(), new()
    send(desks[0], colleague, op("check_in", booking=booking.uid, turn=mine))
    later = [
        op("check_in", booking=booking.uid, turn=theirs),
        op("call", turn=theirs),
        op("finish", turn=theirs),
    ]
    assert send(desks[1], colleague, *later) == [
        ("merged", "checked_in_elsewhere"),
        ("done", ""),
        ("done", ""),
    ]
    assert Turn.objects.get().uid == mine
    assert send(desks[0], colleague, op("finish", turn=mine)) == [("merged", "settled_elsewhere")]


def test_two_desks_give_walk_in_numbers_that_never_meet(session, desks, colleague) -> None:
    for desk in desks:
        send(desk, colleague, *[op("walk_in", number=number, turn=new()) for number in (1, 2, 3)])
    assert sorted(Turn.objects.values_list("label", flat=True)) == [
        "B1-001", "B1-002", "B1-003", "B2-001", "B2-002", "B2-003",
    ]  # fmt: skip
    same = op("walk_in", number=2, turn=new())
    assert send(desks[0], colleague, same) == [("refused", "label_taken")]
    assert send(desks[0], colleague, same) == [("refused", "label_taken")]


def test_next_is_called_once_for_one_press(session, desks, colleague) -> None:
    for booking in book_people(session, 2):
        send(desks[0], colleague, op("check_in", booking=booking.uid))
    press = op("next")
    first, again = (sync_desk(station=desks[0], operations=[press], by=colleague)[0] for _try in range(2))
    assert (first.outcome, again.outcome, first.turn.label, again.turn.label) == ("done", "already", "1", "1")
    assert Counter(Turn.objects.values_list("status", flat=True)) == {"called": 1, "waiting": 1}


def test_next_whose_answer_was_lost_is_taken_back(session, desks, colleague) -> None:
    send(desks[0], colleague, op("check_in", booking=book_people(session, 1)[0].uid))
    arrived, lost = op("next"), op("next")
    send(desks[0], colleague, arrived)
    assert send(desks[0], colleague, op("cancel_next", about=arrived.uid)) == [("done", "")]
    assert Turn.objects.get().status == "waiting"
    send(desks[0], colleague, op("cancel_next", about=lost.uid))
    assert send(desks[0], colleague, lost) == [("refused", "called_off")]  # comes too late
    assert Turn.objects.get().status == "waiting"


def test_refusals_are_answers_and_stop_nothing(session, desks, colleague, campaign) -> None:
    other = campaign.sessions.order_by("date").last()
    elsewhere = book_people(other, 1)[0]
    answers = send(
        desks[0],
        colleague,
        op("dance"),
        op("check_in", booking=new()),
        op("check_in", booking=elsewhere.uid),
        op("finish", turn=new()),
        op("counter", number=77),
        op("release", number=77),
        op("walk_in", priority="rich"),
        op("walk_in"),
    )
    assert answers == [
        ("refused", "kind_unknown"),
        ("refused", "booking_unknown"),
        ("refused", "other_session"),
        ("refused", "turn_unknown"),
        ("refused", "counter_required"),
        ("refused", "station_unknown"),
        ("refused", "priority_unknown"),
        ("done", ""),
    ]


def test_desk_chooses_its_counter_and_marks_priority(session, desks, colleague) -> None:
    turn = new()
    send(desks[0], colleague, op("walk_in", turn=turn), op("priority", turn=turn, priority="merit"))
    assert Turn.objects.get().is_priority is True
    assert send(desks[0], colleague, op("counter", number=2)) == [("refused", "counter_taken")]
    assert send(desks[0], colleague, op("counter", number=2, take_over=True)) == [("done", "")]
    desks[0].refresh_from_db()
    assert desks[0].counter.number == 2


def test_evening_closed_before_the_desk_told_what_it_did(session, desks, colleague) -> None:
    booking = book_people(session, 1)[0]
    Booking.objects.filter(pk=booking.pk).update(status=BookingStatus.MISSED)
    assert send(desks[0], colleague, *a_morning_offline(booking)) == [("done", "")] * 6
    booking.refresh_from_db()
    assert booking.status == BookingStatus.FINISHED


def test_stranger_sends_in_vain(session, desks, stranger) -> None:
    booking = book_people(session, 1)[0]
    with pytest.raises(NotAllowed):
        sync_desk(station=desks[0], operations=[op("check_in", booking=booking.uid)], by=stranger)
    assert not Turn.objects.exists()


@pytest.mark.parametrize(
    "data",
    [None, 7, "x", {"a": 1}, [7], [{}], [{"uid": "x", "kind": "next"}], [{"uid": str(new())}],
     [{"uid": str(new()), "kind": "call", "ago": "soon"}],
     [{"uid": str(new()), "kind": "call", "turn": "x"}]],
)  # fmt: skip
def test_anything_else_is_refused_in_words(data) -> None:
    with pytest.raises(ValidationError) as refused:
        read_operations(data)
    assert refused.value.code == "operations_invalid"


def test_operations_are_read_from_json() -> None:
    uid, turn = new(), new()
    item = {"uid": str(uid), "kind": "call", "ago": 10**9, "turn": str(turn), "counter": 2, "number": None}
    assert read_operations([item]) == [Operation(uid, "call", 86_400, turn, None, None, 2)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_two_desks_offline_then_merged_in_any_order_and_with_repeats(session, desks, colleague, seed) -> None:
    """Both check in overlapping people and finish them; sent in pieces, some pieces twice."""
    dice = random.Random(seed)
    DeskOperation.objects.all()._raw_delete("default")
    Turn.objects.all().delete()
    if not Booking.objects.exists():
        book_people(session, 6)
    Booking.objects.update(status=BookingStatus.BOOKED)
    people = list(Booking.objects.order_by("number"))
    came: set[int] = set()
    walk_ins, queues = 0, []
    for _desk in desks:
        queue, mine = [], dice.sample(people, dice.randrange(1, 5))
        for booking in mine:
            turn = new()
            queue += [op("check_in", booking=booking.uid, turn=turn), op("finish", turn=turn)]
        came |= {booking.number for booking in mine}
        count = dice.randrange(0, 3)
        queue += [op("walk_in", number=number + 1, turn=new()) for number in range(count)]
        walk_ins += count
        queues.append(queue)
    for desk, queue in dice.sample(list(zip(desks, queues, strict=True)), 2):
        cut = dice.randrange(len(queue) + 1)
        send(desk, colleague, *queue[:cut])
        send(desk, colleague, *queue[max(cut - 2, 0) :])
    done = Turn.objects.filter(booking__isnull=False).values_list("label", flat=True)
    assert sorted(map(int, done)) == sorted(came)
    assert set(Booking.objects.filter(number__in=came).values_list("status", flat=True)) == {"finished"}
    assert Turn.objects.filter(booking=None).count() == walk_ins
