"""The office calendar: days from reception hours, kept in step with them, never against those who booked."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from appointments.actions.add_sessions import add_sessions
from appointments.actions.extend_office import (
    create_office,
    edit_office,
    extend_office,
    extend_offices,
    office_changes,
    office_layout,
)
from appointments.actions.open_campaign import move_campaign
from appointments.enums import CampaignKind, CampaignStatus
from appointments.models import Campaign, OfficeCalendar, Session, Slot
from appointments.tests.plans import plan_errors
from appointments.tests.test_desk import desk, flashes, page
from appointments.tests.visits import book, check_sums, hold, slots_in_order
from appointments.timetable import OfficeSettings, counters_needed, joined, office_capacity, starts_in
from portal.audit.models import AuditEntry
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.units.models import CalendarDay, OpeningHours
from tests.people import BY, People

PLACE = ("Trụ sở công an phường", "Số 10 đường Hoa Sữa")
SETTINGS = OfficeSettings(days_ahead=14, counters=2, minutes_per_person=10, slot_minutes=30, reserve=1)
MORNING, AFTERNOON = (450, 690), (810, 1020)


def announce(unit: Any, *spans: tuple[int, int], weekdays: range = range(5)) -> None:
    """The unit's reception hours, instead of what it had."""
    OpeningHours.objects.filter(unit=unit, kind="reception").delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(unit=unit, weekday=day, opens=opens, closes=closes, kind="reception")
        for day in weekdays
        for opens, closes in spans
    )


@pytest.fixture
def office(ward, id_card) -> OfficeCalendar:
    CalendarDay.objects.all().delete()
    announce(ward, MORNING, AFTERNOON)
    campaign = create_office(
        unit=ward,
        procedure=id_card,
        name="Tiếp nhận tại trụ sở",
        description="",
        place=PLACE,
        settings=SETTINGS,
        by=BY,
    )
    move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=BY)
    return campaign.office


def days(office: OfficeCalendar) -> list[dt.date]:
    return list(office.campaign.sessions.order_by("date").values_list("date", flat=True))


def workdays(first: int, last: int) -> list[dt.date]:
    """Mondays to Fridays so many days from today."""
    span = (local_today() + dt.timedelta(days=number) for number in range(first, last + 1))
    return [day for day in span if day.weekday() < 5]


def times(session: Session) -> list[int]:
    return list(session.slots.filter(open_to_public=True).order_by("starts").values_list("starts", flat=True))


# ---- arithmetic

minutes = st.integers(0, 1440)
spans = st.lists(st.tuples(minutes, minutes).map(sorted).map(tuple), max_size=4)


@given(spans, st.integers(1, 480))
def test_slots_lie_inside_their_span_and_leave_no_room_for_another(found, length) -> None:
    for opens, closes in found:
        starts = starts_in([(opens, closes)], length)
        assert all(opens <= start and start + length <= closes for start in starts)
        assert {later - earlier for earlier, later in pairwise(starts)} <= {length}
        assert closes - opens - len(starts) * length < length


@given(st.integers(1, 50), st.integers(1, 120), st.integers(1, 240), st.integers(0, 200))
def test_capacity_is_what_the_counters_can_serve(counters, per_person, length, reserve) -> None:
    public = office_capacity(
        counters=counters, minutes_per_person=per_person, slot_minutes=length, reserve=reserve
    )
    everybody = public + reserve
    assert public >= 0
    if public:
        assert everybody * per_person <= counters * length < (everybody + 1) * per_person
        needed = counters_needed(persons=everybody, minutes_per_person=per_person, slot_minutes=length)
        assert (needed - 1) * length < everybody * per_person <= needed * length <= counters * length


@given(st.integers(0, 1000), st.integers(1, 60), st.integers(1, 20))
def test_slots_in_a_row_are_one_span(first, length, count) -> None:
    starts = [first + length * number for number in range(count)]
    assert joined(starts, length) == ((first, first + length * count),)
    assert joined([*starts, first + length * count + 1], length)[1][0] == first + length * count + 1


# ---- laying out


def test_days_come_from_the_reception_hours(office) -> None:
    assert days(office) == workdays(1, 14)
    assert (office.campaign.kind, office.campaign.status) == (CampaignKind.OFFICE, CampaignStatus.OPEN)
    session = office.campaign.sessions.first()
    assert times(session) == list(starts_in((MORNING, AFTERNOON), 30))
    assert set(session.slots.values_list("capacity", "reserve", "minutes")) == {(5, 1, 30)}
    assert list(session.services.values_list("minutes_per_person", flat=True)) == [10]
    assert AuditEntry.objects.get(action="campaign.office_created").detail["sessions"] == len(workdays(1, 14))


