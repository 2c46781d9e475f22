"""A family on one page: people are added and removed without losing a word, and held together."""

import json
import re

import pytest
from django.test import Client

from appointments.forms.visit import empty_fields
from appointments.models import Booking
from procedures.models import Declaration
from tests.people import visit_data


@pytest.fixture
def path(slot) -> str:
    return f"/{slot.session.unit.slug}/dat-lich/khung-gio/{slot.uid}/"


def typed(slot, *people: dict[str, str], **changes: str) -> dict[str, str]:
    """What a browser sends for a mother and these people."""
    boxes = {
        f"people.{place}.{name}": text for place, person in enumerate(people) for name, text in person.items()
    }
    return visit_data(slot=str(slot.uid), birth_date="05/09/1990", **changes) | boxes


def person(name: str, birth: str, **changes: str) -> dict[str, str]:
    return {
        "full_name": name, "birth_date": birth, "request_kind": "first_issue", "relation": "child",
        "gender": "", "identity_number": "",
    } | changes  # fmt: skip


BINH, CUC = person("Trần Văn Bình", "01/02/2016"), person("Trần Thị Cúc", "03/04/2011")


def names_in(page: str) -> list[str]:
    """Names in the boxes of those who come along, in their order."""
    return re.findall(r'name="people\.\d+\.full_name" value="([^"]*)"', page)


def codes_in(response) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in errors] for name, errors in found.items()}


def test_one_person_more_keeps_what_was_typed_and_holds_nothing(path, slot) -> None:
    data = typed(slot, BINH, note="Đi xe lăn", full_name="7")
    page = Client().post(path, data | {"them_nguoi": "1"})
    text = page.content.decode()
    assert page.status_code == 200
    assert names_in(text) == ["Trần Văn Bình"]
    assert re.search(r'name="people.1.full_name"[^>]* autofocus', text)
    assert 'value="Đi xe lăn"' in text
    assert 'class="error-summary"' not in text
    assert Booking.objects.count() == 0


def test_one_person_less_moves_the_others_up(path, slot) -> None:
    page = Client().post(path, typed(slot, BINH, CUC) | {"bot_nguoi": "0"}).content.decode()
    assert names_in(page) == ["Trần Thị Cúc"]
    assert "people.1.full_name" not in page
    assert re.findall(r'<option value="(\w+)" selected>', page)[-2:] == ["first_issue", "child"]


@pytest.mark.parametrize("place", ["", "9", "-1", "x", "²", "9" * 5000])
def test_nobody_is_removed_by_nonsense(path, slot, place: str) -> None:
    page = Client().post(path, typed(slot, BINH) | {"bot_nguoi": place})
    assert (page.status_code, names_in(page.content.decode())) == (200, ["Trần Văn Bình"])


def test_family_is_held_together(path, slot) -> None:
    assert Client().post(path, typed(slot, BINH, CUC)).status_code == 302
    assert Booking.objects.values("party").distinct().count() == 1
    found = [declaration.details for declaration in Declaration.objects.order_by("pk")]
    assert [details["full_name"] for details in found][1:] == ["Trần Văn Bình", "Trần Thị Cúc"]
    assert {details["phone"] for details in found} == {"+84751000000"}


def test_errors_stand_at_the_person(path, slot) -> None:
    wrong = BINH | {"full_name": "7", "identity_number": "12"}
    response = Client().post(path, typed(slot, CUC, wrong))
    page = response.content.decode()
    assert response.status_code == 400
    assert codes_in(response) == {
        "people.1.full_name": ["name_letters"], "people.1.identity_number": ["identity_number_invalid"],
    }  # fmt: skip
    assert page.index("data-fold='person0'>") < page.index("data-fold='person1' open>")
    assert 'href="#id_people.1.full_name"' in page


def test_the_same_person_twice_and_a_small_child_are_told(path, slot) -> None:
    small = person("Trần Văn Em", "01/02/2024")
    response = Client().post(path, typed(slot, small, CUC, CUC))
    assert codes_in(response) == {
        "people.0.birth_date": ["child_need_not_come"],
        "people.2.full_name": ["person_twice"],
    }
    assert response.content.decode().count('name="accept_warnings"') == 1
    assert Client().post(path, typed(slot, small, CUC, accept_warnings="on")).status_code == 302


def test_nine_people_are_too_many_and_all_are_kept(path, slot) -> None:
    people = [person(f"Trần Văn {chr(65 + place)}n", "01/02/2011") for place in range(8)]
    response = Client().post(path, typed(slot, *people))
    assert response.status_code == 400
    assert codes_in(response) == {"__all__": ["people_too_many"]}
    assert len(names_in(response.content.decode())) == 8


def test_address_with_a_number_opens_boxes_for_a_family(path) -> None:
    empty_fields.cache_clear()
    for asked, boxes in (("1", 0), ("3", 2), ("8", 7), ("9", 7), ("0", 0), ("x", 0), ("²", 0)):
        page = Client().get(f"{path}?nguoi={asked}").content.decode()
        assert len(re.findall(r'name="people\.\d+\.full_name"', page)) == boxes
        assert ('name="them_nguoi"' in page) == (boxes < 7)
    assert empty_fields.cache_info().misses == 3


WRONG_FAMILIES = {
    "nameless": ([BINH | {"full_name": ""}], {"people.0.full_name": ["required"]}),
    "date of 30 February": (
        [CUC, BINH | {"birth_date": "30/02/2016"}],
        {"people.1.birth_date": ["date_invalid"]},
    ),
    "unknown request": ([BINH | {"request_kind": "x"}], {"people.0.request_kind": ["invalid_choice"]}),
    "unknown relation": ([BINH | {"relation": "x"}], {"people.0.relation": ["invalid_choice"]}),
    "short number": (
        [BINH | {"identity_number": "1"}],
        {"people.0.identity_number": ["identity_number_invalid"]},
    ),
    "endless name": ([BINH | {"full_name": "A" * 10_000}], {"people.0.full_name": ["name_too_long"]}),
    "twice": ([BINH, BINH], {"people.1.full_name": ["person_twice"]}),
}


@pytest.mark.parametrize("name", WRONG_FAMILIES)
def test_a_wrong_family_has_one_answer_by_page_and_api(path, slot, name: str) -> None:
    people, expected = WRONG_FAMILIES[name]
    assert codes_in(Client().post(path, typed(slot, *people))) == expected
    body = typed(slot) | {"people": people}
    api = f"/api/v1/units/{slot.session.unit.slug}/visits/"
    answer = Client().post(api, json.dumps(body), content_type="application/json").json()
    assert {error["field"]: [error["code"]] for error in answer["errors"]} == expected
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("people", [None, 7, "x", {"a": 1}, [], [None], [[1]], [{}] * 50])
def test_no_json_value_for_people_breaks_the_api(slot, people: object) -> None:
    api = f"/api/v1/units/{slot.session.unit.slug}/visits/"
    body = json.dumps(typed(slot) | {"people": people})
    answer = Client().post(api, body, content_type="application/json")
    assert answer.status_code == (400 if isinstance(people, list) and people else 201)
