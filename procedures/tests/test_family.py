"""A family declared at once: shared answers once, each person complete, faults at the right place."""

import pytest
from django.core.exceptions import ValidationError

from portal.common.errors import field_errors
from procedures.declarations.family import validate_family
from procedures.declarations.id_card import validate_declaration

MOTHER = {"full_name": "Nguyễn Thị Ánh", "birth_date": "05/09/1990", "request_kind": "swap"}
CHILD = {"full_name": "Trần Văn Bình", "birth_date": "01/02/2016", "request_kind": "first_issue"}
SHARED = {
    "phone": "0751 000 000",
    "permanent_address": "25 đường Hoa Sữa",
    "representative_name": "Nguyễn Thị Ánh",
    "representative_relation": "mother",
}


def refused(shared: dict, people: list, **options: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        validate_family(shared, people, **options)
    return {name: [code for code, _text in items] for name, items in field_errors(caught.value).items()}


def test_each_person_is_what_a_declaration_of_their_own_would_be(db) -> None:
    mother, child = validate_family(SHARED, [MOTHER, CHILD])
    assert child == validate_declaration({**SHARED, **CHILD})
    alone = {name: value for name, value in SHARED.items() if not name.startswith("representative")}
    assert mother == validate_declaration({**alone, **MOTHER})


def test_child_needs_no_phone_and_a_grown_child_may_have_one(db) -> None:
    own = {**CHILD, "birth_date": "01/02/2006", "phone": "0751 000 001"}
    phones = [
        person["phone"] for person in validate_family(SHARED, [MOTHER, CHILD, own | {"full_name": "C D"}])
    ]
    assert phones == ["+84751000000", "+84751000000", "+84751000001"]


def test_own_address_takes_nothing_of_the_shared_one(units) -> None:
    shared = SHARED | {"permanent_commune_code": "00000"}
    mother = MOTHER | {"permanent_address": "3 đường Bình Minh"}
    [found] = validate_family(shared, [mother])
    assert (found["permanent_address"], found["permanent_commune_code"]) == ("3 đường Bình Minh", "")


def test_shared_fault_is_told_once_and_a_persons_fault_at_the_person(db) -> None:
    people = [MOTHER | {"full_name": ""}, CHILD | {"birth_date": "30/02/2016"}]
    assert refused(SHARED | {"phone": ""}, people) == {
        "phone": ["required"],
        "people.0.full_name": ["required"],
        "people.1.birth_date": ["date_invalid"],
    }
    assert refused(SHARED, [CHILD | {"phone": "113"}]) == {"people.0.phone": ["phone_invalid"]}


def test_officer_may_declare_a_family_without_any_phone(db) -> None:
    found = validate_family({}, [MOTHER, CHILD], phone_required=False)
    assert [person["phone"] for person in found] == ["", ""]
    assert validate_declaration(MOTHER, phone_required=False)["phone"] == ""


@pytest.mark.parametrize(
    ("twin", "field"),
    [
        ({"full_name": "NGUYỄN  thị ánh"}, "full_name"),
        ({"full_name": "Lê Thị Cúc", "identity_number": "001190000123"}, "identity_number"),
    ],
)
def test_nobody_stands_there_twice(db, twin: dict[str, str], field: str) -> None:
    first = MOTHER | {"identity_number": "001190000123"}
    assert refused(SHARED, [first, CHILD, MOTHER | twin]) == {f"people.2.{field}": ["person_twice"]}


def test_namesakes_with_other_birth_dates_are_two_people(db) -> None:
    assert len(validate_family(SHARED, [MOTHER, MOTHER | {"birth_date": "06/09/1990"}])) == 2


def test_a_family_has_one_to_eight_people(db) -> None:
    people = [MOTHER | {"birth_date": f"05/09/{1980 + number}"} for number in range(9)]
    assert len(validate_family(SHARED, people[:8])) == 8
    assert refused(SHARED, people) == {"people": ["people_too_many"]}
    assert refused(SHARED, []) == {"people": ["people_required"]}


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"full_name": ["x"]}])
def test_people_of_another_json_type_have_said_nothing(db, odd: object) -> None:
    names = ("full_name", "birth_date", "request_kind")
    assert refused(SHARED, [odd]) == {f"people.0.{name}": ["required"] for name in names}
