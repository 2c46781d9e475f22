"""The line and the news of re-opening on the pages, by the API and on the desk."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.actions.join_waiting_list import PURPOSE, latest_challenge
from appointments.actions.note_interest import PURPOSE as INTEREST
from appointments.models import Booking, Campaign, Interest, WaitingEntry
from appointments.tests.lines import fill_up, offer, phone_of, wait
from appointments.tests.test_change_pages import form_codes, problem_codes
from appointments.tests.test_desk import desk, page
from appointments.tests.test_waiting import free_one, full, last_booking
from appointments.tests.visits import check_sums, statements
from portal.citizens.actions.tokens import issue_token
from portal.citizens.one_time import code_of
from tests.people import visit_data

__all__ = ("full",)


def join_path(campaign: Campaign, what: str = "cho") -> str:
    return f"/{campaign.unit.slug}/dat-lich/{campaign.slug}/{what}/"


def path(entry: WaitingEntry, unit=None) -> str:
    return f"/{(unit or entry.unit).slug}/cho/{entry.code}/"


def post_json(path: str, body: dict, token: str = ""):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().post(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_whole_road_of_a_family_on_the_pages(full: Campaign) -> None:
    booked = fill_up(full)
    client = Client()
    closed = client.get(f"/{full.unit.slug}/dat-lich/{full.slug}/").content.decode()
    assert join_path(full) in closed
    added = client.post(join_path(full), visit_data(1) | {"them_nguoi": "1"})
    assert 'name="people.0.full_name"' in added.content.decode()
    assert visit_data(1)["full_name"] in added.content.decode()
    typed = visit_data(1) | {"people.0.full_name": "Trần Bích", "people.0.request_kind": "swap"}
    refused = client.post(join_path(full), typed)
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["people.0.birth_date"])
    asked = client.post(join_path(full), typed | {"people.0.birth_date": "05/09/2015"})
    entry = WaitingEntry.objects.get()
    wrong = client.post(asked["Location"], {"code": "000000"})
    assert (wrong.status_code, form_codes(wrong)) == (400, ["code_wrong"])
    joined = client.post(asked["Location"], {"code": code_of(latest_challenge(entry.uid, PURPOSE))})
    assert joined["Location"] == path(entry)
    shown = client.get(path(entry))
    assert (shown.context["place"], "phone" in shown.context["form"].fields) == (1, False)
    for one in booked[-2:]:
        free_one(one, 500 + booked.index(one))
    offer()
    assert "Nhận chỗ này" in client.get(path(entry)).content.decode()
    taken = client.post(path(entry), {"do": "accept"}, follow=True)
    party = Booking.objects.filter(party=WaitingEntry.objects.get().party).order_by("pk")
    assert [one.status for one in party] == ["booked", "booked"]
    assert f"/phieu/{party[0].declaration.code}/" in taken.content.decode()
    check_sums()


def test_stranger_needs_the_phone_and_the_right_unit(full: Campaign, other_ward) -> None:
    fill_up(full)
    entry = wait(full, 1)
    free_one(*last_booking(full))
    offer()
    assert Client().get(path(entry, other_ward)).status_code == 404
    assert "phone" in Client().get(path(entry)).context["form"].fields
    refused = Client().post(path(entry), {"do": "accept", "phone": phone_of(2)})
    assert (refused.status_code, form_codes(refused)) == (400, ["phone_mismatch"])
    assert Client().post(path(entry), {"do": "steal", "phone": phone_of(1)}).status_code == 400
    assert Client().post(path(entry), {"do": "decline", "phone": phone_of(1)}).status_code == 302
    gone = Client().post(path(entry), {"do": "accept", "phone": phone_of(1)})
    assert (gone.status_code, form_codes(gone)) == (409, ["offer_gone"])
    entry.refresh_from_db()
    assert entry.status == "declined"


def test_unverified_entries_and_unknown_codes_are_not_found(full: Campaign) -> None:
    fill_up(full)
    Client().post(join_path(full), visit_data(1))
    entry = WaitingEntry.objects.get()
    assert Client().get(path(entry)).status_code == 404
    assert Client().get(f"/{full.unit.slug}/cho/ABC/").status_code == 404
    assert Client().get(f"/api/v1/waiting/{entry.code}/").status_code == 404


def test_road_by_the_api_with_a_token(full: Campaign) -> None:
    fill_up(full)
    campaign = f"units/{full.unit.slug}/campaigns/{full.uid}"
    body = visit_data(1) | {"people": [{"full_name": "3", "birth_date": "x", "request_kind": "swap"}]}
    refused = post_json(f"{campaign}/waiting/", body)
    assert (refused.status_code, problem_codes(refused)) == (400, ["name_letters", "date_invalid"])
    made = post_json(f"{campaign}/waiting/", visit_data(1))
    assert made.status_code == 201
    code = code_of(latest_challenge(made.json()["uid"], PURPOSE))
    joined = post_json(f"waiting/{made.json()['uid']}/confirm/", {"code": code}).json()
    assert (joined["status"], joined["place"], joined["offer"]) == ("waiting", 1, None)
    free_one(*last_booking(full))
    offer()
    shown = Client().get(f"/api/v1/waiting/{joined['code']}/").json()
    assert (shown["status"], shown["place"], sorted(shown["offer"])) == (
        "offered",
        None,
        ["date", "place", "starts", "until"],
    )
    entry = WaitingEntry.objects.select_related("contact").get()
    token = issue_token(contact=entry.contact, device="a")[1]
    assert post_json(f"waiting/{joined['code']}/accept/", {}).status_code == 400
    taken = post_json(f"waiting/{joined['code']}/accept/", {}, token)
    assert [one["status"] for one in taken.json()] == ["booked"]
    check_sums()


def test_same_refusals_at_both_doors_of_the_line(full: Campaign) -> None:
    campaign = f"units/{full.unit.slug}/campaigns/{full.uid}"
    by_page, by_api = (
        Client().post(join_path(full), visit_data()),
        post_json(f"{campaign}/waiting/", visit_data()),
    )
    assert (by_page.status_code, form_codes(by_page)) == (409, ["places_free"])
    assert (by_api.status_code, problem_codes(by_api)) == (409, ["places_free"])


def test_interest_on_the_pages_and_by_the_api(campaign: Campaign) -> None:
    Campaign.objects.update(status="closed")
    client = Client()
    assert (
        join_path(campaign, "bao-mo-lai")
        in client.get(f"/{campaign.unit.slug}/dat-lich/{campaign.slug}/").content.decode()
    )
    refused = client.post(join_path(campaign, "bao-mo-lai"), {"phone": "113"})
    assert (refused.status_code, form_codes(refused)) == (400, ["phone_invalid"])
    asked = client.post(join_path(campaign, "bao-mo-lai"), {"phone": phone_of(1)})
    note = Interest.objects.get()
    done = client.post(asked["Location"], {"code": code_of(latest_challenge(note.uid, INTEREST))})
    assert done["Location"] == f"/{campaign.unit.slug}/bao-mo-lai/{note.code}/"
    stranger = Client().post(done["Location"], {"phone": phone_of(2)})
    assert (stranger.status_code, form_codes(stranger)) == (400, ["phone_mismatch"])
    assert client.post(done["Location"]).status_code == 302
    note.refresh_from_db()
    assert note.status == "withdrawn"
    made = post_json(f"units/{campaign.unit.slug}/campaigns/{campaign.uid}/interest/", {"phone": phone_of(3)})
    code = code_of(latest_challenge(made.json()["uid"], INTEREST))
    confirmed = post_json(f"interest/{made.json()['uid']}/confirm/", {"code": code}).json()
    assert confirmed["status"] == "waiting"
    gone = post_json(f"interest/{confirmed['code']}/withdraw/", {"phone": phone_of(3)}).json()
    assert gone["status"] == "withdrawn"


@pytest.mark.parametrize(
    ("status", "word"), [("full", "Vào danh sách chờ"), ("closed", "Báo cho tôi khi mở")]
)
def test_page_of_a_campaign_says_what_to_do(campaign: Campaign, status: str, word: str) -> None:
    fill_up(campaign)
    Campaign.objects.update(status=status)
    shown = Client().get(f"/{campaign.unit.slug}/dat-lich/{campaign.slug}/").content.decode()
    assert word in shown


def test_draft_is_nobodys_business(campaign: Campaign) -> None:
    Campaign.objects.update(status="draft")
    for address in (f"/{campaign.unit.slug}/dat-lich/{campaign.slug}/", join_path(campaign)):
        assert Client().get(address).status_code == 404


# ---- the desk


def test_officers_see_the_line_of_their_unit_and_change_nothing(
    full: Campaign, owner, stranger, colleague
) -> None:
    fill_up(full)
    entry = wait(full, 1)
    listed = desk(owner).get(page("waitingentry_changelist"))
    assert listed.context["cl"].result_count == 1
    shown = desk(owner).get(page("waitingentry_change", entry.pk)).content.decode()
    assert "0751 *** 001" in shown
    assert visit_data(1)["full_name"] not in shown
    assert desk(owner).get(page("waitingentry_add")).status_code == 403
    assert desk(stranger).get(page("waitingentry_changelist")).context["cl"].result_count == 0
    assert desk(stranger).get(page("waitingentry_change", entry.pk)).status_code == 404
    assert desk(colleague).get(page("waitingentry_changelist")).status_code == 403


def test_one_and_three_entries_cost_the_same(full: Campaign, owner) -> None:
    fill_up(full)
    client, counts = desk(owner), []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            wait(full, number)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page("waitingentry_changelist")).status_code == 200
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]
