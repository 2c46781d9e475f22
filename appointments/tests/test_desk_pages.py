"""What officers read on their screens: words instead of codes, the day's list, a draft that says so."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Campaign, Session, Slot
from appointments.pages import actor_labels
from appointments.tests.plans import typed_plan
from appointments.tests.test_desk import desk, flashes, page
from appointments.tests.visits import book, confirm, hold, slots_in_order, statements
from portal.common.clock import local_today
from tests.people import make_officer

# ---- campaigns


def test_new_campaign_page_knows_the_unit_and_says_that_nothing_is_created_yet(ward, id_card, owner) -> None:
    response = desk(owner).get(page("campaign_add"))
    assert "Chưa có gì được tạo trước khi" in response.content.decode()
    form = response.context["form"]
    assert (form["unit"].value(), form["procedure"].value()) == (ward.pk, id_card.pk)


def test_created_campaign_says_days_and_places_and_shows_the_button(ward, id_card, owner) -> None:
    typed = typed_plan(ward, id_card) | {"_create": "1"}
    response = desk(owner).post(page("campaign_add"), typed, follow=True)
    campaign = Campaign.objects.get()
    assert response.redirect_chain == [(page("campaign_change", campaign.pk), 302)]
    assert flashes(response) == ["Đã lập đợt tiếp nhận: 3 ngày làm, tổng cộng 45 chỗ."]
    shown = response.content.decode()
    assert "Đợt này còn là bản nháp" in shown
    assert page("campaign_move", campaign.pk, CampaignStatus.OPEN) in shown


def test_opened_campaign_is_no_longer_called_a_draft(campaign, owner) -> None:
    assert "bản nháp" not in desk(owner).get(page("campaign_change", campaign.pk)).content.decode()


# ---- visits


def chosen_days(response) -> list[tuple[str, bool]]:
    """The choices above the list, each with whether it is the one in force."""
    listed = response.context["cl"]
    days = next(spec for spec in listed.filter_specs if spec.parameter_name == "ngay")
    return [(str(choice["display"]), choice["selected"]) for choice in days.choices(listed)]


def yesterday(slot: Slot) -> None:
    Session.objects.filter(pk=slot.session_id).update(date=local_today() - dt.timedelta(days=1))


def test_list_begins_today_and_search_looks_at_every_day(slot: Slot, owner) -> None:
    book(slot)
    yesterday(slot)
    client = desk(owner)
    listed = client.get(page("booking_changelist"))
    assert chosen_days(listed) == [
        ("Hôm nay", False),
        ("Ngày mai", False),
        ("Sắp tới", True),
        ("Tất cả", False),
    ]
    assert listed.context["cl"].result_count == 0
    assert "Từ hôm nay trở đi chưa có lịch hẹn nào." in listed.content.decode()
    searched = client.post(page("booking_changelist"), {"q": "0751000000"}, follow=True)
    assert chosen_days(searched)[-1] == ("Tất cả", True)
    assert searched.context["cl"].result_count == 1
    within = client.post(page("booking_changelist") + "?ngay=hom-nay", {"q": "0751000000"}, follow=True)
    assert within.context["cl"].result_count == 0
    assert "Không có lịch hẹn nào khớp với ô tìm kiếm." in within.content.decode()


def test_session_leads_to_its_own_visits_of_any_day(campaign, owner) -> None:
    first, second = campaign.sessions.order_by("date")
    book(slots_in_order(first)[0], full_name="Trần Văn Sớm")
    book(slots_in_order(second)[0], 1, full_name="Trần Văn Muộn")
    yesterday(slots_in_order(first)[0])
    client = desk(owner)
    link = f"{page('booking_changelist')}?buoi={first.uid}"
    for name, args in (("session_changelist", ()), ("session_change", (first.pk,))):
        assert f'href="{link}"' in client.get(page(name, *args)).content.decode()
    shown = client.get(link)
    assert [row.number for row in shown.context["cl"].result_list] == [1]
    assert "Trần Văn Sớm" in shown.content.decode()
    assert "Trần Văn Muộn" not in shown.content.decode()
    assert f"Lịch hẹn của buổi {Session.objects.get(pk=first.pk)}" in shown.content.decode()
    assert [chosen for _day, chosen in chosen_days(shown)] == [False] * 4
    assert 'href="?ngay=ngay-mai"' in shown.content.decode()  # a day leaves the session


def test_empty_list_says_when_a_filter_is_the_reason(slot: Slot, owner) -> None:
    book(slot)
    response = desk(owner).get(page("booking_changelist"), {"status__exact": "missed"})
    assert "Không có lịch hẹn nào khớp với bộ lọc." in response.content.decode()
    assert "Xem tất cả lịch hẹn" in response.content.decode()


@pytest.mark.parametrize("text", ["", "x", "1", "00000000-0000-4000-8000-000000000000", "' OR 1=1"])
def test_unknown_session_in_the_address_is_no_crash(slot: Slot, owner, text: str) -> None:
    book(slot)
    response = desk(owner).get(page("booking_changelist"), {"buoi": text})
    assert response.status_code == 200
    assert [
        spec.parameter_name for spec in response.context["cl"].filter_specs if spec.title != "trạng thái"
    ] == ["ngay"]


def test_role_without_citizens_data_gets_no_link_to_visits(slot: Slot, ward) -> None:
    client = desk(make_officer("viewer", ward, "province_viewer"))
    for path in (page("session_changelist"), page("session_change", slot.session_id)):
        response = client.get(path)
        assert response.status_code == 200
        assert "buoi=" not in response.content.decode()


def history_of(response) -> list[list[str]]:
    """The history as the officer reads it: a list of cells per row."""
    table = re.search(r'<table id="history-data".*?</table>', response.content.decode(), re.DOTALL)
    rows = re.findall(r'<tr class="form-row.*?</tr>', table[0], re.DOTALL)
    cells = [re.findall(r'<div class="readonly[^>]*>(.*?)</div>', row, re.DOTALL) for row in rows]
    return [[cell.strip() for cell in row] for row in cells]


def test_visit_page_says_in_words_who_did_what(slot: Slot, owner, colleague) -> None:
    booking = confirm(hold(slot))
    desk(colleague).post(page("booking_move", booking.pk, BookingStatus.CHECKED_IN), {"reason": "Đến sớm"})
    response = desk(owner).get(page("booking_change", booking.pk))
    assert [row[1:] for row in history_of(response)] == [
        ["–", "Đang giữ chỗ, chờ mã xác nhận", "Công dân", "–"],
        ["Đang giữ chỗ, chờ mã xác nhận", "Đã đặt lịch", "Công dân", "–"],
        ["Đã đặt lịch", "Đã đến", "colleague", "Đến sớm"],
    ]
    shown = response.content.decode()
    for raw in (
        "StatusEntry",
        "Created at",
        "citizen:",
        "contact:",
        "officer:",
        "(&#x27;checked_in",
        "held<",
    ):
        assert raw not in shown


def test_names_of_actors_are_read_at_once(owner, colleague, django_assert_num_queries) -> None:
    gone = "officer:00000000-0000-4000-8000-000000000000"
    refs = [owner.actor_ref, colleague.actor_ref, gone, "system:sweep", "citizen:anonymous", "contact:1"]
    with django_assert_num_queries(1):
        labels = actor_labels(refs)
    assert [labels[ref] for ref in refs] == [
        "owner",
        "colleague",
        "Cán bộ",
        "Hệ thống",
        "Công dân",
        "Công dân",
    ]
    with django_assert_num_queries(0):
        assert actor_labels(["system:sweep"]) == {"system:sweep": "Hệ thống"}


def test_visit_page_asks_as_often_for_longer_histories(slot: Slot, owner, colleague) -> None:
    booking = book(slot, by=owner)
    client = desk(owner)
    counts = {}
    for to in (None, BookingStatus.CHECKED_IN, BookingStatus.BOOKED):
        if to:
            move_booking(booking=booking, to=to, by=colleague if len(counts) == 1 else owner)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page("booking_change", booking.pk)).status_code == 200
        counts[booking.history.count()] = len(statements(captured))
    assert len(counts) == 3
    assert set(counts.values()) == {next(iter(counts.values()))}


def test_page_before_a_move_names_hour_and_place(slot: Slot, owner) -> None:
    booking = book(slot)
    shown = desk(owner).get(page("booking_move", booking.pk, BookingStatus.CHECKED_IN)).content.decode()
    assert f"08:00 {slot.session.date:%d/%m/%Y} · {slot.session.place_name}" in shown
