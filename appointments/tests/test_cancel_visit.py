"""Giving a visit back by code and phone."""

import pytest
from django.core.exceptions import ValidationError

from appointments.actions.cancel_visit import TRIES_PER_HOUR, cancel_visit
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Slot
from appointments.tests.visits import book, check_sums, confirm, hold
from portal.audit.models import AuditEntry
from portal.common.codes import new_code, show_code
from portal.common.errors import Conflict, TooMany, field_errors
from portal.notifications.models import OutboxMessage

PHONE = "0751000000"


def field_codes(caught) -> dict[str, list[str]]:
    return {field: [code for code, _t in items] for field, items in field_errors(caught.value).items()}


def test_code_and_phone_cancel_and_free_the_place(slot: Slot) -> None:
    booking = confirm(hold(slot))
    cancelled = cancel_visit(code=show_code(booking.declaration.code).lower(), phone="+84 751 000 000")
    slot.refresh_from_db()
    assert (cancelled.status, cancelled.number, slot.taken) == (BookingStatus.CANCELLED, 1, 0)
    last = cancelled.history.last()
    assert (last.frm, last.to, last.actor) == ("booked", "cancelled", booking.contact.actor_ref)
    assert AuditEntry.objects.filter(action="booking.cancel").count() == 1
    assert OutboxMessage.objects.filter(notice="appointments.booking_cancelled").count() == 1
    check_sums()


def test_cancelling_twice_changes_nothing_more(slot: Slot) -> None:
    code = book(slot).declaration.code
    first, second = (cancel_visit(code=code, phone=PHONE) for _time in range(2))
    slot.refresh_from_db()
    assert (first.uid, second.status, slot.taken) == (second.uid, BookingStatus.CANCELLED, 0)
    assert OutboxMessage.objects.filter(notice="appointments.booking_cancelled").count() == 1
    check_sums()


def test_number_of_a_cancelled_visit_is_never_given_again(slot: Slot) -> None:
    cancel_visit(code=book(slot).declaration.code, phone=PHONE)
    assert [book(slot, number).number for number in (0, 1)] == [2, 3]
    check_sums()


def test_wrong_phone_cancels_nothing(slot: Slot) -> None:
    booking = book(slot)
    with pytest.raises(ValidationError) as caught:
        cancel_visit(code=booking.declaration.code, phone="0751000009")
    assert field_codes(caught) == {"phone": ["phone_mismatch"]}
    with pytest.raises(ValidationError) as caught:
        cancel_visit(code=booking.declaration.code, phone="113")
    assert field_codes(caught) == {"phone": ["phone_invalid"]}
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED


def test_unknown_code_and_code_of_a_mere_hold_are_the_same_answer(slot: Slot) -> None:
    for code in (new_code(), hold(slot).declaration.code):
        with pytest.raises(Conflict) as caught:
            cancel_visit(code=code, phone=PHONE)
        assert caught.value.code == "booking_unknown"


def test_guessing_phones_of_a_code_ends_after_ten_tries(slot: Slot) -> None:
    booking = book(slot)
    for _try in range(TRIES_PER_HOUR):
        with pytest.raises(ValidationError):
            cancel_visit(code=booking.declaration.code, phone="0751000009")
    with pytest.raises(TooMany) as caught:
        cancel_visit(code=booking.declaration.code, phone=PHONE)
    assert caught.value.code == "too_many_tries"
    assert book(slot, 1).number == 2  # other codes are not touched


def test_visit_that_was_made_cannot_be_cancelled(slot: Slot, owner) -> None:
    booking = book(slot)
    move_booking(booking=booking, to=BookingStatus.CHECKED_IN, by=owner)
    with pytest.raises(Conflict) as caught:
        cancel_visit(code=booking.declaration.code, phone=PHONE)
    assert caught.value.code == "move_not_allowed"
    check_sums()
