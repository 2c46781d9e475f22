"""A change of mind on the pages and by the API: the same answers, what was typed is kept."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.models import Booking, Campaign, Slot
from appointments.tests.test_change_visit import PHONE, days, family
from appointments.tests.visits import UNKNOWN, book, check_sums, code_for, hold, slots_in_order, statements
from portal.citizens.actions.tokens import issue_token


def path(booking: Booking, page: str = "doi-lich/", unit=None) -> str:
    return f"/{(unit or booking.unit).slug}/phieu/{booking.declaration.code}/{page}"


def api(booking: Booking, body: dict, verb: str = "change", token: str = ""):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().post(
        f"/api/v1/visits/{booking.declaration.code}/{verb}/",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def problem_codes(response) -> list[str]:
    body = response.json()
    fields = [error["code"] for error in body.get("errors", [])]
    return fields or [body["code"]]


def form_codes(response) -> list[str]:
    return [error.code for errors in response.context["form"].errors.as_data().values() for error in errors]


def test_page_moves_and_leads_to_the_new_ticket(campaign: Campaign, slot: Slot) -> None:
    booking = book(slot)
    second = days(campaign)[1]
    client = Client()
    shown = client.get(path(booking) + f"?ngay={second.uid}")
    there = slots_in_order(second)[1]
    assert str(there.uid) in shown.content.decode()
    done = client.post(path(booking) + f"?ngay={second.uid}", {"slot": str(there.uid), "phone": PHONE})
    assert (done.status_code, done["Location"]) == (302, path(booking, ""))
    ticket = client.get(done["Location"]).context["ticket"]
    assert (ticket["number"], ticket["date"], ticket["minutes"]) == (1, second.date, there.starts)
    check_sums()


def test_wrong_phone_keeps_what_was_chosen(slot: Slot) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    refused = Client().post(path(booking), {"slot": str(there.uid), "phone": "0751000009"})
    assert (refused.status_code, form_codes(refused)) == (400, ["phone_mismatch"])
    shown = refused.content.decode()
    assert 'value="0751000009"' in shown
    assert refused.context["form"]["slot"].value() == str(there.uid)


BAD = {
    "no slot": ({"slot": ""}, 400, ["slot_required"]),
    "strange slot": ({"slot": str(UNKNOWN)}, 400, ["slot_unknown"]),
    "no phone": ({"phone": ""}, 400, ["phone_invalid"]),
    "wrong phone": ({"phone": "0751000009"}, 400, ["phone_mismatch"]),
}


@pytest.mark.parametrize("name", BAD)
def test_page_and_api_refuse_alike(slot: Slot, name: str) -> None:
    changes, status, codes = BAD[name]
    booking = book(slot)
    body = {"slot": str(slots_in_order(slot.session)[1].uid), "phone": PHONE} | changes
    by_page, by_api = Client().post(path(booking), body), api(booking, body)
    assert (by_page.status_code, form_codes(by_page)) == (status, codes)
    assert (by_api.status_code, problem_codes(by_api)) == (status, codes)


def test_full_hour_is_a_conflict_at_both_doors(slot: Slot) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    Slot.objects.filter(pk=there.pk).update(capacity=0)
    body = {"slot": str(there.uid), "phone": PHONE}
    by_page, by_api = Client().post(path(booking), body), api(booking, body)
    assert (by_page.status_code, form_codes(by_page)) == (409, ["slot_full"])
    assert (by_api.status_code, problem_codes(by_api)) == (409, ["slot_full"])
    assert "lịch cũ vẫn còn nguyên" in by_page.content.decode()


def test_another_units_path_and_unknown_codes_are_not_found(slot: Slot, other_ward) -> None:
    booking = book(slot)
    assert Client().get(path(booking, unit=other_ward)).status_code == 404
    there = slots_in_order(slot.session)[1]
    foreign = Client().post(path(booking, unit=other_ward), {"slot": str(there.uid), "phone": PHONE})
    assert foreign.status_code == 404
    held = hold(slot, 3)
    assert Client().get(path(held)).status_code == 404
    assert api(held, {"slot": str(there.uid), "phone": "0751000003"}).status_code == 409


def test_browser_that_answered_the_code_is_not_asked_for_the_phone(slot: Slot) -> None:
    client, unit = Client(), slot.session.unit
    held = hold(slot)
    client.post(f"/{unit.slug}/dat-lich/xac-nhan/{held.uid}/", {"code": code_for(held)})
    held.refresh_from_db()
    there = slots_in_order(slot.session)[1]
    assert "phone" not in client.get(path(held)).context["form"].fields
    assert client.post(path(held), {"slot": str(there.uid)}).status_code == 302
    held.refresh_from_db()
    assert held.slot == there
    assert "phone" not in client.get(path(held, "huy/")).context["form"].fields
    assert client.post(path(held, "huy/")).status_code == 302
    held.refresh_from_db()
    assert held.status == "cancelled"


def test_token_of_the_contact_moves_without_a_phone_and_a_stranger_s_does_not(
    slot: Slot, stranger_citizen
) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    own = issue_token(contact=booking.contact, device="a")[1]
    foreign = issue_token(contact=stranger_citizen, device="b")[1]
    refused = api(booking, {"slot": str(there.uid)}, token=foreign)
    assert (refused.status_code, problem_codes(refused)) == (400, ["phone_invalid"])
    moved = api(booking, {"slot": str(there.uid)}, token=own)
    assert [one["starts"] for one in moved.json()] == [there.starts]


def test_family_page_names_nobody_and_moves_the_ticked(campaign: Campaign, slot: Slot) -> None:
    people = family(slot)
    second = days(campaign)[1]
    there = slots_in_order(second)[0]
    shown = Client().get(path(people[0]) + f"?ngay={second.uid}").content.decode()
    assert all(f"Người {place} – " in shown for place in (1, 2, 3))
    assert not any(name in shown for name in ("Nguyễn Văn An", "Bình", "Chi"))
    body = {"slot": str(there.uid), "phone": PHONE, "only": [str(people[2].uid)]}
    done = Client().post(path(people[0]), body)
    assert done["Location"] == path(people[2], "")
    assert Booking.objects.filter(session=second, status="booked").count() == 1
    nobody = Client().post(path(people[0]), {"slot": str(there.uid), "phone": PHONE})
    assert (nobody.status_code, form_codes(nobody)) == (400, ["person_required"])
    check_sums()


def test_slots_to_move_to_are_listed_for_apps(campaign: Campaign, slot: Slot) -> None:
    booking = book(slot)
    found = Client().get(f"/api/v1/visits/{booking.declaration.code}/change/slots/").json()["results"]
    assert [entry["starts"] for entry in found] == [510, 540, 570, 480, 510, 540, 570]
    assert Client().get("/api/v1/visits/ABCD-EFGH-JKMN/change/slots/").status_code in (400, 404)


def test_one_day_and_three_days_cost_the_same(ward, id_card) -> None:
    from tests.people import make_campaign

    counts = []
    for number, length in enumerate((1, 3)):
        booking = book(slots_in_order(make_campaign(ward, id_card, days=length).sessions.first())[0], number)
        Campaign.objects.exclude(pk=booking.session.campaign_id).update(status="closed")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert Client().get(path(booking)).status_code == 200
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]


def test_visit_that_was_made_shows_its_ticket_instead(slot: Slot, owner) -> None:
    from appointments.actions.transition import move_booking

    booking = book(slot)
    move_booking(booking=booking, to="checked_in", by=owner)
    assert Client().get(path(booking))["Location"] == path(booking, "")
