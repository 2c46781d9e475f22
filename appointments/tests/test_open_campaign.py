"""Laying out a campaign: days, hours, limits; who may open and close it."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.actions.add_sessions import add_sessions
from appointments.actions.lay_out import lay_out
from appointments.actions.open_campaign import create_campaign, move_campaign
from appointments.enums import CampaignStatus
from appointments.models import Campaign, Session, SessionService, Slot
from appointments.tests.visits import statements
from appointments.timetable import Plan, Round
from portal.audit.models import AuditEntry
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.units.models import CalendarDay
from procedures.models import Procedure
from tests.people import BY, People

STATEMENTS = 12


def next_monday() -> dt.date:
    today = local_today()
    return today + dt.timedelta(days=7 - today.weekday())


def line(**changes) -> Round:
    first = next_monday()
    usual = Round(
        first_date=first,
        last_date=first + dt.timedelta(days=6),
        place_name="Nhà văn hóa",
        place_address="Số 25 đường Hoa Sữa",
        spans=((450, 690),),
        slot_minutes=30,
        capacity=10,
    )
    return replace(usual, **changes)


def plan(*lines: Round, **changes) -> Plan:
    usual = Plan(name="Cấp căn cước lưu động tại Tổ 5", rounds=lines or (line(),), skip_holidays=False)
    return replace(usual, **changes)


def laid_out(ward, *lines: Round, skip_holidays: bool = False):
    return lay_out(unit=ward, rounds=lines, skip_holidays=skip_holidays)


def codes(caught) -> dict[str, list[str]]:
    return {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}


def refusal(ward, *lines: Round, **changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        laid_out(ward, *(lines or (line(**changes),)))
    return codes(caught)


def test_week_of_mornings_becomes_sessions_and_slots_in_draft(ward, id_card, owner) -> None:
    campaign = create_campaign(unit=ward, procedure=id_card, plan=plan(line(reserve=2)), by=owner)
    assert (campaign.status, campaign.slug) == (CampaignStatus.DRAFT, "cap-can-cuoc-luu-dong-tai-to-5")
    days = list(campaign.sessions.values_list("date", flat=True))
    assert days == [next_monday() + dt.timedelta(days=number) for number in range(5)]
    starts = Slot.objects.filter(session=campaign.sessions.first()).values_list("starts", flat=True)
    assert list(starts) == [450, 480, 510, 540, 570, 600, 630, 660]
    assert set(Slot.objects.values_list("capacity", "reserve", "minutes", "taken")) == {(10, 2, 30, 0)}
    services = SessionService.objects.values_list("session__date", "procedure", "minutes_per_person")
    assert list(services) == [(day, id_card.pk, 5) for day in days]
    entry = AuditEntry.objects.get(action="campaign.created")
    figures = {"days": 5, "sessions": 5, "slots": 40, "places": 400, "reserve": 80}
    assert (entry.actor, entry.detail) == (owner.actor_ref, figures)


def test_what_was_shown_is_what_is_created(ward, id_card) -> None:
    """Two places, mornings and afternoons: the preview and the rows say the same."""
    lines = (
        line(spans=((450, 690), (810, 1020)), capacity=3),
        line(place_name="Trường tiểu học", weekdays=(5, 6), slot_minutes=45, capacity=7, reserve=1),
    )
    shown = laid_out(ward, *lines)
    create_campaign(unit=ward, procedure=id_card, plan=plan(*lines), by=BY)
    expected = [
        (one.date, one.place_name, start, one.slot_minutes, one.capacity, one.reserve)
        for one in shown.sessions
        for start in one.starts
    ]
    rows = Slot.objects.order_by("session__date", "session__place_name", "starts")
    columns = ("session__date", "session__place_name", "starts", "minutes", "capacity", "reserve")
    assert list(rows.values_list(*columns)) == expected
    assert (shown.days, shown.slots, shown.places, shown.reserved) == (7, 5 * 15 + 2 * 5, 225 + 70, 10)
    assert [one.hours for one in shown.sessions[4:6]] == ["07:30-11:30, 13:30-17:00", "07:30-11:15"]


def test_sessions_may_work_on_several_procedures(ward, id_card) -> None:
    other = Procedure.objects.create(
        **{
            field.attname: getattr(id_card, field.attname)
            for field in Procedure._meta.local_concrete_fields
            if not field.unique
        },
        key="other",
        slug="viec-khac",
    )
    create_campaign(unit=ward, procedure=id_card, others=(other, id_card), plan=plan(), by=BY)
    services = SessionService.objects.filter(session__date=next_monday()).values_list("procedure", flat=True)
    assert list(services) == [id_card.pk, other.pk]


def test_second_tap_makes_no_second_campaign(ward, id_card) -> None:
    uid = uuid.uuid4()
    made = [create_campaign(unit=ward, procedure=id_card, plan=plan(), uid=uid, by=BY) for _tap in range(2)]
    assert made[0] == made[1]
    assert (Campaign.objects.count(), Session.objects.count()) == (1, 5)


def creation(ward, id_card, days: int) -> list[str]:
    last = next_monday() + dt.timedelta(days=days - 1)
    every_day = line(last_date=last, weekdays=tuple(range(7)), spans=((420, 690), (810, 1020)), capacity=19)
    with CaptureQueriesContext(connection) as captured:
        create_campaign(unit=ward, procedure=id_card, plan=plan(every_day, name=f"{days}"), by=BY)
    assert Slot.objects.filter(session__campaign__name=f"{days}").count() == 16 * days
    return statements(captured)


def without_repeats(found: list[str]) -> list[str]:
    """Each statement's beginning; SQLite takes a long INSERT in several parts, shown as one."""
    heads = [" ".join(text.split()[:3]) for text in found]
    return [
        head
        for number, head in enumerate(heads)
        if not head.startswith("INSERT") or head != heads[number - 1]
    ]


