"""The page before a code, with and without JavaScript."""

import re

import pytest
import time_machine
from django.test import Client

from portal.citizens.models import CodeBudget, OneTimeCode, WaitingRequest
from portal.citizens.work import solve

pytestmark = pytest.mark.urls("portal.citizens.tests.urls")
START = "2026-11-21T02:00:00Z"
TYPED = {"phone": "+84750000001", "full_name": 'Đặng "Thị" <Hòa>', "choice": ["a", "b"]}


@pytest.fixture
def busy_address(client: Client, unit) -> None:
    for number in range(3):
        client.post("/ask/", {"phone": f"+8475000010{number}", "full_name": "Người trước"})


def hidden_fields(page: str) -> list[tuple[str, str]]:
    unquoted = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    back = (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
    fields = []
    for name, value in unquoted:
        for seen, meant in back:
            value = value.replace(seen, meant)
        fields.append((name, value))
    return [field for field in fields if field[0] != "csrfmiddlewaretoken"]


def as_post(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    posted: dict[str, list[str]] = {}
    for name, value in fields:
        posted.setdefault(name, []).append(value)
    return posted


def test_gate_page_keeps_what_was_typed_and_the_proof_sends_it(client, busy_address) -> None:
    page = client.post("/ask/", TYPED)
    assert page.status_code == 429
    fields = hidden_fields(page.content.decode())
    posted = as_post(fields)
    assert {name: posted[name] for name in TYPED} == {
        "phone": [TYPED["phone"]],
        "full_name": [TYPED["full_name"]],
        "choice": ["a", "b"],
    }
    posted["proof_answer"] = [solve(posted["proof_seed"][0], int(posted["proof_bits"][0]))]
    assert client.post("/ask/", posted).content.decode() == f"sent for {TYPED['full_name']}"


def test_page_has_no_inline_script_or_style(client, busy_address) -> None:
    page = client.post("/ask/", TYPED).content.decode()
    assert 'src="/static/js/proof-of-work.js"' in page
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)


def test_waiting_without_javascript_leads_to_a_code(client, busy_address) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for number in range(3):
            client.post("/ask/", {"phone": f"+8475000020{number}", "full_name": "Người trước"})
        answer = client.post("/ask/", {**TYPED, "proof_wait": "1"})
        assert (answer.status_code, answer["Location"]) == (302, "/ma-xac-nhan/cho/")
        cookie = answer.cookies["citizen_waiting"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/ma-xac-nhan/cho/")
        page = client.get("/ma-xac-nhan/cho/").content.decode()
        assert '<meta http-equiv="refresh" content="22">' in page
        assert "09:00:21" in page
        assert "proof_ticket" not in page
        clock.shift(22)
        page = client.get("/ma-xac-nhan/cho/").content.decode()
        assert "http-equiv" not in page
        posted = as_post(hidden_fields(page))
        assert client.post("/ask/", posted).content.decode() == f"sent for {TYPED['full_name']}"


def test_typed_values_wait_encrypted_and_only_for_the_browser_that_typed(client, busy_address) -> None:
    client.post("/ask/", {**TYPED, "proof_wait": "1"})
    stranger = Client()
    assert stranger.get("/ma-xac-nhan/cho/").status_code == 404
    stranger.cookies["citizen_waiting"] = WaitingRequest.objects.get().token_hash
    assert stranger.get("/ma-xac-nhan/cho/").status_code == 404
    row = WaitingRequest.objects.get()
    assert ["full_name", TYPED["full_name"]] in row.fields
    assert row.path == "/ask/"


def test_waiting_is_over_ten_minutes_after_the_turn(client, busy_address) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for number in range(3):
            client.post("/ask/", {"phone": f"+8475000030{number}", "full_name": "Người trước"})
        client.post("/ask/", {**TYPED, "proof_wait": "1"})
        clock.shift(21 + 601)
        answer = client.get("/ma-xac-nhan/cho/")
    assert answer.status_code == 404
    assert TYPED["phone"] not in answer.content.decode()


def test_spent_budget_shows_the_duty_phone(client, unit) -> None:
    with time_machine.travel("2026-11-21T02:30:00Z", tick=False):
        client.post("/ask/", TYPED)
        CodeBudget.objects.update(used=60)
        answer = client.post("/ask/", {**TYPED, "phone": "+84750000002"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "1800")
    assert "trực ban" in answer.content.decode()
    assert f'href="tel:{unit.duty_phone}"' in answer.content.decode()
    assert OneTimeCode.objects.count() == 1


def test_full_queue_offers_no_button(client, busy_address, settings) -> None:
    settings.QUEUE_SECONDS = 4000
    page = client.post("/ask/", TYPED).content.decode()
    assert "proof_wait" not in page
    assert "proof_seed" in page
