"""Officers' screens: what the desk does, and what nobody else may see."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Booking, Campaign, Slot
from appointments.tests.plans import typed_plan
from appointments.tests.visits import book, hold, slots_in_order
from portal.audit.models import AuditEntry
from portal.officers.models import Officer
from tests.people import People, make_campaign, make_officer


def desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:appointments_{name}", args=args)


def flashes(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ---- campaigns


def test_button_opens_and_closes_the_intake(ward, id_card, owner) -> None:
    client = desk(owner)
    client.post(page("campaign_add"), typed_plan(ward, id_card) | {"_create": "1"})
    campaign = Campaign.objects.get()
    change = page("campaign_change", campaign.pk)
    open_it = page("campaign_move", campaign.pk, CampaignStatus.OPEN)
    assert open_it in client.get(change).content.decode()
    assert client.get(open_it).status_code == 200
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DRAFT  # looking changes nothing
    assert flashes(client.post(open_it, follow=True)) == ["Đã thực hiện: Mở nhận đăng ký."]
    client.post(page("campaign_move", campaign.pk, CampaignStatus.CLOSED))
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.CLOSED


def test_editing_a_campaign_changes_words_and_intake_only(campaign, owner) -> None:
    data = {
        "name": "Tên mới",
        "description": "Mang theo thẻ cũ",
        "numbering": "batched",
        "intake_opens_at_0": "01/12/2026",
        "intake_opens_at_1": "08:00",
        "intake_closes_at_0": "",
        "intake_closes_at_1": "",
        "status": "closed",
        "slug": "khac",
    }
    slug = campaign.slug
    desk(owner).post(page("campaign_change", campaign.pk), data)
    campaign.refresh_from_db()
    assert (campaign.name, campaign.slug, campaign.status) == ("Tên mới", slug, CampaignStatus.OPEN)
    assert campaign.numbering == "batched"
    assert campaign.intake_opens_at.isoformat() == "2026-12-01T01:00:00+00:00"


def test_intake_that_closes_before_it_opens_is_refused_in_words(campaign, owner) -> None:
    data = {
        "name": "Đợt",
        "description": "",
        "numbering": "at_once",
        "intake_opens_at_0": "02/12/2026",
        "intake_opens_at_1": "08:00",
        "intake_closes_at_0": "01/12/2026",
        "intake_closes_at_1": "08:00",
    }
    response = desk(owner).post(page("campaign_change", campaign.pk), data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors


# ---- visits


def test_desk_checks_in_by_button(slot: Slot, owner) -> None:
    booking = book(slot)
    client = desk(owner)
    change = client.get(page("booking_change", booking.pk)).content.decode()
    assert "Xác nhận đã đến" in change
    assert "0751 000 000" in change
    move = page("booking_move", booking.pk, BookingStatus.CHECKED_IN)
    assert flashes(client.post(move, follow=True)) == ["Đã thực hiện: Xác nhận đã đến."]
    assert flashes(client.post(move, follow=True)) == ["Không thể chuyển từ trạng thái hiện tại."]
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CHECKED_IN
    assert booking.history.last().actor == owner.actor_ref


def test_desk_checks_in_several_from_the_list(slot: Slot, colleague) -> None:
    bookings = [book(slot, number) for number in range(3)]
    Booking.objects.filter(pk=bookings[2].pk).update(status=BookingStatus.FINISHED)
    data = {"action": "check_in_selected", "_selected_action": [booking.pk for booking in bookings]}
    response = desk(colleague).post(page("booking_changelist"), data, follow=True)
    assert flashes(response) == [
        "Số 1 đã đến.",
        "Số 2 đã đến.",
        "Số 3: Không thể chuyển từ trạng thái hiện tại.",
    ]
    statuses = Booking.objects.order_by("number").values_list("status", flat=True)
    assert list(statuses) == ["checked_in", "checked_in", "finished"]


def test_opening_a_visit_is_written_into_the_journal(slot: Slot, owner) -> None:
    booking = book(slot)
    client = desk(owner)
    client.get(page("booking_changelist"))
    assert AuditEntry.objects.filter(action="booking.viewed").count() == 0
    client.get(page("booking_change", booking.pk))
    entry = AuditEntry.objects.get(action="booking.viewed")
    assert (entry.actor, entry.object_uid, entry.unit_uid) == (
        owner.actor_ref,
        str(booking.uid),
        str(booking.unit.uid),
    )


def test_list_shows_number_name_and_time_and_no_mere_holds(slot: Slot, owner) -> None:
    book(slot, full_name="NGUYỄN THỊ HOA")
    hold(slot, 1, full_name="Trần Văn Giữ")
    shown = desk(owner).get(page("booking_changelist")).content.decode()
    assert "Nguyễn Thị Hoa" in shown
    assert "Trần Văn Giữ" not in shown
    assert "08:00" in shown


@pytest.mark.parametrize("text", ["1", "0751000000", "thi anh", "²", "' OR 1=1", "x" * 2_000, "<script>"])
def test_search_takes_anything_that_is_typed(slot: Slot, owner, text: str) -> None:
    book(slot)
    response = desk(owner).post(page("booking_changelist"), {"q": text}, follow=True)
    assert response.status_code == 200
    assert len(text) == 1 or text not in response.request["QUERY_STRING"]
    expected = 1 if text in ("1", "0751000000", "thi anh") else 0
    assert response.context["cl"].result_count == expected


DAYS = [("hom-nay", 0), ("ngay-mai", 1), ("sap-toi", 2), ("tat-ca", 2), ("x", 0)]


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_list_is_filtered_by_day(campaign, owner, day: str, expected: int) -> None:
    first, second = campaign.sessions.order_by("date")
    book(slots_in_order(first)[0])
    book(slots_in_order(second)[0], 1)
    response = desk(owner).get(page("booking_changelist"), {"ngay": day})
    assert response.status_code == 200
    assert response.context["cl"].result_count == expected


def test_visit_cannot_be_added_edited_or_deleted_by_hand(slot: Slot, owner) -> None:
    booking = book(slot)
    client = desk(owner)
    assert client.get(page("booking_add")).status_code == 403
    assert client.post(page("booking_delete", booking.pk), {"post": "yes"}).status_code == 403
    client.post(page("booking_change", booking.pk), {"status": "cancelled", "number": 99})
    booking.refresh_from_db()
    assert (booking.status, booking.number) == (BookingStatus.BOOKED, 1)


def test_endless_reason_is_a_message_and_no_crash(slot: Slot, owner) -> None:
    booking = book(slot)
    move = page("booking_move", booking.pk, BookingStatus.CANCELLED)
    response = desk(owner).post(move, {"reason": "x" * 900}, follow=True)
    assert response.status_code == 200
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED


# ---- owner, colleague, stranger


def screens(booking: Booking) -> dict[str, str]:
    campaign = booking.session.campaign
    return {
        "bookings": page("booking_changelist"),
        "booking": page("booking_change", booking.pk),
        "check in": page("booking_move", booking.pk, BookingStatus.CHECKED_IN),
        "cancel": page("booking_move", booking.pk, BookingStatus.CANCELLED),
        "campaigns": page("campaign_changelist"),
        "new campaign": page("campaign_add"),
        "campaign": page("campaign_change", campaign.pk),
        "more days": page("campaign_days", campaign.pk),
        "close": page("campaign_move", campaign.pk, CampaignStatus.CLOSED),
        "sessions": page("session_changelist"),
        "session": page("session_change", booking.session_id),
    }


def answers(booking: Booking, client: Client) -> dict[str, int]:
    return {name: client.get(path).status_code for name, path in screens(booking).items()}


def test_owner_opens_every_screen(slot: Slot, owner) -> None:
    assert set(answers(book(slot), desk(owner)).values()) == {200}


def test_colleague_sees_and_checks_in_but_plans_nothing(slot: Slot, colleague) -> None:
    booking = book(slot)
    found = answers(booking, desk(colleague))
    refused = {name for name, status in found.items() if status != 200}
    assert refused == {"cancel", "new campaign", "more days", "close"}
    assert found["new campaign"] == 403
    client = desk(colleague)
    for name in ("cancel", "close"):  # no such button; posting anyway is refused by the gate
        response = client.post(screens(booking)[name], follow=True)
        assert flashes(response) == ["Ông/Bà không có quyền thực hiện việc này."]
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED


def test_stranger_finds_empty_lists_and_no_rows(slot: Slot, stranger, other_ward, id_card) -> None:
    booking = book(slot, full_name="Lê Thị Riêng")
    make_campaign(other_ward, id_card)
    client = desk(stranger)
    found = answers(booking, client)
    assert {name for name, status in found.items() if status == 200} == {
        "bookings",
        "campaigns",
        "new campaign",
        "sessions",
    }
    assert set(found.values()) == {200, 404}
    for name in ("bookings", "campaigns", "sessions"):
        shown = client.get(screens(booking)[name])
        assert "Riêng" not in shown.content.decode()
        assert slot.session.place_address not in shown.content.decode()
    searched = client.post(page("booking_changelist"), {"q": "rieng"}, follow=True)
    assert searched.context["cl"].result_count == 0
    listed = client.get(page("booking_changelist"), {"buoi": str(slot.session.uid)})
    assert listed.context["cl"].result_count == 0
    assert slot.session.place_name not in listed.content.decode()
    for name in ("check in", "cancel", "close"):
        client.post(screens(booking)[name])
    data = {"action": "check_in_selected", "_selected_action": [booking.pk]}
    client.post(page("booking_changelist"), data)
    booking.refresh_from_db()
    booking.session.campaign.refresh_from_db()
    assert (booking.status, booking.session.campaign.status) == (BookingStatus.BOOKED, CampaignStatus.OPEN)


@pytest.mark.parametrize("role", ["investigator", "editor", "inspectorate", "it_admin", "province_viewer"])
def test_roles_without_citizens_data_are_shut_out_of_visits(slot: Slot, ward, role: str) -> None:
    booking = book(slot)
    found = answers(booking, desk(make_officer(role, ward, role)))
    assert (found["bookings"], found["new campaign"]) == (403, 403)
    assert found["booking"] in (403, 404)
    assert found["campaigns"] == (200 if role == "province_viewer" else 403)


def test_nobody_is_sent_to_the_log_in(slot: Slot) -> None:
    booking = book(slot)
    for path in screens(booking).values():
        response = Client().get(path)
        assert response.status_code == 302
        assert re.match(r"/quan-tri/login/\?next=", response["Location"])


def test_citizen_with_a_session_is_nobody_at_the_desk(slot: Slot, people: People) -> None:
    booking = book(slot)
    assert set(answers(booking, Client()).values()) == {302}
