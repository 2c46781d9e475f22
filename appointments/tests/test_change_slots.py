"""Other places for slots to come: all or none, never below what is taken."""

import pytest
from django.core.exceptions import ValidationError

from appointments.actions.change_slots import SlotChange, SlotChoice, change_slots, chosen_slots
from appointments.models import Slot
from appointments.queries import days_with_places, slots_of
from appointments.tests.plans import plan_errors
from appointments.tests.test_desk import desk, flashes, page
from appointments.tests.visits import book, check_sums, confirm, hold
from portal.audit.models import AuditEntry
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, NotAllowed
from tests.people import BY, People

EVERYTHING = SlotChoice()


def refusal(campaign, *, choice: SlotChoice = EVERYTHING, **change) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        change_slots(campaign=campaign, choice=choice, change=SlotChange(**change), by=BY)
    if not hasattr(caught.value, "error_dict"):
        return {"": [error.code for error in caught.value.error_list]}
    return {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}


def state() -> list[tuple[int, int, bool]]:
    return list(Slot.objects.order_by("pk").values_list("capacity", "reserve", "open_to_public"))


def test_chosen_slots_are_those_of_the_days_and_hours(campaign) -> None:
    first, second = campaign.sessions.order_by("date")
    choice = SlotChoice(first_date=second.date, opens=510, closes=570)
    assert [(slot.session_id, slot.starts) for slot in chosen_slots(campaign=campaign, choice=choice)] == [
        (second.pk, 510),
        (second.pk, 540),
    ]
    assert chosen_slots(campaign=campaign, choice=SlotChoice(last_date=first.date)).count() == 4
    assert chosen_slots(campaign=campaign, choice=SlotChoice(place_name="Nơi khác")).count() == 0


def test_numbers_change_together_and_stand_in_the_journal(campaign, owner) -> None:
    assert (
        change_slots(
            campaign=campaign, choice=SlotChoice(), change=SlotChange(capacity=7, reserve=2), by=owner
        )
        == 8
    )
    assert state() == [(7, 2, True)] * 8
    entry = AuditEntry.objects.get(action="campaign.slots_changed")
    assert (entry.actor, entry.detail) == (owner.actor_ref, {"slots": 8, "capacity": 7, "reserve": 2})


def test_capacity_below_taken_is_refused_and_changes_nothing(campaign, slot) -> None:
    book(slot)
    book(slot, 1)
    before = state()
    assert refusal(campaign, capacity=1) == {"capacity": ["capacity_below_taken"]}
    Slot.objects.filter(pk=slot.pk).update(reserve=2, reserve_taken=2)
    assert refusal(campaign, reserve=1) == {"reserve": ["reserve_below_taken"]}
    Slot.objects.filter(pk=slot.pk).update(reserve=0, reserve_taken=0)
    assert state() == before
    change_slots(campaign=campaign, choice=SlotChoice(), change=SlotChange(capacity=2), by=BY)
    check_sums()


def test_nothing_chosen_or_nothing_changed_is_said(campaign) -> None:
    assert refusal(campaign) == {"": ["nothing_changed"]}
    assert refusal(campaign, choice=SlotChoice(place_name="Nơi khác"), capacity=5) == {"": ["nothing_chosen"]}
    assert refusal(campaign, capacity=0) == {"capacity": ["places_required"]}
    assert refusal(campaign, capacity=1001) == {"capacity": ["too_many_places"]}


def test_closed_slot_shows_no_place_takes_nobody_and_keeps_who_is_there(campaign, slot) -> None:
    held = hold(slot)
    closing = SlotChoice(first_date=slot.session.date, last_date=slot.session.date, closes=slot.starts + 1)
    change_slots(campaign=campaign, choice=closing, change=SlotChange(open_to_public=False), by=BY)
    assert [one.free for one in slots_of(slot.session)] == [0, 3, 3, 3]
    assert [day.free for day in days_with_places(campaign)] == [9, 12]
    with pytest.raises(Conflict) as caught:
        hold(slot, 1)
    assert caught.value.code == "slot_full"
    assert confirm(held).number == 1
    change_slots(campaign=campaign, choice=closing, change=SlotChange(open_to_public=True), by=BY)
    assert [one.free for one in slots_of(slot.session)] == [2, 3, 3, 3]
    check_sums()


def test_who_may_change(campaign, people: People) -> None:
    for actor in (people.colleague, people.stranger, people.citizen, ANONYMOUS_CITIZEN):
        with pytest.raises(NotAllowed):
            change_slots(campaign=campaign, choice=SlotChoice(), change=SlotChange(capacity=9), by=actor)
    assert state() == [(3, 0, True)] * 8


def test_page_shows_before_and_after_and_then_changes(campaign, slot, owner, colleague, stranger) -> None:
    book(slot)
    client, path = desk(owner), page("campaign_slots", campaign.pk)
    assert path in client.get(page("campaign_change", campaign.pk)).content.decode()
    assert client.get(path).status_code == 200
    typed = {"first_date": f"{slot.session.date:%d/%m/%Y}", "last_date": f"{slot.session.date:%d/%m/%Y}"}
    typed |= {"opens": "", "closes": "8:30", "place_name": "", "reserve": "", "public": "close"}
    shown = client.post(path, typed | {"capacity": "9", "_preview": "1"})
    assert [one.pk for one in shown.context["slots"]] == [slot.pk]
    assert "→ <b>9</b>" in shown.content.decode()
    assert state() == [(3, 0, True)] * 8
    done = client.post(path, typed | {"capacity": "9", "_create": "1"}, follow=True)
    assert flashes(done) == ["Đã đổi 1 khung giờ."]
    assert state() == [(9, 0, False)] + [(3, 0, True)] * 7
    wrong = client.post(path, typed | {"capacity": "0", "_preview": "1"})
    assert plan_errors(wrong) == {"capacity": ["places_required"]}
    Slot.objects.filter(pk=slot.pk).update(reserve=1)
    wrong = client.post(path, typed | {"capacity": "0", "_create": "1"})
    assert plan_errors(wrong) == {"capacity": ["capacity_below_taken"]}
    assert [desk(one).get(path).status_code for one in (colleague, stranger)] == [403, 404]
