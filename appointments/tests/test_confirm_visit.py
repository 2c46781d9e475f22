"""The code turns a hold into a number; late, wrong and repeated codes."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments.actions.confirm_visit import confirm_visit, resend_code
from appointments.actions.hold_visit import latest_challenge
from appointments.actions.open_campaign import move_campaign
from appointments.actions.sweep import erase_old_drafts, expire_holds
from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Booking, Slot
from appointments.tests.visits import (
    ADDRESS,
    COMMAND,
    UNKNOWN,
    book,
    check_sums,
    code_for,
    confirm,
    hold,
    slots_in_order,
    wrong_code_for,
)
from portal.audit.models import AuditEntry
from portal.citizens.models import Consent, OneTimeCode, Person
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, field_errors
from portal.notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRMED = OutboxMessage.objects.filter(notice="appointments.booking_confirmed")


def code_error(booking: Booking, code: str) -> str:
    with pytest.raises(ValidationError) as caught:
        confirm(booking, code=code)
    [(found, text)] = field_errors(caught.value)["code"]
    assert "Xin" in text or "Ông/Bà" in text or "chữ số" in text
    return found


def conflict(booking: Booking, **wish: str) -> str:
    with pytest.raises(Conflict) as caught:
        confirm(booking, **wish)
    return caught.value.code


def later(**delta: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(**delta), tick=False)


def new_code(booking: Booking) -> None:
    resend_code(booking_uid=booking.uid, address=ADDRESS, proof=None, by=ANONYMOUS_CITIZEN)


def test_numbers_are_gapless_in_the_order_of_confirming(slot: Slot) -> None:
    holds = [hold(slot, number) for number in range(3)]
    assert [confirm(booking).number for booking in reversed(holds)] == [1, 2, 3]
    check_sums()


def test_confirming_writes_person_consent_message_history_and_journal(slot: Slot) -> None:
    booked = confirm(hold(slot))
    stored = Booking.objects.get(uid=booked.uid)
    assert (stored.status, stored.number) == (BookingStatus.BOOKED, 1)
    assert (booked.status, booked.number, booked.contact_id) == ("booked", 1, stored.contact_id)
    assert stored.booked_at is not None
    assert stored.contact.verified_at is not None
    assert stored.declaration.status == "submitted"
    assert stored.declaration.subject.full_name == "Nguyễn Thị Anh"
    assert Consent.objects.get().person == stored.declaration.subject
    assert CONFIRMED.get().valid_until == slot.starts_at
    assert list(stored.history.values_list("frm", "to")) == [("", "held"), ("held", "booked")]
    entry = AuditEntry.objects.get(action="booking.confirm")
    assert (entry.actor, entry.object_uid) == (stored.contact.actor_ref, str(stored.uid))


def test_wrong_code_changes_nothing(slot: Slot) -> None:
    booking = hold(slot)
    assert code_error(booking, wrong_code_for(booking)) == "code_wrong"
    assert code_error(booking, "12") == "code_wrong"
    assert (Person.objects.count(), CONFIRMED.count()) == (0, 0)
    assert confirm(booking).number == 1


def test_sixth_try_is_refused_even_with_the_right_code(slot: Slot) -> None:
    booking = hold(slot)
    for _try in range(5):
        assert code_error(booking, wrong_code_for(booking)) == "code_wrong"
    assert code_error(booking, code_for(booking)) == "code_tries_spent"


def test_code_expires_after_five_minutes_and_a_new_one_confirms(slot: Slot) -> None:
    booking = hold(slot)
    old = code_for(booking)
    with later(minutes=6):
        assert code_error(booking, old) == "code_expired"
        new_code(booking)
        assert code_error(booking, old) == "code_wrong"
        assert confirm(booking).number == 1


def test_right_code_again_is_the_same_booking_and_one_message(slot: Slot) -> None:
    booking = hold(slot)
    first, second = confirm(booking), confirm(booking)
    assert (first.uid, first.number) == (second.uid, second.number)
    assert CONFIRMED.count() == 1
    assert (Person.objects.count(), Consent.objects.count()) == (1, 1)
    check_sums()


def test_hold_that_ran_out_takes_its_place_again(slot: Slot) -> None:
    booking = hold(slot)
    with later(minutes=11):
        expire_holds(by=COMMAND)
        check_sums()
        new_code(booking)
        booked = confirm(booking)
    assert (booked.number, booked.slot_id) == (1, slot.pk)
    assert list(booked.history.values_list("frm", "to")) == [
        ("", "held"),
        ("held", "expired"),
        ("expired", "booked"),
    ]
    check_sums()


def test_late_code_for_a_full_slot_chooses_another_with_the_same_code(campaign) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    booking = hold(first)
    with later(minutes=11):
        expire_holds(by=COMMAND)
        for number in range(1, 4):
            book(first, number)
        new_code(booking)
        assert conflict(booking) == "slot_full"
        check_sums()
        assert conflict(booking, slot=str(first.uid)) == "slot_full"
        booked = confirm(booking, slot=str(other.uid))
    assert (booked.slot_id, booked.number) == (other.pk, 4)
    assert CONFIRMED.get(about=booking.uid).valid_until == other.starts_at
    check_sums()


def test_two_late_taps_for_different_days_end_as_one_booking(campaign, monkeypatch) -> None:
    """A booked row must never be carried into another day with its number."""
    from appointments.actions import confirm_visit as module

    first_day, second_day = campaign.sessions.order_by("date")
    booking = hold(slots_in_order(first_day)[0])
    book(slots_in_order(second_day)[0], 1)
    write, taps = module._write_visit, []

    def the_other_tap_is_faster(*args, **kwargs) -> None:
        write(*args, **kwargs)
        if not taps:
            taps.append("other")
            seen = Booking.objects.filter(pk=booking.pk, status="expired")
            seen.update(status="booked", number=1)
            booking.session.__class__.objects.filter(pk=first_day.pk).update(last_number=1)
            Slot.objects.filter(pk=booking.slot_id).update(taken=1)

    with later(minutes=11):
        expire_holds(by=COMMAND)
        new_code(booking)
        monkeypatch.setattr(module, "_write_visit", the_other_tap_is_faster)
        wish = str(slots_in_order(second_day)[1].uid)
        challenge = latest_challenge(booking).uid
        with pytest.raises(module._ChangedMeanwhile):
            module._answer(module.load_party(booking.uid), challenge=challenge, wish=wish, channel="web")


def test_late_code_for_a_slot_of_another_campaign_is_unknown(slot: Slot, ward, id_card) -> None:
    from tests.people import make_campaign

    elsewhere = slots_in_order(make_campaign(ward, id_card).sessions.first())[0]
    booking = hold(slot)
    with later(minutes=11):
        expire_holds(by=COMMAND)
        new_code(booking)
        for wish in (str(elsewhere.uid), str(UNKNOWN), "x"):
            with pytest.raises(ValidationError) as caught:
                confirm(booking, slot=wish)
            assert [code for code, _text in field_errors(caught.value)["slot"]] == ["slot_unknown"]


def test_late_code_after_the_intake_closed_is_refused(slot: Slot) -> None:
    booking = hold(slot)
    with later(minutes=11):
        expire_holds(by=COMMAND)
        move_campaign(campaign=slot.session.campaign, to=CampaignStatus.CLOSED, by=COMMAND)
        new_code(booking)
        assert conflict(booking) == "campaign_closed"
    check_sums()


def test_hold_in_time_is_confirmed_although_the_intake_closed(slot: Slot) -> None:
    booking = hold(slot)
    move_campaign(campaign=slot.session.campaign, to=CampaignStatus.CLOSED, by=COMMAND)
    assert confirm(booking).number == 1


def test_person_booked_elsewhere_meanwhile_is_already_registered(campaign) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    booking = hold(first)
    with later(minutes=11):
        expire_holds(by=COMMAND)
        book(other)
        new_code(booking)
        assert conflict(booking) == "already_registered"
    check_sums()


def test_erased_draft_cannot_be_confirmed(slot: Slot) -> None:
    booking = hold(slot)
    expire_holds_at = timezone.now() + dt.timedelta(minutes=11)
    with time_machine.travel(expire_holds_at, tick=False):
        expire_holds(by=COMMAND)
    with later(hours=25):
        assert erase_old_drafts(by=COMMAND) == 1
        with pytest.raises(Conflict) as caught:
            new_code(booking)
        assert caught.value.code == "hold_expired"
    assert conflict(booking) == "hold_expired"


def test_cancelled_hold_cannot_be_confirmed(slot: Slot) -> None:
    from appointments.actions.transition import move_booking

    booking = hold(slot)
    move_booking(booking=booking, to=BookingStatus.CANCELLED, by=COMMAND)
    assert conflict(booking) == "hold_expired"
    check_sums()


def test_unknown_hold_and_forgotten_code_are_answered_politely(slot: Slot) -> None:
    with pytest.raises(Conflict) as caught:
        confirm_visit(booking_uid=UNKNOWN, code="123456", channel="web", by=ANONYMOUS_CITIZEN)
    assert caught.value.code == "booking_unknown"
    booking = hold(slot)
    code = code_for(booking)
    OneTimeCode.objects.all().delete()
    assert code_error(booking, code) == "code_expired"
    assert code_error(book(slot, 1), "123456") == "code_expired"


def test_hold_that_moves_between_reading_and_locking_is_read_again(campaign, monkeypatch) -> None:
    """The number must come from the day the hold stands in when it is locked."""
    from appointments.actions import confirm_visit as module

    first_day, second_day = campaign.sessions.order_by("date")
    booking = hold(slots_in_order(first_day)[0])
    take, moved = module._take_numbers, []

    def move_first(*args, **kwargs):
        if not moved:
            moved.append(Booking.objects.filter(pk=booking.pk).update(slot=target, session=second_day))
            Slot.objects.filter(pk=booking.slot_id).update(taken=0)
            Slot.objects.filter(pk=target.pk).update(taken=1)
        return take(*args, **kwargs)

    target = slots_in_order(second_day)[1]
    seen, challenge = module.load_party(booking.uid), latest_challenge(booking).uid
    monkeypatch.setattr(module, "_take_numbers", move_first)
    with pytest.raises(module._ChangedMeanwhile):
        module._answer(seen, challenge=challenge, wish="", channel="web")
    assert Booking.objects.get(pk=booking.pk).number is None


def test_resending_waits_a_minute_and_replaces_the_code(slot: Slot) -> None:
    from portal.common.errors import TooMany

    booking = hold(slot)
    with pytest.raises(TooMany) as caught:
        new_code(booking)
    assert caught.value.code == "code_resend_wait"
    first = latest_challenge(booking)
    with later(seconds=61):
        new_code(booking)
    assert latest_challenge(booking) != first
    assert Booking.objects.get().uid == booking.uid
