"""The citizens' cookie."""

import datetime as dt

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from portal.citizens.actions.budget import forget_expired
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.persons import declare_person, link_person
from portal.citizens.actions.sessions import start_session
from portal.citizens.actions.tokens import issue_token
from portal.citizens.models import CitizenSession, CitizenToken, Contact, PersonAccess
from portal.citizens.sessions import open_session
from portal.common.actors import ANONYMOUS_CITIZEN

pytestmark = pytest.mark.urls("portal.citizens.tests.urls")


@pytest.fixture
def contact(db) -> Contact:
    return ensure_contact(phone="+84750000001", by=ANONYMOUS_CITIZEN)


def cookie_for(contact: Contact):
    response = HttpResponse()
    open_session(contact=contact, response=response, device_label="  Điện thoại\n của mẹ ")
    return response.cookies["citizen"]


@pytest.fixture
def signed_in(contact) -> Client:
    client = Client()
    client.cookies["citizen"] = cookie_for(contact).value
    return client


@pytest.mark.parametrize("secure", [True, False])
def test_cookie_flags(contact, settings, secure) -> None:
    settings.CITIZEN_COOKIE_SECURE = secure
    cookie = cookie_for(contact)
    flags = {name: cookie[name] for name in ("httponly", "samesite", "path", "max-age", "secure")}
    assert flags == {
        "httponly": True,
        "samesite": "Lax",
        "path": "/",
        "max-age": 90 * 24 * 3600,
        "secure": True if secure else "",
    }


def test_database_holds_only_a_hash_of_256_random_bits(contact) -> None:
    secret = cookie_for(contact).value
    row = CitizenSession.objects.get()
    assert len(secret) == 43
    assert secret not in (row.token_hash, str(row.uid))
    assert len(row.token_hash) == 64
    assert row.device_label == "Điện thoại của mẹ"


def test_each_session_has_a_secret_of_its_own(contact) -> None:
    assert cookie_for(contact).value != cookie_for(contact).value


def test_request_knows_its_citizen(signed_in, contact) -> None:
    assert signed_in.get("/who/").content.decode() == str(contact.uid)


@pytest.mark.parametrize("value", ["", "x", "k\xfd\xff", "a" * 5000])
def test_foreign_cookies_are_nobody(db, value) -> None:
    client = Client()
    client.cookies["citizen"] = value
    assert client.get("/who/").content == b"nobody"


def test_page_that_does_not_ask_makes_no_query(signed_in, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        signed_in.get("/untouched/")


def test_asking_twice_costs_one_query(signed_in, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        signed_in.get("/who/")


def test_session_ends_after_ninety_days(signed_in) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=90, seconds=1)):
        assert signed_in.get("/who/").content == b"nobody"


def test_last_use_is_written_at_most_once_an_hour(signed_in, django_assert_num_queries) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=False):
        with django_assert_num_queries(2):
            signed_in.get("/who/")
        with django_assert_num_queries(1):
            signed_in.get("/who/")


def test_leaving_closes_the_session_for_a_copied_cookie_too(signed_in) -> None:
    stolen = Client()
    stolen.cookies["citizen"] = signed_in.cookies["citizen"].value
    response = signed_in.get("/leave/")
    assert response.cookies["citizen"]["max-age"] == 0
    assert stolen.get("/who/").content == b"nobody"
    assert signed_in.get("/leave/").content == b"left"


def test_devices_go_a_month_after_they_stopped_opening_anything(contact) -> None:
    """Session, what it had opened, and token; a live device stays."""
    session, _secret = start_session(contact=contact)
    issue_token(contact=contact, device="Máy")
    person = declare_person(full_name="Lò Thị Mây", birth_date="1990", by=contact)
    link_person(contact=contact, person=person, session=session)
    rows = (CitizenSession, CitizenToken, PersonAccess)
    with time_machine.travel(session.expires_at + dt.timedelta(days=29), tick=False):
        forget_expired()
        assert [model.objects.count() for model in rows] == [1, 1, 1]
    with time_machine.travel(session.expires_at + dt.timedelta(days=31), tick=False):
        start_session(contact=contact)
        forget_expired()
        assert [model.objects.count() for model in rows] == [1, 0, 0]