def test_extending_twice_changes_nothing_and_a_wider_window_adds_days(office) -> None:
    assert extend_offices(by=BY) == 0
    OfficeCalendar.objects.update(days_ahead=21)
    assert extend_offices(by=BY) == len(workdays(15, 21))
    assert days(office) == workdays(1, 21)
    assert extend_offices(by=BY) == 0
    assert AuditEntry.objects.filter(action="campaign.office_extended").count() == 1


def test_holidays_closures_and_make_up_days_are_followed(office, ward) -> None:
    closed = workdays(1, 14)[2]
    saturday = next(
        day for day in (local_today() + dt.timedelta(days=n) for n in range(1, 15)) if day.weekday() == 5
    )
    CalendarDay.objects.create(unit=ward, date=closed, is_working=False, name="Mất điện")
    CalendarDay.objects.create(unit=ward, date=saturday, is_working=True, name="Làm bù")
    extend_offices(by=BY)
    assert set(days(office)) == set(workdays(1, 14)) - {closed} | {saturday}


def test_closed_campaign_is_not_extended(office) -> None:
    move_campaign(campaign=office.campaign, to=CampaignStatus.CLOSED, by=BY)
    OfficeCalendar.objects.update(days_ahead=30)
    assert extend_offices(by=BY) == 0


def test_changed_hours_are_followed_only_where_nobody_booked(office, ward) -> None:
    first, second = list(office.campaign.sessions.order_by("date"))[:2]
    book(slots_in_order(first)[-1])
    announce(ward, MORNING)
    assert [session.pk for session in office_changes(office).kept] == [first.pk]
    changes = extend_office(calendar=office, by=BY)
    assert [session.pk for session in changes.kept] == [first.pk]
    assert times(first) == list(starts_in((MORNING, AFTERNOON), 30))
    assert times(second) == list(starts_in((MORNING,), 30))
    assert extend_office(calendar=office, by=BY).followed == ()
    check_sums()


def test_day_that_closes_is_removed_unless_somebody_booked(office, ward) -> None:
    first, second = list(office.campaign.sessions.order_by("date"))[:2]
    book(slots_in_order(first)[0])
    announce(ward)
    extend_office(calendar=office, by=BY)
    assert days(office) == [first.date]
    assert not Session.objects.filter(pk=second.pk).exists()
    assert times(first) == list(starts_in((MORNING, AFTERNOON), 30))


def test_day_with_given_up_visits_follows_and_loses_no_row(office, ward) -> None:
    """A hold that ran out keeps its slot in the table; the slot is closed instead of removed."""
    session = office.campaign.sessions.order_by("date").first()
    late = slots_in_order(session)[-1]
    booking = hold(late)
    type(booking).objects.filter(pk=booking.pk).update(status="expired")
    Slot.objects.filter(pk=late.pk).update(taken=0)
    announce(ward, MORNING)
    extend_office(calendar=office, by=BY)
    assert times(session) == list(starts_in((MORNING,), 30))
    late.refresh_from_db()
    assert late.open_to_public is False
    assert extend_office(calendar=office, by=BY).followed == ()


def test_slot_an_officer_closed_stays_closed(office) -> None:
    slot = Slot.objects.filter(session__campaign=office.campaign).order_by("pk")[0]
    Slot.objects.filter(pk=slot.pk).update(open_to_public=False)
    changes = extend_office(calendar=office, by=BY)
    assert (changes.new, changes.followed, changes.kept) == ((), (), ())
    slot.refresh_from_db()
    assert slot.open_to_public is False


def test_new_numbers_never_go_below_what_is_taken(office) -> None:
    slot = slots_in_order(office.campaign.sessions.order_by("date").first())[0]
    for number in range(4):  # the first one takes the place in reserve
        book(slot, number)
    one_counter = OfficeSettings(days_ahead=14, counters=1, minutes_per_person=15, slot_minutes=30)
    edit_office(calendar=office, settings=one_counter, by=BY)
    slot.refresh_from_db()
    assert (slot.capacity, slot.taken, slot.reserve, slot.reserve_taken) == (3, 3, 1, 1)
    others = Slot.objects.exclude(pk=slot.pk)
    assert set(others.values_list("capacity", "reserve")) == {(2, 0)}
    check_sums()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"days_ahead": 0}, {"days_ahead": ["days_ahead_invalid"]}),
        (
            {"days_ahead": 91, "counters": 0},
            {"days_ahead": ["days_ahead_invalid"], "counters": ["counters_invalid"]},
        ),
        ({"minutes_per_person": 0}, {"minutes_per_person": ["minutes_invalid"]}),
        ({"slot_minutes": 4}, {"slot_minutes": ["slot_minutes_invalid"]}),
        ({"reserve": -1}, {"reserve": ["reserve_invalid"]}),
        ({"reserve": 6}, {"counters": ["places_required"]}),
    ],
)
def test_every_limit_has_its_code(ward, changes, errors) -> None:
    with pytest.raises(ValidationError) as caught:
        office_layout(unit=ward, place=PLACE, settings=OfficeSettings(**(vars(SETTINGS) | changes)))
    found = {field: [one.code for one in all_] for field, all_ in caught.value.error_dict.items()}
    assert found == errors


