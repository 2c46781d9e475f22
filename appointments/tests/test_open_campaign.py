"""Laying out a campaign: days, hours, limits; who may open and close it."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from appointments.actions.open_campaign import Plan, create_campaign, move_campaign, planned_days
from appointments.enums import CampaignStatus
from appointments.models import Campaign, Session, Slot
from portal.audit.models import AuditEntry
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.units.models import CalendarDay
from tests.people import BY, People


def next_monday() -> dt.date:
    today = local_today()
    return today + dt.timedelta(days=7 - today.weekday())


def plan(**changes) -> Plan:
    first = next_monday()
    usual = Plan(
        name="Cấp căn cước lưu động tại Tổ 5",
        first_date=first,
        last_date=first + dt.timedelta(days=6),
        place_name="Nhà văn hóa",
        place_address="Số 25 đường Hoa Sữa",
        opens=450,
        closes=690,
        slot_minutes=30,
        capacity=10,
        skip_holidays=False,
    )
    return replace(usual, **changes)


def code_of(caught) -> dict[str, list[str]]:
    return {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}


def refusal(ward, **changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        planned_days(unit=ward, plan=plan(**changes))
    return code_of(caught)


def test_week_of_mornings_becomes_sessions_and_slots_in_draft(ward, id_card, owner) -> None:
    campaign = create_campaign(unit=ward, procedure=id_card, plan=plan(), by=owner)
    assert (campaign.status, campaign.slug) == (CampaignStatus.DRAFT, "cap-can-cuoc-luu-dong-tai-to-5")
    days = list(campaign.sessions.values_list("date", flat=True))
    assert days == [next_monday() + dt.timedelta(days=number) for number in range(5)]
    starts = Slot.objects.filter(session=campaign.sessions.first()).values_list("starts", flat=True)
    assert list(starts) == [450, 480, 510, 540, 570, 600, 630, 660]
    assert set(Slot.objects.values_list("capacity", "minutes", "taken")) == {(10, 30, 0)}
    entry = AuditEntry.objects.get(action="campaign.created")
    assert (entry.actor, entry.detail) == (owner.actor_ref, {"days": 5, "slots": 40, "capacity": 10})


def test_last_slot_ends_before_closing(ward, id_card) -> None:
    create_campaign(unit=ward, procedure=id_card, plan=plan(slot_minutes=50), by=BY)
    assert sorted(set(Slot.objects.values_list("starts", flat=True))) == [450, 500, 550, 600]


def test_holidays_are_left_out_when_asked(ward) -> None:
    tuesday = next_monday() + dt.timedelta(days=1)
    CalendarDay.objects.create(unit=ward, date=tuesday, is_working=False, name="Nghỉ bù")
    with_it = planned_days(unit=ward, plan=plan())
    without = planned_days(unit=ward, plan=plan(skip_holidays=True))
    assert set(with_it) - set(without) >= {tuesday}
    assert refusal(ward, first_date=tuesday, last_date=tuesday, skip_holidays=True) == {
        "weekdays": ["no_days"]
    }


def test_weekdays_choose_the_days(ward) -> None:
    assert [day.weekday() for day in planned_days(unit=ward, plan=plan(weekdays=(5, 6)))] == [5, 6]
    assert refusal(ward, weekdays=()) == {"weekdays": ["no_days"]}


def test_dates_and_hours_have_limits(ward) -> None:
    first, today = next_monday(), local_today()
    assert refusal(ward, first_date=today - dt.timedelta(days=1)) == {"first_date": ["date_past"]}
    assert refusal(ward, last_date=first - dt.timedelta(days=1)) == {"last_date": ["dates_reversed"]}
    assert refusal(ward, last_date=first + dt.timedelta(days=62)) == {"last_date": ["too_many_days"]}
    assert refusal(ward, opens=690) == {"closes": ["hours_reversed"]}
    assert refusal(ward, slot_minutes=0) == {"slot_minutes": ["slot_too_long"]}
    assert refusal(ward, slot_minutes=241) == {"slot_minutes": ["slot_too_long"]}
    every_minute = {"last_date": first + dt.timedelta(days=61), "slot_minutes": 1, "closes": 1380}
    assert refusal(ward, **every_minute) == {"slot_minutes": ["too_many_slots"]}


def test_refused_plan_writes_nothing(ward, id_card) -> None:
    with pytest.raises(ValidationError):
        create_campaign(unit=ward, procedure=id_card, plan=plan(name="x" * 151), by=BY)
    assert (Campaign.objects.count(), Session.objects.count()) == (0, 0)


def test_same_name_gets_another_address(ward, other_ward, id_card) -> None:
    made = [
        create_campaign(unit=unit, procedure=id_card, plan=plan(name="Đợt 1"), by=BY) for unit in (ward,) * 3
    ]
    elsewhere = create_campaign(unit=other_ward, procedure=id_card, plan=plan(name="Đợt 1"), by=BY)
    assert [campaign.slug for campaign in (*made, elsewhere)] == ["dot-1", "dot-1-2", "dot-1-3", "dot-1"]


def test_who_may_lay_out_open_and_close(ward, id_card, people: People) -> None:
    campaign = create_campaign(unit=ward, procedure=id_card, plan=plan(), by=people.owner)
    for actor in (people.colleague, people.stranger, people.citizen, ANONYMOUS_CITIZEN):
        with pytest.raises(NotAllowed):
            create_campaign(unit=ward, procedure=id_card, plan=plan(), by=actor)
        with pytest.raises(NotAllowed):
            move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=actor)
    move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=people.owner)
    with pytest.raises(NotAllowed):
        move_campaign(campaign=campaign, to=CampaignStatus.CLOSED, by=people.stranger)
    for to in (CampaignStatus.OPEN, CampaignStatus.DRAFT):
        with pytest.raises(Conflict) as caught:
            move_campaign(campaign=campaign, to=to, by=people.owner)
        assert caught.value.code == "move_not_allowed"
    move_campaign(campaign=campaign, to=CampaignStatus.CLOSED, by=people.owner)
    move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=people.owner)
    actions = AuditEntry.objects.filter(object_type="appointments.campaign").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "campaign.created",
        "campaign.open",
        "campaign.close",
        "campaign.open",
    ]
