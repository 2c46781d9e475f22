"""Signing in with a one-time code: right code, wrong code, other hosts, sign-out."""

import pytest
from django.test import Client

from portal.citizens.models import CitizenSession, OneTimeCode
from portal.citizens.one_time import code_of
from portal.units.models import Unit

PHONE = "0750 000 001"


@pytest.fixture
def client(db) -> Client:
    return Client()


def ask(client: Client, unit: Unit, goal: str = "", **typed: str):
    query = f"?tiep={goal}" if goal else ""
    return client.post(f"/{unit.slug}/xac-nhan-so/{query}", {"phone": PHONE, **typed})


def sign_in(client: Client, unit: Unit, goal: str = ""):
    page = ask(client, unit, goal).url
    return client.post(page, {"code": code_of(OneTimeCode.objects.latest("pk").uid)})


@pytest.mark.django_db(transaction=True)
def test_code_opens_a_session_and_leads_back(client, ward) -> None:
    goal = f"/{ward.slug}/ban-tin/"
    answer = sign_in(client, ward, goal)
    assert (answer.status_code, answer.url) == (302, goal)
    session = CitizenSession.objects.get()
    assert str(session.contact.contact_point.phone) == "+84750000001"
    assert client.get(f"/{ward.slug}/xac-nhan-so/?tiep={goal}").url == goal


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "/quan-tri/", "javascript:x", "/khac/", "\\\\evil"]
)
def test_other_places_are_never_the_goal(client, ward, goal) -> None:
    assert sign_in(client, ward, goal).url == f"/{ward.slug}/"


@pytest.mark.django_db(transaction=True)
def test_english_stays_english(client, ward) -> None:
    page = client.post(f"/en/{ward.slug}/xac-nhan-so/", {"phone": PHONE}).url
    answer = client.post(page, {"code": code_of(OneTimeCode.objects.latest("pk").uid)})
    assert answer.url == f"/en/{ward.slug}/"


@pytest.mark.django_db(transaction=True)
def test_wrong_code_opens_nothing_and_a_used_one_neither(client, ward) -> None:
    page = ask(client, ward).url
    right = code_of(OneTimeCode.objects.latest("pk").uid)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    refused = client.post(page, {"code": wrong})
    assert (refused.status_code, CitizenSession.objects.count()) == (400, 0)
    assert refused.context["form"].errors.get_json_data()["code"][0]["code"] == "code_wrong"
    assert client.post(page, {"code": right}).status_code == 302
    again = Client().post(page, {"code": right})
    assert (again.status_code, CitizenSession.objects.count()) == (409, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("phone", "code"), [("", "phone_invalid"), ("113", "phone_invalid")])
def test_bad_phone_keeps_what_was_typed(client, ward, phone, code) -> None:
    refused = ask(client, ward, phone=phone)
    assert refused.status_code == 400
    assert refused.context["form"].errors.get_json_data()["phone"][0]["code"] == code
    assert f'value="{phone}"' in refused.content.decode() or not phone


@pytest.mark.django_db(transaction=True)
def test_a_code_for_a_booking_signs_nobody_in(client, ward) -> None:
    page = ask(client, ward).url
    OneTimeCode.objects.update(purpose="booking")
    refused = client.post(page, {"code": code_of(OneTimeCode.objects.latest("pk").uid)})
    assert (refused.status_code, CitizenSession.objects.count()) == (404, 0)


@pytest.mark.django_db(transaction=True)
def test_sign_out_ends_the_session(client, ward) -> None:
    sign_in(client, ward)
    assert client.post(f"/{ward.slug}/thoat/").url == f"/{ward.slug}/"
    assert CitizenSession.objects.get().closed_at is not None
    assert client.get(f"/{ward.slug}/xac-nhan-so/").status_code == 200
