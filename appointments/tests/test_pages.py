"""Citizens' pages and the API: strangers, wrong paths, refusals that keep what was typed."""

import json

import pytest
from django.test import Client

from appointments.enums import BookingStatus
from appointments.models import Booking, Slot
from appointments.tests.visits import UNKNOWN, book, code_for, confirm, hold
from portal.common.codes import new_code
from tests.people import visit_data

PHONE = "0751000000"


def path(booking: Booking, page: str, unit=None) -> str:
    return f"/{(unit or booking.unit).slug}/phieu/{booking.declaration.code}/{page}"


def test_code_of_another_units_path_is_not_found(slot: Slot, other_ward) -> None:
    booking = book(slot)
    for page in ("", "lich.ics", "huy/"):
        assert Client().get(path(booking, page)).status_code == 200
        assert Client().get(path(booking, page, other_ward)).status_code == 404
    response = Client().post(path(booking, "huy/", other_ward), {"phone": PHONE})
    assert response.status_code == 404
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "x", "ABCDEFGHJKMN", "1" * 500, "%00"])
def test_unknown_codes_are_not_found(slot: Slot, code: str) -> None:
    for page in ("", "lich.ics", "huy/"):
        assert Client().get(f"/{slot.session.unit.slug}/phieu/{code}/{page}").status_code == 404


def test_code_of_a_hold_is_not_found(slot: Slot) -> None:
    booking = hold(slot)
    assert Client().get(path(booking, "")).status_code == 404
    assert Client().get(f"/api/v1/visits/{booking.declaration.code}/").status_code == 404


def test_hold_is_found_under_its_unit_only(slot: Slot, other_ward) -> None:
    booking = hold(slot)
    for page in ("", "gui-lai/"):
        wrong = f"/{other_ward.slug}/dat-lich/xac-nhan/{booking.uid}/{page}"
        assert Client().post(wrong, {"code": code_for(booking)}).status_code == 404
        unknown = f"/{slot.session.unit.slug}/dat-lich/xac-nhan/{UNKNOWN}/{page}"
        assert Client().post(unknown, {"code": "123456"}).status_code == 404
    booking.refresh_from_db()
    assert booking.status == BookingStatus.HELD


def test_slot_and_campaign_are_found_under_their_unit_only(slot: Slot, other_ward) -> None:
    campaign = slot.session.campaign
    for unit, status in ((slot.session.unit, 200), (other_ward, 404)):
        assert Client().get(f"/{unit.slug}/dat-lich/khung-gio/{slot.uid}/").status_code == status
        assert Client().get(f"/{unit.slug}/dat-lich/{campaign.slug}/").status_code == status
        slots = Client().get(f"/api/v1/units/{unit.slug}/campaigns/{campaign.uid}/slots/")
        assert slots.status_code == status


def test_ticket_shows_number_and_place_but_neither_name_nor_phone(slot: Slot) -> None:
    shown = Client().get(path(book(slot, full_name="Lê Thị Riêng"), "")).content.decode()
    assert slot.session.place_name in shown
    assert not any(text in shown for text in ("Riêng", "0751 000 000", "0751000000", "+84751000000"))