def test_who_may_lay_out_and_change(office, ward, id_card, people: People) -> None:
    for actor in (people.colleague, people.stranger, people.citizen, ANONYMOUS_CITIZEN):
        with pytest.raises(NotAllowed):
            edit_office(calendar=office, settings=SETTINGS, by=actor)
        with pytest.raises(NotAllowed):
            extend_office(calendar=office, by=actor)
        with pytest.raises(NotAllowed):
            create_office(
                unit=ward,
                procedure=id_card,
                name="x",
                description="",
                place=PLACE,
                settings=SETTINGS,
                by=actor,
            )
    edit_office(calendar=office, settings=SETTINGS, by=people.owner)


def test_days_by_hand_are_refused_for_an_office(office) -> None:
    with pytest.raises(Conflict) as caught:
        add_sessions(campaign=office.campaign, rounds=(), by=BY)
    assert caught.value.code == "office_follows_hours"


# ---- at the desk


def typed_office(ward, id_card, **changes: object) -> dict[str, object]:
    usual = {
        "uid": "5b0f6ad8-0f3c-4a8e-9d5e-2b8f6f0c1a11",
        "unit": ward.pk,
        "procedure": id_card.pk,
        "name": "Tiếp nhận tại trụ sở",
        "description": "",
        "place_name": PLACE[0],
        "place_address": PLACE[1],
        "counters": "2",
        "minutes_per_person": "10",
        "slot_minutes": "30",
        "reserve": "1",
        "days_ahead": "14",
        "numbering": "at_once",
    }
    return usual | changes


def test_office_is_looked_at_before_it_is_created(ward, id_card, owner) -> None:
    announce(ward, MORNING)
    client, path = desk(owner), page("campaign_office")
    assert path in client.get(page("campaign_changelist")).content.decode()
    assert client.get(path).context["form"]["unit"].value() == ward.pk
    shown = client.post(path, typed_office(ward, id_card) | {"_preview": "1"})
    assert (shown.context["layout"].places, Campaign.objects.count()) == (
        shown.context["layout"].slots * 5,
        0,
    )
    for _tap in range(2):
        made = client.post(path, typed_office(ward, id_card) | {"_create": "1"}, follow=True)
    campaign = Campaign.objects.get()
    assert made.redirect_chain == [(page("campaign_change", campaign.pk), 302)]
    assert campaign.sessions.count() == shown.context["layout"].days
    wrong = client.post(path, typed_office(ward, id_card, counters="0", place_name="") | {"_create": "1"})
    assert plan_errors(wrong) == {"place_name": ["required"]}
    wrong = client.post(path, typed_office(ward, id_card, counters="0") | {"_create": "1"})
    assert plan_errors(wrong) == {"counters": ["counters_invalid"]}


def test_settings_page_shows_what_stays_and_why(office, ward, owner, colleague, stranger) -> None:
    first = office.campaign.sessions.order_by("date").first()
    book(slots_in_order(first)[-1])
    announce(ward, MORNING)
    client, path = desk(owner), page("campaign_office_settings", office.campaign.pk)
    change = client.get(page("campaign_change", office.campaign.pk)).content.decode()
    assert path in change
    assert page("session_change", first.pk) in change
    assert page("campaign_days", office.campaign.pk) not in change
    typed = {**vars(SETTINGS), "counters": 3}
    shown = client.post(path, typed | {"_preview": "1"}).content.decode()
    assert "Giờ tiếp dân đã đổi nhưng các ngày này giữ nguyên" in shown
    office.refresh_from_db()
    assert office.counters == 2
    assert flashes(client.post(path, typed | {"_create": "1"}, follow=True)) == ["Đã sửa lịch trụ sở."]
    office.refresh_from_db()
    assert office.counters == 3
    assert [desk(one).get(path).status_code for one in (colleague, stranger)] == [403, 404]


def test_campaign_without_calendar_has_no_settings_page(campaign, owner) -> None:
    assert desk(owner).get(page("campaign_office_settings", campaign.pk)).status_code == 404


def test_unit_without_hours_is_told_so(ward, id_card, owner) -> None:
    announce(ward)
    shown = desk(owner).post(page("campaign_office"), typed_office(ward, id_card) | {"_preview": "1"})
    assert "Đơn vị chưa có giờ tiếp dân" in shown.content.decode()
