"""Holding a place: what is written, what is refused, and that a refusal leaves nothing behind."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments.actions.hold_visit import hold_visit
from appointments.actions.open_campaign import move_campaign
from appointments.actions.prepare_visit import PLACES_PER_PHONE
from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Booking, Slot, StatusEntry
from appointments.tests.visits import (
    ADDRESS,
    COMMAND,
    UNKNOWN,
    book,
    check_sums,
    confirm,
    hold,
    row_counts,
    slots_in_order,
)
from portal.audit.models import AuditEntry
from portal.citizens.models import CodeBudget, OneTimeCode, Person
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, TooMany, field_errors
from portal.notifications.models import ContactPoint, OutboxMessage
from portal.requests.models import ThrottleCounter
from procedures.models import Declaration
from tests.people import visit_data

WRITTEN = (
    Booking, Declaration, StatusEntry, OneTimeCode, OutboxMessage, CodeBudget, ContactPoint, Person,
    ThrottleCounter, AuditEntry,
)  # fmt: skip


def refusal(slot: Slot, number: int = 0, **changes: str) -> str:
    """The code of the Conflict; nothing may have been written."""
    before = row_counts(*WRITTEN)
    with pytest.raises(Conflict) as caught:
        hold(slot, number, **changes)
    assert row_counts(*WRITTEN) == before
    return caught.value.code


def test_hold_takes_a_place_and_sends_one_code(slot: Slot) -> None:
    booking = hold(slot)
    slot.refresh_from_db()
    booking = Booking.objects.get(uid=booking.uid)
    assert (booking.status, booking.number, booking.slot_id) == (BookingStatus.HELD, None, slot.pk)
    assert slot.taken == 1
    assert booking.declaration.status == "draft"
    assert booking.declaration.details["full_name"] == "Nguyễn Thị Anh"
    assert booking.declaration.details["phone"] == "+84751000000"
    assert [message.notice for message in OutboxMessage.objects.all()] == ["citizens.one_time_code"]
    assert [(entry.frm, entry.to) for entry in booking.history.all()] == [("", "held")]
    assert CodeBudget.objects.get().used == 1


def test_hold_lasts_ten_minutes(slot: Slot) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        assert hold(slot).hold_until == timezone.now() + dt.timedelta(minutes=10)


def test_full_slot_is_refused_and_nothing_is_written(slot: Slot) -> None:
    for number in range(3):
        hold(slot, number)
    assert refusal(slot, 3) == "slot_full"
    assert CodeBudget.objects.get().used == 3
    check_sums()


def test_full_slot_gives_the_place_of_a_hold_that_ran_out(slot: Slot) -> None:
    holds = [hold(slot, number) for number in range(3)]
    Booking.objects.filter(pk=holds[1].pk).update(hold_until=timezone.now())
    late = hold(slot, 3)
    assert late.status == BookingStatus.HELD
    holds[1].refresh_from_db()
    assert holds[1].status == BookingStatus.EXPIRED
    assert list(holds[1].history.values_list("frm", "to", "actor")) == [
        ("", "held", "citizen:anonymous"),
        ("held", "expired", "system:hold-clock"),
    ]
    check_sums()


@pytest.mark.parametrize("text", [UNKNOWN, "", None, "x", "1", 7, True, "' OR 1=1", "a" * 10_000])
def test_unknown_slot_is_a_field_error(slot: Slot, text: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        hold_visit(
            unit=slot.session.unit,
            slot=text,
            data=visit_data(),
            address=ADDRESS,
            proof=None,
            by=ANONYMOUS_CITIZEN,
        )
    expected = "slot_unknown" if text else "slot_required"
    assert [code for code, _text in field_errors(caught.value)["slot"]] == [expected]


def test_slot_of_another_unit_is_unknown(slot: Slot, other_ward) -> None:
    with pytest.raises(ValidationError) as caught:
        hold(slot, unit=other_ward)
    assert list(field_errors(caught.value)) == ["slot"]
    assert Booking.objects.count() == 0


def test_all_field_errors_come_at_once(slot: Slot) -> None:
    with pytest.raises(ValidationError) as caught:
        hold(slot, full_name="", phone="1", birth_date="31/02/1990")
    found = {field: [code for code, _text in items] for field, items in field_errors(caught.value).items()}
    assert found == {"full_name": ["required"], "phone": ["phone_invalid"], "birth_date": ["date_invalid"]}


def test_slot_that_has_begun_is_past(slot: Slot) -> None:
    with time_machine.travel(slot.starts_at, tick=False):
        assert refusal(slot) == "slot_past"
    with time_machine.travel(slot.starts_at - dt.timedelta(seconds=1), tick=False):
        assert hold(slot).status == BookingStatus.HELD


def test_closed_campaign_refuses(slot: Slot) -> None:
    move_campaign(campaign=slot.session.campaign, to=CampaignStatus.CLOSED, by=COMMAND)
    assert refusal(slot) == "campaign_closed"


def test_intake_opens_and_closes_by_the_clock(slot: Slot) -> None:
    campaign, now = slot.session.campaign, timezone.now()
    campaign.intake_opens_at, campaign.intake_closes_at = now, now + dt.timedelta(hours=1)
    campaign.save()
    with time_machine.travel(now - dt.timedelta(seconds=1), tick=False):
        assert refusal(slot) == "campaign_closed"
    with time_machine.travel(now + dt.timedelta(hours=1), tick=False):
        assert refusal(slot) == "campaign_closed"
    with time_machine.travel(now, tick=False):
        assert hold(slot).status == BookingStatus.HELD


def test_same_tap_twice_is_one_hold_and_one_message(slot: Slot) -> None:
    first, second = hold(slot), hold(slot)
    assert first.uid == second.uid
    assert row_counts(Booking, OutboxMessage, OneTimeCode, Declaration) == {
        "appointments.Booking": 1,
        "notifications.OutboxMessage": 1,
        "citizens.OneTimeCode": 1,
        "procedures.Declaration": 1,
    }
    check_sums()


def test_choosing_another_slot_moves_the_hold_and_keeps_its_code(campaign) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    booking = hold(first)
    again = hold(other, request_kind="reissue", occupation="Giáo viên")
    assert again.uid == booking.uid
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.taken, other.taken) == (0, 1)
    assert OutboxMessage.objects.count() == 1
    stored = Booking.objects.get(uid=booking.uid)
    assert stored.slot_id == other.pk
    assert stored.declaration.details["occupation"] == "Giáo viên"
    assert stored.declaration.request_kind == "reissue"
    assert [(entry.to, entry.reason) for entry in stored.history.all()] == [
        ("held", None),
        ("held", "chose again"),
    ]
    assert confirm(booking).slot_id == other.pk
    check_sums()


def test_choosing_a_full_slot_leaves_the_hold_where_it_was(campaign) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    booking = hold(first)
    for number in range(1, 4):
        book(other, number)
    assert refusal(other) == "slot_full"
    booking.refresh_from_db()
    assert booking.slot_id == first.pk
    check_sums()


def test_moving_to_another_day_takes_the_number_of_that_day(campaign) -> None:
    first_day, second_day = campaign.sessions.order_by("date")
    book(slots_in_order(first_day)[0], 1)
    hold(slots_in_order(first_day)[0])
    booked = confirm(hold(slots_in_order(second_day)[0]))
    assert (booked.session_id, booked.number) == (second_day.pk, 1)
    check_sums()


def test_hold_that_ran_out_unswept_is_replaced_by_a_new_one(slot: Slot) -> None:
    first = hold(slot)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        second = hold(slot)
    assert first.uid != second.uid
    first.refresh_from_db()
    assert first.status == BookingStatus.EXPIRED
    check_sums()


def test_person_with_a_booking_is_already_registered(slot: Slot) -> None:
    confirm(hold(slot))
    assert refusal(slot) == "already_registered"
    assert refusal(slot, full_name="  NGUYỄN   thị ANH ") == "already_registered"


def test_same_person_may_come_to_another_campaign(slot: Slot, ward, id_card) -> None:
    from tests.people import make_campaign

    confirm(hold(slot))
    other = slots_in_order(make_campaign(ward, id_card).sessions.first())[0]
    assert confirm(hold(other)).number == 1


def test_phone_holds_eight_places_and_no_more(campaign) -> None:
    places = [slot for session in campaign.sessions.all() for slot in slots_in_order(session)]
    for number in range(PLACES_PER_PHONE):
        book(places[number // 3], number, phone="0751000000")
    assert refusal(places[5], 20, phone="075 100 0000") == "phone_full"
    assert book(places[5], 20, phone="0751000000").number  # an officer at the desk may go on


def test_hold_that_ran_out_does_not_count_for_its_phone(campaign) -> None:
    places = [slot for session in campaign.sessions.all() for slot in slots_in_order(session)]
    for number in range(PLACES_PER_PHONE):
        book(places[number // 3], number, phone="0751000000")
    gone = Booking.objects.filter(number=1).first()
    Booking.objects.filter(pk=gone.pk).update(status=BookingStatus.HELD, hold_until=timezone.now())
    assert hold(places[5], 20, phone="0751000000").status == BookingStatus.HELD


def test_second_person_of_a_phone_waits_a_minute_and_loses_nothing(slot: Slot) -> None:
    hold(slot)
    before = row_counts(*WRITTEN)
    with pytest.raises(TooMany) as caught:
        hold(slot, 1, phone="0751000000")
    assert caught.value.code == "code_resend_wait"
    assert row_counts(*WRITTEN) == before
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61), tick=False):
        assert hold(slot, 1, phone="0751000000").status == BookingStatus.HELD
    check_sums()


def test_doubtful_number_passes_once_it_was_confirmed(slot: Slot) -> None:
    with pytest.raises(ValidationError) as caught:
        hold(slot, identity_number="048190000123", birth_date="05/09/1950")
    assert [code for code, _t in field_errors(caught.value)["identity_number"]] == [
        "identity_number_doubtful"
    ]
    booking = hold(slot, identity_number="048190000123", birth_date="05/09/1950", accept_warnings="on")
    assert confirm(booking).declaration.details["identity_number"] == "048190000123"