def test_whole_road_on_the_pages(slot: Slot) -> None:
    client, unit = Client(), slot.session.unit
    held = client.post(f"/{unit.slug}/dat-lich/khung-gio/{slot.uid}/", visit_data() | {"slot": str(slot.uid)})
    assert held.status_code == 302
    booking = Booking.objects.get()
    ticket = client.post(held["Location"], {"code": code_for(booking)})
    booking.refresh_from_db()
    assert ticket["Location"] == path(booking, "")
    assert "citizen" in ticket.cookies
    assert client.get(ticket["Location"]).context["ticket"]["number"] == 1
    wrong = Client().post(path(booking, "huy/"), {"phone": "0751000009"})
    assert wrong.status_code == 400
    assert 'value="0751000009"' in wrong.content.decode()
    assert Client().post(path(booking, "huy/"), {"phone": ""}).status_code == 400
    assert client.post(path(booking, "huy/"), {"phone": PHONE})["Location"] == path(booking, "")
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_whole_road_by_api(slot: Slot) -> None:
    client, unit = Client(), slot.session.unit

    def post(address: str, **body: object):
        return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")

    [campaign] = client.get(f"/api/v1/units/{unit.slug}/campaigns/").json()
    slots = client.get(f"/api/v1/units/{unit.slug}/campaigns/{campaign['uid']}/slots/").json()["results"]
    assert slots[0]["uid"] == str(slot.uid)
    held = post(f"units/{unit.slug}/visits/", **visit_data(), slot=slots[0]["uid"])
    assert held.status_code == 201
    uid = held.json()["booking"]
    booking = Booking.objects.get(uid=uid)
    answer = post(f"visits/{uid}/confirm/", code=code_for(booking), device="Điện thoại").json()
    assert (answer["number"], answer["status"], answer["available_actions"]) == (
        1,
        "booked",
        ["cancel", "move"],
    )
    assert answer["token"]
    status = client.get(f"/api/v1/visits/{answer['code']}/").json()
    assert {name: status[name] for name in status} == {
        name: value for name, value in answer.items() if name != "token"
    }
    refused = post(f"visits/{answer['code']}/cancel/", phone="0751000009")
    assert [error["code"] for error in refused.json()["errors"]] == ["phone_mismatch"]
    assert post(f"visits/{answer['code']}/cancel/", phone=PHONE).json()["status"] == "cancelled"
    assert client.get(f"/api/v1/visits/{new_code()}/").status_code == 404


def test_late_code_for_a_full_slot_offers_others_on_the_page(slot: Slot) -> None:
    import datetime as dt

    import time_machine
    from django.utils import timezone

    from appointments.actions.confirm_visit import resend_code
    from appointments.actions.sweep import expire_holds
    from appointments.tests.visits import ADDRESS, COMMAND, slots_in_order
    from portal.common.actors import ANONYMOUS_CITIZEN

    booking = hold(slot)
    address = f"/{booking.unit.slug}/dat-lich/xac-nhan/{booking.uid}/"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        expire_holds(by=COMMAND)
        for number in range(1, 4):
            book(slot, number)
        resend_code(booking_uid=booking.uid, address=ADDRESS, proof=None, by=ANONYMOUS_CITIZEN)
        code = code_for(booking)
        full = Client().post(address, {"code": code})
        assert full.status_code == 409
        other = slots_in_order(slot.session)[1]
        assert str(other.uid) in full.content.decode()
        assert f'value="{code}"' in full.content.decode()
        assert Client().post(address, {"code": code, "slot": str(other.uid)}).status_code == 302
    booking.refresh_from_db()
    assert (booking.status, booking.slot_id) == (BookingStatus.BOOKED, other.pk)


def test_confirmed_hold_page_survives_a_reload(slot: Slot) -> None:
    booking = hold(slot)
    confirm(booking)
    address = f"/{booking.unit.slug}/dat-lich/xac-nhan/{booking.uid}/"
    assert Client().get(address).status_code == 200
    assert Client().post(address, {"code": code_for(booking)}).status_code == 302


def test_slots_come_in_pages_that_lose_and_repeat_nothing(slot: Slot) -> None:
    campaign = slot.session.campaign
    address = f"/api/v1/units/{slot.session.unit.slug}/campaigns/{campaign.uid}/slots/?page_size=3"
    seen = []
    while address:
        page = Client().get(address).json()
        seen += [(row["date"], row["starts"]) for row in page["results"]]
        address = page["next"]
    wanted = Slot.objects.filter(session__campaign=campaign).order_by("session__date", "starts")
    assert seen == [(str(one.session.date), one.starts) for one in wanted.select_related("session")]
