"""The line of a full campaign: fair, really held, answered in time."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments.actions.answer_offer import accept_offer, decline_offer
from appointments.actions.cancel_session import cancel_session
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.choose_offers import offer_end
from appointments.actions.join_waiting_list import confirm_waiting, leave_waiting_list
from appointments.actions.sweep import expire_holds, mark_full_campaigns
from appointments.models import Booking, Campaign, Slot, WaitingEntry
from appointments.queries import campaign_state, place_in_line
from appointments.tests.lines import CLOCK, ask, fill_up, offer, phone_of, wait
from appointments.tests.test_change_visit import code_of_refusal
from appointments.tests.visits import COMMAND, book, check_sums, hold
from portal.citizens.enums import Channel
from portal.citizens.models import Consent
from portal.notifications.models import OutboxMessage
from procedures.models import Declaration
from tests.people import make_campaign


@pytest.fixture
def full(ward, id_card, settings) -> Campaign:
    """A campaign whose days are far enough for every clock of these tests; every place is taken."""
    settings.CODES_PER_PHONE_PER_HOUR = 10_000
    settings.CODES_PER_PREFIX_PER_HOUR = 10_000
    return make_campaign(ward, id_card, capacity=2, days=5)


def free_one(booking: Booking, number: int) -> None:
    cancel_visit(code=booking.declaration.code, phone=phone_of(number))


def accept(entry: WaitingEntry, number: int) -> list[Booking]:
    return accept_offer(code=entry.code, phone=phone_of(number), channel=Channel.WEB)


def status(entry: WaitingEntry) -> str:
    return WaitingEntry.objects.get(pk=entry.pk).status


def told(notice: str) -> int:
    return OutboxMessage.objects.filter(notice=f"appointments.{notice}").count()


def far(campaign: Campaign) -> Slot:
    return Slot.objects.filter(session__campaign=campaign).select_related("session__unit").order_by("-pk")[0]


def last_booking(campaign: Campaign) -> tuple[Booking, int]:
    """One whose day is far off, and the number of its person."""
    booking = Booking.objects.filter(slot=far(campaign)).select_related("declaration").order_by("-pk")[0]
    return booking, 500 + Booking.objects.filter(pk__lt=booking.pk).count()


# ---- into the line


def test_code_puts_into_the_line_in_the_order_of_the_codes(full: Campaign) -> None:
    fill_up(full)
    slow = ask(full, 1)
    quick = wait(full, 2)
    assert (status(slow), quick.status, place_in_line(quick)) == ("unverified", "waiting", 1)
    assert told("waiting_joined") == 1
    assert Consent.objects.filter(text_key="appointments.waiting_list").count() == 1
    assert place_in_line(wait(full, 3)) == 2


def test_line_is_for_full_campaigns_only(full: Campaign) -> None:
    assert code_of_refusal(ask, campaign=full) == "places_free"
    assert ask(full, size=3).size == 3  # no hour has three places left
    fill_up(full)
    Campaign.objects.filter(pk=full.pk).update(status="closed")
    full.refresh_from_db()
    assert code_of_refusal(ask, campaign=full) == "campaign_closed"


def test_one_entry_per_phone_and_nobody_who_has_a_visit(full: Campaign) -> None:
    fill_up(full)
    wait(full, 1)
    assert code_of_refusal(ask, campaign=full, number=1) == "already_waiting"
    assert code_of_refusal(ask, campaign=full, number=500) == "already_registered"


def test_two_codes_of_one_phone_are_one_place_in_line(full: Campaign) -> None:
    from appointments.actions.join_waiting_list import PURPOSE, latest_challenge
    from portal.citizens.one_time import code_of

    fill_up(full)
    first = ask(full, 1)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2), tick=False):
        second = wait(full, 1)
        code = code_of(latest_challenge(first.uid, PURPOSE))
        facts = {"entry_uid": first.uid, "code": code, "channel": Channel.WEB}
        assert code_of_refusal(confirm_waiting, **facts) == "already_waiting"
    assert (status(first), second.status) == ("unverified", "waiting")


def test_wrong_answers_are_named_person_by_person(full: Campaign) -> None:
    with pytest.raises(ValidationError) as caught:
        ask(full, 1, size=2, full_name="3")
    assert {name: [e.code for e in found] for name, found in caught.value.error_dict.items()} == {
        "full_name": ["name_letters"]
    }


def test_leaving_erases_what_was_filled_in(full: Campaign) -> None:
    fill_up(full)
    entry = wait(full, 1)
    leave_waiting_list(code=entry.code, phone=phone_of(1))
    entry.refresh_from_db()
    assert (entry.status, entry.details) == ("left", None)
    assert leave_waiting_list(code=entry.code, phone=phone_of(1)).status == "left"
    assert wait(full, 1).status == "waiting"


def test_code_alone_changes_nothing(full: Campaign, stranger_citizen) -> None:
    fill_up(full)
    entry = wait(full, 1)
    for action in (leave_waiting_list, decline_offer):
        facts = {"code": entry.code, "phone": phone_of(2)}
        assert code_of_refusal(action, **facts) == {"phone": ["phone_mismatch"]}
        facts = {"code": entry.code, "phone": "", "citizen": stranger_citizen}
        assert code_of_refusal(action, **facts) == {"phone": ["phone_invalid"]}
    assert status(entry) == "waiting"


# ---- offers


def test_freed_place_is_offered_to_the_first_and_held_for_two_hours(full: Campaign) -> None:
    fill_up(full)
    first, second = wait(full, 1), wait(full, 2)
    booking, number = last_booking(full)
    free_one(booking, number)
    assert offer() == 1
    first.refresh_from_db()
    assert (first.status, status(second), first.slot_id) == ("offered", "waiting", booking.slot_id)
    held = Booking.objects.get(party=first.party)
    assert (held.status, held.hold_until, held.contact_id) == ("held", first.offer_until, first.contact_id)
    assert abs(first.offer_until - offer_end(timezone.now(), far(full).starts_at)) < dt.timedelta(minutes=1)
    assert told("waiting_offered") == 1
    assert offer() == 0
    check_sums()


def test_accepting_gives_numbers_and_one_message(full: Campaign) -> None:
    booked = fill_up(full)
    entry = wait(full, 1, size=2)
    for one in booked[-2:]:
        free_one(one, 500 + booked.index(one))
    assert offer() == 1
    party = accept(entry, 1)
    last = party[0].session.last_number
    party[0].session.refresh_from_db()
    assert [one.number for one in party] == [party[0].session.last_number - 1, party[0].session.last_number]
    assert last <= party[0].session.last_number
    assert {one.status for one in Booking.objects.filter(party=party[0].party)} == {"booked"}
    assert {one.declaration.status for one in party} == {"submitted"}
    entry.refresh_from_db()
    assert (entry.status, entry.details) == ("taken", None)
    assert (
        OutboxMessage.objects.filter(notice="appointments.booking_confirmed", about=party[0].uid).count() == 1
    )
    assert [one.pk for one in accept(entry, 1)] == [one.pk for one in party]
    check_sums()


def test_declined_and_unanswered_places_go_to_the_next(full: Campaign) -> None:
    fill_up(full)
    first, second, third = (wait(full, number) for number in (1, 2, 3))
    free_one(*last_booking(full))
    offer()
    decline_offer(code=first.code, phone=phone_of(1))
    check_sums()
    assert (status(first), offer(), status(second)) == ("declined", 1, "offered")
    second.refresh_from_db()
    with time_machine.travel(second.offer_until + dt.timedelta(seconds=1), tick=False):
        facts = {"code": second.code, "phone": phone_of(2), "channel": Channel.WEB}
        assert code_of_refusal(accept_offer, **facts) == "offer_gone"
        assert (offer(), status(second), status(third)) == (1, "expired", "offered")
    assert Declaration.objects.filter(status="draft").count() == 3
    check_sums()


def test_general_sweep_may_be_first_at_an_offer_that_ran_out(full: Campaign) -> None:
    fill_up(full)
    entry = wait(full, 1)
    free_one(*last_booking(full))
    offer()
    entry.refresh_from_db()
    with time_machine.travel(entry.offer_until + dt.timedelta(seconds=1), tick=False):
        assert expire_holds(by=COMMAND) == 1
        offer()
        assert status(entry) == "expired"
    check_sums()


def test_family_is_passed_three_times_and_then_everybody_behind_waits(full: Campaign) -> None:
    booked = fill_up(full)
    large = wait(full, 1, size=2)
    small = [wait(full, number) for number in range(2, 7)]
    far_away = [one for one in booked if one.session.date > (timezone.now() + dt.timedelta(days=2)).date()]
    one_per_slot = {one.slot_id: one for one in far_away}
    for one in list(one_per_slot.values())[:5]:
        free_one(one, 500 + booked.index(one))
    assert offer() == 3
    large.refresh_from_db()
    assert (large.status, large.passed) == ("waiting", 3)
    assert [status(one) for one in small] == ["offered"] * 3 + ["waiting"] * 2
    left = Slot.objects.filter(session__campaign=full, taken__lt=2).order_by("pk")[0]
    other = next(one for one in far_away if one.slot_id == left.pk and one.pk != one_per_slot[left.pk].pk)
    free_one(other, 500 + booked.index(other))
    assert offer() == 2
    assert (status(large), status(small[3])) == ("offered", "offered")
    check_sums()


def test_nobody_jumps_the_queue(full: Campaign) -> None:
    fill_up(full)
    wait(full, 1, size=2)
    slot = far(full)
    free_one(*last_booking(full))
    offer()
    assert code_of_refusal(hold, slot=slot, number=9) == "campaign_full"
    assert mark_full_campaigns(by=CLOCK) == 0
    WaitingEntry.objects.update(status="left")
    assert mark_full_campaigns(by=CLOCK) == 1
    assert hold(slot, 9).status == "held"


def test_person_who_got_a_visit_at_the_desk_leaves_the_line(full: Campaign) -> None:
    booked = fill_up(full)
    entry = wait(full, 1)
    Slot.objects.filter(pk=booked[0].slot_id).update(capacity=3)
    book(booked[0].slot, 1)
    free_one(*last_booking(full))
    assert (offer(), status(entry)) == (0, "expired")
    check_sums()


def test_offer_whose_session_is_called_off_returns_to_its_place(full: Campaign) -> None:
    fill_up(full)
    first, second = wait(full, 1), wait(full, 2)
    booking, number = last_booking(full)
    free_one(booking, number)
    offer()
    cancel_session(session=booking.session, reason="Bão", by=COMMAND)
    assert offer() == 0
    assert (status(first), place_in_line(first), status(second)) == ("waiting", 1, "waiting")
    check_sums()


def test_offered_places_are_answered_and_not_chosen_again(full: Campaign) -> None:
    """The hold of an offer has no code of its own: moving it would lead to a page that cannot be answered."""
    booked = fill_up(full)
    entry = wait(full, 1)
    free_one(*last_booking(full))
    offer()
    free_one(booked[-2], 500 + len(booked) - 2)
    before = Booking.objects.get(status="held").slot
    assert code_of_refusal(hold, slot=booked[0].slot, number=1) == "already_waiting"
    assert (Booking.objects.get(status="held").slot, status(entry)) == (before, "offered")
    check_sums()


def test_offer_to_a_family_of_whom_one_is_booked_at_the_desk_gives_all_places_back(full: Campaign) -> None:
    booked = fill_up(full)
    entry = wait(full, 1, size=2)
    for place in (-1, -2):
        free_one(booked[place], 500 + len(booked) + place)
    assert offer() == 1
    Slot.objects.filter(pk=booked[0].slot_id).update(reserve=1)
    book(booked[0].slot, 1)
    offer()
    assert (status(entry), Booking.objects.filter(status="held").count()) == ("expired", 0)
    check_sums()


def test_last_hour_ends_the_line(full: Campaign) -> None:
    fill_up(full)
    entry = wait(full, 1)
    with time_machine.travel(far(full).ends_at, tick=False):
        offer()
    entry.refresh_from_db()
    assert (entry.status, entry.details) == ("expired", None)


def test_state_of_the_page(full: Campaign) -> None:
    assert campaign_state(full) == "open"
    fill_up(full)
    assert campaign_state(full) == "full"
    full.status, full.intake_opens_at = "open", timezone.now() + dt.timedelta(hours=1)
    assert campaign_state(full) == "early"
    full.status = "closed"
    assert campaign_state(full) == "closed"
