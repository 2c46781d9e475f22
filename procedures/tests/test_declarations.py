"""Declarations: ages, drafts, what was typed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from portal.citizens.actions.persons import declare_person
from portal.common.actors import ANONYMOUS_CITIZEN, SystemActor
from portal.common.errors import Conflict, NotAllowed
from procedures.actions.declare import (
    draft_declaration,
    drop_drafts,
    redraft_declaration,
    submit_declaration,
)
from procedures.declarations.ages import band_of
from procedures.declarations.id_card import as_typed, validate_declaration
from procedures.models import Declaration
from procedures.validators import age_band, next_renewal_age, years_between
from tests.people import visit_data

BY = SystemActor("tests")


@pytest.fixture
def draft(ward, id_card) -> Declaration:
    details = validate_declaration(visit_data())
    return draft_declaration(procedure=id_card, unit=ward, details=details, by=ANONYMOUS_CITIZEN)


def test_ages_change_on_the_birthday() -> None:
    birth = dt.date(2012, 2, 29)
    assert [years_between(birth, dt.date(2026, month, day)) for month, day in ((2, 28), (3, 1))] == [13, 14]
    assert age_band(birth, dt.date(2018, 2, 28)) == "under_6"
    assert age_band(birth, dt.date(2018, 3, 1)) == "from_6_to_13"
    assert band_of("2012-02-29", dt.date(2026, 3, 1)) == "from_14"
    assert band_of("2012", dt.date(2026, 1, 1)) == "from_14"


@pytest.mark.parametrize(
    ("issued", "renewal"), [(0, 14), (11, 14), (12, 25), (22, 25), (23, 40), (38, 60), (58, None)]
)
def test_card_issued_within_two_years_lasts_until_the_next_age(issued: int, renewal: int | None) -> None:
    assert next_renewal_age(issued) == renewal


def test_declaration_is_submitted_once_and_not_by_nobody(draft: Declaration) -> None:
    person = declare_person(full_name="Nguyễn Thị An", birth_date="1990", by=BY)
    with pytest.raises(NotAllowed):
        submit_declaration(declaration=draft, subject=person, contact=None, by=ANONYMOUS_CITIZEN)
    submit_declaration(declaration=draft, subject=person, contact=None, by=BY)
    with pytest.raises(Conflict) as caught:
        submit_declaration(declaration=draft, subject=person, contact=None, by=BY)
    assert caught.value.code == "move_not_allowed"


def test_submitted_declaration_is_neither_rewritten_nor_dropped(draft: Declaration) -> None:
    person = declare_person(full_name="Nguyễn Thị An", birth_date="1990", by=BY)
    stale = Declaration.objects.get(pk=draft.pk)
    submit_declaration(declaration=draft, subject=person, contact=None, by=BY)
    changed = validate_declaration(visit_data(note="Khác"))
    assert not redraft_declaration(declaration=stale, procedure_id=stale.procedure_id, details=changed, by=BY)
    assert drop_drafts(uids=[draft.uid], by=BY) == 0
    assert Declaration.objects.get(pk=draft.pk).details["note"] == ""


def test_cleaned_answers_are_in_one_spelling() -> None:
    details = validate_declaration(
        visit_data(
            full_name="  Nguyễn  Thị Ánh ", birth_date="5-9-1990", phone="+84 75 100 0000", note=" a\tb "
        )
    )
    assert details["full_name"] == "Nguyễn Thị Ánh"
    assert (details["birth_date"], details["phone"], details["note"]) == ("1990-09-05", "+84751000000", "a b")
    assert "accept_warnings" not in details


def test_json_becomes_what_could_have_been_typed() -> None:
    odd = {"a": None, "b": [1], "c": {"d": 1}, "e": 7, "f": True, "g": "x\x00\ud800y"}
    assert as_typed(odd) == {"e": "7", "f": "True", "g": "xy"}


def test_all_faults_of_a_declaration_come_together() -> None:
    with pytest.raises(ValidationError) as caught:
        validate_declaration({})
    assert sorted(caught.value.error_dict) == ["birth_date", "full_name", "phone", "request_kind"]
