"""Another day or hour: never zero and never two places, whoever asks."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.change_visit import change_visit, move_visit
from appointments.actions.open_campaign import move_campaign
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Booking, Campaign, Session, Slot
from appointments.notices import _numbers
from appointments.queries import booking_by_code
from appointments.tests.visits import UNKNOWN, book, check_sums, confirm, hold, slots_in_order
from portal.common.errors import Conflict, DomainError, NotAllowed, TooMany
from portal.notifications.models import OutboxMessage
from tests.people import BY, make_campaign

PHONE = "0751000000"


def code_of_refusal(call, **arguments) -> str | dict[str, list[str]]:
    """How `call` refuses: a code, or {field: codes}."""
    with pytest.raises((DomainError, ValidationError)) as caught:
        call(**arguments)
    if isinstance(caught.value, DomainError):
        return caught.value.code
    return {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}


def days(campaign: Campaign) -> list[Session]:
    return list(campaign.sessions.order_by("date"))


def family(slot: Slot, count: int = 3) -> list[Booking]:
    """Several people of one phone in one visit."""
    people = [book(slot, 0, full_name=f"Nguyễn Văn {name}") for name in ["An", "Bình", "Chi", "Dung"][:count]]
    party = people[0].uid
    Booking.objects.filter(pk__in=[one.pk for one in people]).update(party=party)
    return list(Booking.objects.filter(party=party).select_related("declaration", "unit", "session"))


def change(booking: Booking, slot: Slot, **changes) -> list[Booking]:
    facts = {"code": booking.declaration.code, "phone": PHONE, "slot": str(slot.uid)} | changes
    return change_visit(**facts)


def test_other_hour_of_the_same_session_keeps_row_and_number(slot: Slot) -> None:
    booking = confirm(hold(slot))
    other = slots_in_order(slot.session)[2]
    moved = change(booking, other)
    assert [(one.pk, one.number, one.slot_id, one.status) for one in moved] == [
        (booking.pk, 1, other.pk, "booked")
    ]
    entry = booking.history.last()
    assert (entry.frm, entry.to, entry.actor) == ("", "booked", booking.contact.actor_ref)
    assert OutboxMessage.objects.filter(notice="appointments.visit_moved", about=booking.uid).count() == 1
    check_sums()


def test_other_day_leaves_the_old_number_behind_and_gives_a_new_one(campaign: Campaign, slot: Slot) -> None:
    book(slot, 5)
    booking = confirm(hold(slot))
    first, second = days(campaign)
    there = slots_in_order(second)[1]
    (moved,) = change(booking, there)
    booking.refresh_from_db()
    assert (booking.status, booking.number, booking.session_id) == (BookingStatus.MOVED, 2, first.pk)
    assert (moved.status, moved.number, moved.session_id) == (BookingStatus.BOOKED, 1, second.pk)
    assert (moved.moved_from_id, moved.declaration_id) == (booking.pk, booking.declaration_id)
    assert booking_by_code(booking.declaration.code) == moved
    assert [book(slot, 6).number, book(there, 7).number] == [3, 2]
    check_sums()


def test_a_visit_can_move_again_and_is_told_each_time(campaign: Campaign, slot: Slot) -> None:
    booking = book(slot)
    first, second = days(campaign)
    for session, number in ((second, 1), (first, 2), (second, 2)):
        assert [one.number for one in change(booking, slots_in_order(session)[0])] == [number]
    assert OutboxMessage.objects.filter(notice="appointments.visit_moved").count() == 3
    assert Booking.objects.filter(status="booked").count() == 1
    check_sums()


def test_the_same_tap_twice_changes_nothing_more(campaign: Campaign, slot: Slot) -> None:
    booking = book(slot)
    there = slots_in_order(days(campaign)[1])[0]
    first, second = change(booking, there), change(booking, there)
    assert [one.pk for one in first] == [one.pk for one in second]
    assert OutboxMessage.objects.filter(notice="appointments.visit_moved").count() == 1
    check_sums()


def test_family_moves_as_one_and_gets_neighbouring_numbers(campaign: Campaign, slot: Slot) -> None:
    people = family(slot)
    there = slots_in_order(days(campaign)[1])[0]
    moved = change(people[1], there)
    assert [one.number for one in moved] == [1, 2, 3]
    assert {one.party for one in moved} == {people[0].party}
    message = OutboxMessage.objects.get(notice="appointments.visit_moved")
    assert _numbers(message.context) == "1-3"
    check_sums()


def test_one_of_a_family_moves_alone_into_a_visit_of_his_own(campaign: Campaign, slot: Slot) -> None:
    people = family(slot)
    there = slots_in_order(days(campaign)[1])[0]
    (moved,) = change(people[0], there, only=[people[1].uid])
    assert (moved.moved_from_id, moved.number) == (people[1].pk, 1)
    left = Booking.objects.filter(party=people[0].party, status="booked")
    assert [one.number for one in left] == [1, 3]
    assert moved.party != people[0].party
    check_sums()


def test_family_that_does_not_fit_stays_where_it_was(campaign: Campaign, slot: Slot) -> None:
    people = family(slot)
    there = slots_in_order(days(campaign)[1])[0]
    book(there, 9)
    with pytest.raises(Conflict) as caught:
        change(people[0], there)
    assert caught.value.code == "slot_full"
    assert "3 chỗ" in caught.value.message
    assert Booking.objects.filter(party=people[0].party, status="booked", slot=slot).count() == 3
    assert OutboxMessage.objects.filter(notice="appointments.visit_moved").count() == 0
    check_sums()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"phone": "0751000009"}, {"phone": ["phone_mismatch"]}),
        ({"phone": "113"}, {"phone": ["phone_invalid"]}),
        ({"code": "ABC"}, "code_invalid"),
        ({"slot": ""}, {"slot": ["slot_required"]}),
        ({"slot": "x"}, {"slot": ["slot_unknown"]}),
        ({"slot": str(UNKNOWN)}, {"slot": ["slot_unknown"]}),
        ({"only": []}, {"only": ["person_required"]}),
        ({"only": [uuid.uuid4()]}, {"only": ["person_unknown"]}),
    ],
)
def test_each_refusal_has_its_code_and_changes_nothing(slot: Slot, changes, refusal) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    facts = {"code": booking.declaration.code, "phone": PHONE, "slot": str(there.uid)} | changes
    if refusal == "code_invalid":
        with pytest.raises(ValidationError) as caught:
            change_visit(**facts)
        assert caught.value.code == "code_invalid"
    else:
        assert code_of_refusal(change_visit, **facts) == refusal
    booking.refresh_from_db()
    assert (booking.slot_id, booking.status) == (slot.pk, "booked")


def test_guessing_phones_ends_after_ten_tries(slot: Slot) -> None:
    booking = book(slot)
    for _try in range(10):
        code_of_refusal(change, booking=booking, slot=slot, phone="0751000009")
    with pytest.raises(TooMany):
        change(booking, slot)


def test_browser_of_the_contact_needs_no_phone_and_a_stranger_s_does(slot: Slot, stranger_citizen) -> None:
    booking = confirm(hold(slot))
    there = slots_in_order(slot.session)[1]
    refusal = code_of_refusal(change, booking=booking, slot=there, phone="", citizen=stranger_citizen)
    assert refusal == {"phone": ["phone_invalid"]}
    assert change(booking, there, phone="", citizen=booking.contact)[0].slot == there


def test_closed_campaign_takes_no_changes_but_another_open_one_does(ward, id_card, slot: Slot) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    move_campaign(campaign=slot.session.campaign, to=CampaignStatus.CLOSED, by=BY)
    assert code_of_refusal(change, booking=booking, slot=there) == "campaign_closed"
    other = make_campaign(ward, id_card)
    target = slots_in_order(other.sessions.first())[0]
    old_key = booking.person_key
    (moved,) = change(booking, target)
    assert (moved.session.campaign_id, moved.person_key == old_key) == (other.pk, False)
    check_sums()


def test_person_already_in_the_other_campaign_keeps_both_visits(ward, id_card, slot: Slot) -> None:
    booking = book(slot)
    other = make_campaign(ward, id_card)
    first, second = slots_in_order(other.sessions.first())[:2]
    book(first)
    assert code_of_refusal(change, booking=booking, slot=second) == "already_registered"
    booking.refresh_from_db()
    assert booking.status == "booked"
    check_sums()


def test_visit_that_was_made_or_cancelled_does_not_move(slot: Slot, owner) -> None:
    there = slots_in_order(slot.session)[1]
    made, given_up = book(slot, 0), book(slot, 1)
    move_booking(booking=made, to=BookingStatus.CHECKED_IN, by=owner)
    cancel_visit(code=given_up.declaration.code, phone="0751000001")
    assert code_of_refusal(change, booking=made, slot=there) == "move_not_allowed"
    assert code_of_refusal(change, booking=given_up, slot=there, phone="0751000001") == "move_not_allowed"
    check_sums()


def test_slot_of_another_procedure_s_campaign_is_unknown(ward, slot: Slot, other_ward, id_card) -> None:
    booking = book(slot)
    foreign = slots_in_order(make_campaign(other_ward, id_card).sessions.first())[0]
    assert code_of_refusal(change, booking=booking, slot=foreign) == {"slot": ["slot_unknown"]}


def test_officer_moves_into_the_reserve_of_a_full_slot(slot: Slot, owner, campaign: Campaign) -> None:
    booking = book(slot)
    there = slots_in_order(days(campaign)[1])[0]
    Slot.objects.filter(pk=there.pk).update(capacity=0, reserve=1)
    assert code_of_refusal(change, booking=booking, slot=there) == "slot_full"
    (moved,) = move_visit(booking=booking, slot=there.uid, by=owner, reason="Nghỉ dạy buổi sáng")
    there.refresh_from_db()
    assert (moved.from_reserve, there.taken, there.reserve_taken) == (True, 0, 1)
    assert moved.history.last().reason == "Nghỉ dạy buổi sáng"
    assert OutboxMessage.objects.filter(notice="appointments.visit_rescheduled").count() == 1
    check_sums()
    (back,) = change(moved, slot)
    there.refresh_from_db()
    assert (back.from_reserve, there.reserve_taken) == (False, 0)
    check_sums()


def test_only_officers_who_may_move_visits_of_this_unit(slot: Slot, colleague, stranger) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    for officer in (colleague, stranger):
        with pytest.raises(NotAllowed):
            move_visit(booking=booking, slot=there.uid, by=officer)
    booking.refresh_from_db()
    assert booking.slot_id == slot.pk


def test_missed_visit_gets_a_new_number_even_on_the_same_day(slot: Slot, owner) -> None:
    booking = book(slot)
    move_booking(booking=booking, to=BookingStatus.MISSED, by=owner)
    (moved,) = move_visit(booking=booking, slot=slots_in_order(slot.session)[1].uid, by=owner)
    assert (moved.number, moved.moved_from_id) == (2, booking.pk)
    check_sums()


def test_family_cancels_as_one_or_one_by_one(slot: Slot) -> None:
    people = family(slot)
    cancel_visit(code=people[0].declaration.code, phone=PHONE, only=[people[2].uid])
    assert [Booking.objects.get(pk=one.pk).status for one in people] == ["booked", "booked", "cancelled"]
    cancel_visit(code=people[0].declaration.code, phone=PHONE)
    assert {Booking.objects.get(pk=one.pk).status for one in people} == {"cancelled"}
    check_sums()
