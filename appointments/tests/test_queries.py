"""What is free, what a search finds, who sees which rows."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from appointments.actions.cancel_visit import cancel_visit
from appointments.models import Booking, Campaign, Session, Slot
from appointments.queries import (
    alternatives,
    booking_by_code,
    campaign_figures,
    campaign_slots,
    days_with_places,
    search_bookings,
    slots_of,
    taking_campaigns,
)
from appointments.tests.visits import book, hold, slots_in_order
from portal.common.codes import show_code
from tests.people import People, make_campaign, make_officer


def test_places_of_holds_that_ran_out_are_free_before_the_sweep(campaign) -> None:
    session = campaign.sessions.first()
    slot = slots_in_order(session)[0]
    for number in range(3):
        hold(slot, number)
    assert slots_of(session)[0].free == 0
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10), tick=False):
        assert slots_of(session)[0].free == 3
        assert days_with_places(campaign)[0].free == 12
    assert days_with_places(campaign)[0].free == 9


def test_slots_that_have_begun_are_offered_no_more(campaign) -> None:
    session = campaign.sessions.first()
    third = slots_in_order(session)[2]
    with time_machine.travel(third.starts_at, tick=False):
        assert [slot.starts for slot in slots_of(session)] == [570]
        assert [day.free for day in days_with_places(campaign)] == [3, 12]
        assert len(campaign_slots(campaign)) == 5
    with time_machine.travel(third.starts_at + dt.timedelta(days=3), tick=False):
        assert days_with_places(campaign) == []


def test_alternatives_begin_with_the_wanted_time_and_leave_out_full_slots(campaign) -> None:
    first, second, third = slots_in_order(campaign.sessions.first())[:3]
    for number in range(3):
        book(second, number)
    assert alternatives(campaign, near=second, most=1) == [third]
    assert alternatives(campaign, most=2) == [first, third]
    last = slots_in_order(campaign.sessions.last())[-1]
    for number in range(3, 6):
        book(last, number)
    assert alternatives(campaign, near=last, most=1) == [first]  # nothing later: from the beginning


def test_only_open_campaigns_of_the_unit_are_taking(campaign, other_ward, id_card) -> None:
    make_campaign(other_ward, id_card)
    assert taking_campaigns(campaign.unit) == [campaign]
    Campaign.objects.filter(pk=campaign.pk).update(intake_closes_at=timezone.now())
    assert taking_campaigns(campaign.unit) == []


def test_search_by_number_code_phone_and_words_of_the_name(slot: Slot) -> None:
    wanted, other = book(slot), book(slot, 1, full_name="Trần Văn Đức")
    everybody = Booking.objects.order_by("number")

    def found(text: str) -> list[int]:
        return [booking.number for booking in search_bookings(everybody, text)]

    code = show_code(wanted.declaration.code)
    for text in ("1", " 1 ", code, code.lower(), "0751 000 000", "+84751000000", "nguyen", "ÁNH thị"):
        assert found(text) == [1], text
    assert found("") == found("   ") == [1, 2]
    assert found("duc") == [other.number]
    for text in ("3", "99999", "nguyen duc", "²", "٣", "%", "'", "<b>", "0750000009", "a" * 5_000, "\x00"):
        assert found(text) == [], text


def test_code_of_a_hold_shows_nothing_and_of_a_cancelled_visit_its_number(slot: Slot) -> None:
    assert booking_by_code(hold(slot).declaration.code) is None
    booking = book(slot, 1)
    cancel_visit(code=booking.declaration.code, phone="0751000001")
    assert booking_by_code(booking.declaration.code).number == 1


def test_figures_count_places_and_days(campaign) -> None:
    book(slots_in_order(campaign.sessions.first())[0])
    assert campaign_figures(campaign) == {"capacity": 24, "taken": 1, "days": 2}


@pytest.mark.parametrize("model", [Booking, Campaign, Session])
def test_rows_are_seen_by_the_unit_and_not_by_strangers(slot: Slot, people: People, model) -> None:
    book(slot)
    mine = set(model.objects.all())
    assert set(model.objects.visible_to(people.owner)) == mine
    assert set(model.objects.visible_to(people.colleague)) == mine
    assert set(model.objects.visible_to(people.stranger)) == set()


def test_roles_without_citizens_data_see_plans_but_no_visits(slot: Slot, ward) -> None:
    book(slot)
    seen = {}
    for role in ("residence_desk", "investigator", "editor", "province_viewer", "inspectorate", "it_admin"):
        officer = make_officer(role, ward, role)
        seen[role] = (
            Booking.objects.visible_to(officer).count(),
            Campaign.objects.visible_to(officer).count(),
        )
    assert seen == {
        "residence_desk": (1, 1),
        "investigator": (0, 0),
        "editor": (0, 0),
        "province_viewer": (0, 1),
        "inspectorate": (0, 0),
        "it_admin": (0, 0),
    }
