"""Officers find bookings by name, phone and code, and none of it ever stands in an address."""

import json
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from appointments.actions.book_visit import book_visit
from portal.common.admin import SEARCHES_KEPT
from tests.people import visit_data

NAME, PHONE = "Bạch Thị Khuyếch Đoỏng", "0757913862"


@pytest.fixture
def booking(slot, ward, owner):
    data = visit_data(1, full_name=NAME, phone=PHONE)
    return book_visit(unit=ward, slot=str(slot.uid), data=data, by=owner)


@pytest.fixture
def desk(client: Client, owner, booking) -> Client:
    client.force_login(owner)
    return client


def search(desk: Client, text: str, address: str = ""):
    return desk.post(reverse("admin:appointments_booking_changelist") + address, {"q": text})


@pytest.mark.parametrize("text", [NAME, "khuyech", PHONE, "+84 757 913 862", "0757.913.862"])
def test_a_search_finds_the_row_and_its_address_has_a_random_key_only(desk, text):
    answer = search(desk, text)

    query = parse_qs(urlsplit(answer.url).query)
    assert (answer.status_code, list(query), str(UUID(query["q"][0]))) == (302, ["q"], query["q"][0])
    page = desk.get(answer.url).content.decode()
    assert ("Khuyếch Đoỏng" in page, f'value="{text}"' in page, 'method="post" role="search"' in page) == (
        True,
        True,
        True,
    )


def test_what_is_not_there_is_not_found(desk):
    page = desk.get(search(desk, "Tuềnh Toàng").url).content.decode()
    assert "Khuyếch Đoỏng" not in page


def test_filters_stay_and_the_page_number_goes(desk):
    answer = search(desk, NAME, "?status__exact=booked&p=3")
    assert list(parse_qs(urlsplit(answer.url).query)) == ["status__exact", "q"]


def test_an_empty_box_shows_everybody_again(desk):
    assert search(desk, "  ", "?q=x").url == reverse("admin:appointments_booking_changelist")


@pytest.mark.parametrize("key", ["Khuyếch", "9b3e7f0a-4f2c-4f0e-9a57-0d4c8e8d7a11"])
def test_an_address_written_by_hand_searches_nothing(desk, key):
    address = reverse("admin:appointments_booking_changelist")
    answer = desk.get(address, {"q": key})
    assert (answer.status_code, answer.url) == (302, address)


def test_a_key_opens_nothing_for_another_officer(desk, colleague):
    address = search(desk, NAME).url
    other = Client()
    other.force_login(colleague)
    assert other.get(address).url == reverse("admin:appointments_booking_changelist")


def test_the_session_keeps_the_last_searches_sealed(desk):
    for number in range(SEARCHES_KEPT + 3):
        search(desk, f"{NAME} {number}")

    stored = json.dumps(Session.objects.get().get_decoded())
    assert "Khuy" not in stored
    assert len(Session.objects.get().get_decoded()["searches"]) == SEARCHES_KEPT