def test_thirty_days_cost_no_more_statements_than_one(ward, id_card) -> None:
    one, thirty = creation(ward, id_card, 1), creation(ward, id_card, 30)
    assert without_repeats(one) == without_repeats(thirty)
    assert len(without_repeats(one)) == STATEMENTS
    if connection.vendor == "postgresql":
        assert len(one) == len(thirty) == STATEMENTS


def test_last_slot_ends_before_closing(ward, id_card) -> None:
    create_campaign(unit=ward, procedure=id_card, plan=plan(line(slot_minutes=50)), by=BY)
    assert sorted(set(Slot.objects.values_list("starts", flat=True))) == [450, 500, 550, 600]


def test_holidays_are_left_out_by_name(ward) -> None:
    tuesday = next_monday() + dt.timedelta(days=1)
    CalendarDay.objects.create(unit=ward, date=tuesday, is_working=False, name="Nghỉ bù")
    without = laid_out(ward, line(), skip_holidays=True)
    assert without.holidays == ((tuesday, "Nghỉ bù"),)
    assert [one.date for one in laid_out(ward, line()).sessions if one not in without.sessions] == [tuesday]
    with pytest.raises(ValidationError) as caught:
        laid_out(ward, line(first_date=tuesday, last_date=tuesday), skip_holidays=True)
    assert codes(caught) == {"0-weekdays": ["no_days"]}


def test_own_working_day_beats_a_national_holiday(ward) -> None:
    monday = next_monday()
    CalendarDay.objects.update_or_create(date=monday, unit=None, defaults={"is_working": False, "name": "Lễ"})
    CalendarDay.objects.create(unit=ward, date=monday, is_working=True, name="Làm bù")
    found = laid_out(ward, line(last_date=monday), skip_holidays=True)
    assert ([one.date for one in found.sessions], found.holidays) == ([monday], ())


