"""Tokens over the API."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from portal.citizens.actions.organisations import end_organisation
from portal.citizens.models import CitizenToken, OneTimeCode
from portal.citizens.one_time import code_of
from portal.citizens.tests.conftest import wrong_code
from portal.citizens.tests.test_organisations import enrolled, tax_code
from portal.citizens.work import solve
from tests.people import BY

pytestmark = pytest.mark.urls("portal.citizens.tests.urls")
ASK = {"phone": "0750 000 001", "unit": "phuong-song-may"}


@pytest.fixture
def client(unit) -> APIClient:
    return APIClient()


def new_token(client: APIClient, phone: str = "0750 000 001") -> dict:
    asked = client.post("/api/v1/tokens/", {**ASK, "phone": phone}, format="json")
    assert asked.status_code == 202
    uid = asked.json()["challenge"]
    confirm = {"challenge": uid, "code": code_of(uid), "device": "Máy của tôi"}
    answer = client.post("/api/v1/tokens/confirm/", confirm, format="json")
    assert answer.status_code == 201
    return answer.json()


def with_token(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def fault(response) -> tuple[int, str, str]:
    body = response.json()
    found = body.get("errors") or [{"field": "", "code": body["code"]}]
    return response.status_code, found[0]["field"], found[0]["code"]


def test_code_is_traded_for_a_token_that_is_told_once(client) -> None:
    made = new_token(client)
    assert len(made["token"]) == 43
    assert CitizenToken.objects.get().token_hash != made["token"]
    listed = with_token(made["token"]).get("/api/v1/tokens/").json()["results"]
    assert [(row["device"], "token" in row) for row in listed] == [("Máy của tôi", False)]


def test_challenge_buys_one_token(client) -> None:
    asked = client.post("/api/v1/tokens/", ASK, format="json").json()
    confirm = {"challenge": asked["challenge"], "code": code_of(asked["challenge"]), "device": "Máy"}
    assert client.post("/api/v1/tokens/confirm/", confirm, format="json").status_code == 201
    assert fault(client.post("/api/v1/tokens/confirm/", confirm, format="json")) == (409, "", "code_used")
    assert CitizenToken.objects.count() == 1


def test_repeat_with_the_same_idempotency_key_gets_the_same_token(client) -> None:
    asked = client.post("/api/v1/tokens/", ASK, format="json").json()
    confirm = {"challenge": asked["challenge"], "code": code_of(asked["challenge"]), "device": "Máy"}
    key = {"HTTP_IDEMPOTENCY_KEY": "0123456789abcdef0123"}
    first = client.post("/api/v1/tokens/confirm/", confirm, format="json", **key)
    again = client.post("/api/v1/tokens/confirm/", confirm, format="json", **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_code_sent_for_a_booking_buys_no_token(client, ask) -> None:
    challenge = ask()
    confirm = {"challenge": str(challenge.uid), "code": code_of(challenge.uid), "device": "Máy"}
    answer = client.post("/api/v1/tokens/confirm/", confirm, format="json")
    assert fault(answer) == (409, "", "code_not_verified")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"phone": "123"}, (400, "phone", "phone_invalid")),
        ({"unit": "khong-co"}, (400, "unit", "unit_unknown")),
        ({"phone": ""}, (400, "phone", "required")),
        ({"proof": "x"}, (400, "proof", "invalid")),
    ],
)
def test_bad_requests_have_their_code(client, change, expected) -> None:
    assert fault(client.post("/api/v1/tokens/", ASK | change, format="json")) == expected
    assert OneTimeCode.objects.count() == 0


def test_wrong_code_and_empty_device_have_their_code(client) -> None:
    uid = client.post("/api/v1/tokens/", ASK, format="json").json()["challenge"]
    wrong = {"challenge": uid, "code": wrong_code(OneTimeCode.objects.get(uid=uid)), "device": "Máy"}
    assert fault(client.post("/api/v1/tokens/confirm/", wrong, format="json")) == (400, "code", "code_wrong")
    long = {"challenge": uid, "code": code_of(uid), "device": "x" * 81}
    assert fault(client.post("/api/v1/tokens/confirm/", long, format="json")) == (
        400,
        "device",
        "device_too_long",
    )
    unknown = {"challenge": str(uuid.uuid4()), "code": "123456", "device": "Máy"}
    assert fault(client.post("/api/v1/tokens/confirm/", unknown, format="json")) == (
        400,
        "code",
        "code_expired",
    )


def test_app_behind_a_busy_address_brings_a_proof(client) -> None:
    for number in range(3):
        client.post("/api/v1/tokens/", {**ASK, "phone": f"075000010{number}"}, format="json")
    refused = client.post("/api/v1/tokens/", ASK, format="json")
    body = refused.json()
    assert (refused.status_code, body["code"]) == (429, "proof_required")
    answer = solve(body["seed"], body["bits"])
    proof = {"seed": body["seed"], "signature": body["signature"], "answer": answer}
    assert client.post("/api/v1/tokens/", {**ASK, "proof": proof}, format="json").status_code == 202


def test_app_may_wait_in_the_queue(client) -> None:
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        for number in range(3):
            client.post("/api/v1/tokens/", {**ASK, "phone": f"075000010{number}"}, format="json")
        refused = client.post("/api/v1/tokens/", {**ASK, "proof": {"wait": True}}, format="json")
        body = refused.json()
        assert (body["code"], refused["Retry-After"]) == ("code_queued", "21")
        clock.shift(body["retry_after"])
        ticket = {**ASK, "proof": {"ticket": body["ticket"]}}
        assert client.post("/api/v1/tokens/", ticket, format="json").status_code == 202


def test_list_needs_a_token(client) -> None:
    answer = client.get("/api/v1/tokens/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("header", ["Bearer x", "Bearer", "Bearer a b", "Bearer \xff\xfe"])
def test_unknown_tokens_are_refused(client, header) -> None:
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/tokens/")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_revoked_token_opens_nothing_from_that_moment(client) -> None:
    made = new_token(client)
    owner = with_token(made["token"])
    assert owner.delete(f"/api/v1/tokens/{made['uid']}/").status_code == 204
    assert owner.get("/api/v1/tokens/").status_code == 401


def test_token_expires_after_ninety_days(client) -> None:
    made = new_token(client)
    with time_machine.travel(timezone.now() + dt.timedelta(days=90, seconds=1)):
        assert with_token(made["token"]).get("/api/v1/tokens/").status_code == 401


def test_stranger_neither_sees_nor_revokes(client) -> None:
    mine = new_token(client)
    stranger = with_token(new_token(client, phone="0750 000 002")["token"])
    assert len(stranger.get("/api/v1/tokens/").json()["results"]) == 1
    assert stranger.delete(f"/api/v1/tokens/{mine['uid']}/").status_code == 404
    assert with_token(mine["token"]).get("/api/v1/tokens/").status_code == 200


def test_organisations_wants_a_token(client) -> None:
    assert fault(client.get("/api/v1/me/organisations/")) == (401, "", "not_authenticated")


def test_organisations_lists_those_the_phone_acts_for_and_no_others(client, unit) -> None:
    token = new_token(client)["token"]
    mine = enrolled(unit, manager_phone="0750 000 001")
    enrolled(unit, tax_code=tax_code(2), manager_phone="0750 000 002")
    row = mine.memberships.get()
    assert with_token(token).get("/api/v1/me/organisations/").json()["results"] == [
        {
            "uid": str(mine.uid),
            "name": "Công ty TNHH Mây Trắng",
            "tax_code": tax_code(),
            "unit": {"slug": "phuong-song-may", "name": unit.police_name},
            "role": "manager",
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to.isoformat(),
        }
    ]
    end_organisation(organisation=mine, by=BY)
    assert with_token(token).get("/api/v1/me/organisations/").json()["results"] == []


def test_organisations_costs_the_same_for_one_and_for_three(client, unit) -> None:
    mine = with_token(new_token(client)["token"])
    mine.get("/api/v1/me/organisations/")  # the first use of a token is written down
    costs = []
    for number, more in ((1, 1), (3, 2)):
        for _row in range(more):
            enrolled(unit, tax_code=tax_code(number * 10 + _row), manager_phone="0750 000 001")
        with CaptureQueriesContext(connection) as queries:
            assert len(mine.get("/api/v1/me/organisations/").json()["results"]) == number
        costs.append(len(queries))
    assert costs == [2, 2]
