"""The gate: every cell of from × to × actor, and what a move leaves behind."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments.actions.transition import move_booking
from appointments.enums import LIVE, BookingStatus
from appointments.models import Booking, Slot
from appointments.tests.visits import COMMAND, book, check_sums
from appointments.workflow import BOOKING_WORKFLOW, BY_OWN_ACTION, CAMPAIGN_WORKFLOW
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import DomainError
from portal.notifications.models import OutboxMessage
from tests.people import STRANGER_PHONE, People

S = BookingStatus
ACTORS = ("owner", "colleague", "stranger", "self", "stranger_citizen", "anonymous", "command")
# Who may make each move; everybody else gets `not_allowed`, every other pair `move_not_allowed`.
MAY = {
    (S.HELD, S.EXPIRED): {"owner", "command"},
    (S.HELD, S.CANCELLED): {"owner", "self", "command"},
    (S.BOOKED, S.CHECKED_IN): {"owner", "colleague"},
    (S.BOOKED, S.CANCELLED): {"owner", "self", "command"},
    (S.BOOKED, S.MISSED): {"owner", "colleague", "command"},
    (S.CHECKED_IN, S.MISSED): {"owner", "colleague", "command"},
    (S.MISSED, S.CHECKED_IN): {"owner", "colleague"},
    (S.ACCEPTED, S.CANCELLED): {"owner", "self", "command"},
    (S.DISPLACED, S.CANCELLED): {"owner", "self", "command"},
    (S.CHECKED_IN, S.FINISHED): {"owner", "colleague"},
    (S.CHECKED_IN, S.BOOKED): {"owner", "colleague"},
}
# In the table for the actions that take places or numbers; this gate refuses them even to those who may.
MAY_BY_OWN_ACTION = {
    S.BOOKED: {"owner", "self", "command"},
    S.ACCEPTED: {"owner", "self", "command"},
    S.MOVED: {"owner", "self", "command"},
    S.DISPLACED: {"owner", "command"},
}


@pytest.fixture
def actors(people: People, slot: Slot) -> dict[str, Any]:
    booking = book(slot)
    return {
        "booking": booking,
        "owner": people.owner,
        "colleague": people.colleague,
        "stranger": people.stranger,
        "self": Booking.objects.get(pk=booking.pk).contact,
        "stranger_citizen": people.stranger_citizen,
        "anonymous": ANONYMOUS_CITIZEN,
        "command": COMMAND,
    }


def put_into(booking: Booking, status: str) -> None:
    """As if the booking had come here by its own road."""
    live = status in LIVE
    Booking.objects.filter(pk=booking.pk).update(status=status, hold_until=timezone.now())
    Slot.objects.filter(pk=booking.slot_id).update(taken=int(live))


def answer_of(booking: Booking, frm: str, to: str, by: Any) -> str:
    put_into(booking, frm)
    entries = booking.history.count()
    try:
        moved = move_booking(booking=booking, to=to, by=by)
    except DomainError as refusal:
        assert Booking.objects.get(pk=booking.pk).status == frm
        assert booking.history.count() == entries
        check_sums()
        return refusal.code
    assert (moved.status, Booking.objects.get(pk=booking.pk).status) == (to, to)
    last = booking.history.last()
    assert (last.frm, last.to, last.actor) == (frm, to, by.actor_ref)
    check_sums()
    return "moved"


def expected(frm: S, to: S, name: str) -> str:
    if (frm, to) in BY_OWN_ACTION:
        may = {"command"} if frm == S.ACCEPTED and to == S.BOOKED else MAY_BY_OWN_ACTION[to]
        return "move_not_allowed" if name in may else "not_allowed"
    if (frm, to) not in MAY:
        return "move_not_allowed"
    return "moved" if name in MAY[frm, to] else "not_allowed"


@pytest.mark.parametrize("name", ACTORS)
def test_every_cell_of_the_table(actors: dict[str, Any], name: str) -> None:
    cells = [(frm, to) for frm in S for to in S]
    found = {cell: answer_of(actors["booking"], *cell, actors[name]) for cell in cells}
    assert found == {cell: expected(*cell, name) for cell in cells}


def test_table_holds_no_move_this_matrix_does_not_know() -> None:
    assert {(move.frm, move.to) for move in BOOKING_WORKFLOW.moves} == set(MAY) | BY_OWN_ACTION
    assert {(move.frm, move.to) for move in CAMPAIGN_WORKFLOW.moves} == {
        ("draft", "open"),
        ("open", "closed"),
        ("closed", "open"),
        ("open", "full"),
        ("full", "open"),
        ("full", "closed"),
    }


def test_only_a_numbered_visit_is_told_that_it_was_cancelled(actors: dict[str, Any]) -> None:
    booking = actors["booking"]
    told = OutboxMessage.objects.filter(notice="appointments.booking_cancelled_by_unit")
    Booking.objects.filter(pk=booking.pk).update(status=S.HELD, number=None)
    Slot.objects.filter(pk=booking.slot_id).update(taken=1)
    move_booking(booking=booking, to=S.CANCELLED, by=COMMAND)
    assert told.count() == 0
    Booking.objects.filter(pk=booking.pk).update(status=S.BOOKED, number=1)
    Slot.objects.filter(pk=booking.slot_id).update(taken=1)
    move_booking(booking=booking, to=S.CANCELLED, by=actors["owner"], reason="Người dân báo bận")
    assert told.get().recipient == actors["self"].contact_point
    assert booking.history.last().reason == "Người dân báo bận"


def test_endless_reason_is_refused_before_the_database_does(actors: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        move_booking(booking=actors["booking"], to=S.CANCELLED, by=actors["owner"], reason="x" * 201)
    assert caught.value.error_dict["reason"][0].code == "text_too_long"


def test_stranger_phone_is_another_contact(actors: dict[str, Any]) -> None:
    assert actors["stranger_citizen"].contact_point.phone == STRANGER_PHONE