def test_weekdays_choose_the_days(ward) -> None:
    assert [one.date.weekday() for one in laid_out(ward, line(weekdays=(5, 6))).sessions] == [5, 6]
    assert refusal(ward, weekdays=()) == {"0-weekdays": ["no_days"]}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"first_date": -1}, {"0-first_date": ["date_past"]}),
        ({"last_date": -1}, {"0-last_date": ["dates_reversed"]}),
        ({"last_date": 62}, {"0-last_date": ["too_many_days"]}),
        ({"spans": ()}, {"0-spans": ["hours_required"]}),
        ({"spans": ((690, 690),)}, {"0-spans": ["hours_reversed"]}),
        ({"spans": ((450, 690), (680, 800))}, {"0-spans": ["hours_overlap"]}),
        ({"slot_minutes": 0}, {"0-slot_minutes": ["slot_too_long"]}),
        ({"slot_minutes": 241}, {"0-slot_minutes": ["slot_too_long"]}),
        ({"capacity": 0}, {"0-capacity": ["places_required"]}),
        ({"capacity": -1}, {"0-capacity": ["number_negative"]}),
        ({"reserve": -1}, {"0-reserve": ["number_negative"]}),
        ({"capacity": 1001}, {"0-capacity": ["too_many_places"]}),
        ({"place_name": " "}, {"0-place_name": ["required"]}),
        ({"place_address": "x" * 251}, {"0-place_address": ["text_too_long"]}),
        ({"last_date": 61, "slot_minutes": 1, "spans": ((0, 1380),)}, {"rounds": ["too_many_slots"]}),
    ],
)
def test_every_limit_of_a_line_has_its_code(ward, changes, refused) -> None:
    today, first = local_today(), next_monday()
    dates = {"first_date": today, "last_date": first}
    days = {name: dates[name] + dt.timedelta(days=value) for name, value in changes.items() if name in dates}
    assert refusal(ward, **(changes | days)) == refused


def test_every_wrong_line_is_named_at_once(ward) -> None:
    wrong = (line(capacity=0), line(place_name="Nơi khác"), line(place_name="", slot_minutes=0))
    assert refusal(ward, *wrong) == {"0-capacity": ["places_required"], "2-place_name": ["required"]}
    with pytest.raises(ValidationError) as caught:
        lay_out(unit=ward, rounds=(), skip_holidays=True)
    assert codes(caught) == {"rounds": ["required"]}


def test_one_place_on_one_day_is_one_line(ward) -> None:
    afternoon = line(place_name="NHÀ VĂN HOÁ", spans=((810, 1020),))
    assert refusal(ward, line(), replace(afternoon, place_name="nhà văn hóa")) == {
        "1-place_name": ["place_twice"]
    }


def test_same_place_and_hour_of_another_campaign_is_a_warning(ward, id_card) -> None:
    create_campaign(unit=ward, procedure=id_card, plan=plan(), by=BY)
    assert [one.date for one in laid_out(ward, line()).clashes] == [
        next_monday() + dt.timedelta(days=number) for number in range(5)
    ]
    assert laid_out(ward, line(spans=((690, 800),))).clashes == ()
    assert laid_out(ward, line(place_name="Nơi khác")).clashes == ()


def test_days_are_added_to_a_campaign_that_exists(ward, id_card, people: People) -> None:
    campaign = create_campaign(unit=ward, procedure=id_card, plan=plan(minutes_per_person=8), by=BY)
    later = line(
        first_date=next_monday() + dt.timedelta(days=7), last_date=next_monday() + dt.timedelta(days=8)
    )
    for actor in (people.colleague, people.stranger, people.citizen, ANONYMOUS_CITIZEN):
        with pytest.raises(NotAllowed):
            add_sessions(campaign=campaign, rounds=(later,), by=actor)
    added = add_sessions(campaign=campaign, rounds=(later,), skip_holidays=False, by=people.owner)
    assert [one.date for one in added] == [later.first_date, later.last_date]
    assert campaign.sessions.count() == 7
    services = SessionService.objects.filter(session__in=added)
    assert set(services.values_list("procedure", "minutes_per_person")) == {(id_card.pk, 8)}
    entry = AuditEntry.objects.get(action="campaign.days_added")
    assert (entry.actor, entry.detail["sessions"]) == (people.owner.actor_ref, 2)
    with pytest.raises(ValidationError) as caught:
        add_sessions(campaign=campaign, rounds=(later,), by=people.owner)
    assert codes(caught) == {"0-place_name": ["session_exists"]}


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
