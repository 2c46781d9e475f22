"""The page of the declaration: drawn once, short first, open where something needs a look."""

import re
from unittest.mock import patch

import pytest
from crispy_forms.helper import FormHelper
from django.test import Client

from appointments.forms.visit import VisitForm, empty_fields
from appointments.models import Booking
from appointments.tests.visits import book
from procedures.actions.set_questions import set_questions
from procedures.declarations.id_card import SENSITIVE, IdCardDeclaration
from procedures.models import Declaration
from tests.people import BY, visit_data


@pytest.fixture
def path(slot) -> str:
    empty_fields.cache_clear()
    return f"/{slot.session.unit.slug}/dat-lich/khung-gio/{slot.uid}/"


def names_on(page: str) -> set[str]:
    return set(re.findall(r'name="([a-z_]+)"', page))


def open_folds(page: str) -> list[str]:
    return re.findall(r"<details class='fold' data-fold='(\w+)' open>", page)


def test_empty_page_is_drawn_once_for_everybody(path) -> None:
    drawn = []
    for language in ("", "/en"):
        for _visitor in range(3):
            with patch.object(
                FormHelper, "render_layout", autospec=True, side_effect=FormHelper.render_layout
            ) as render:
                assert 'id="id_full_name"' in Client().get(f"{language}{path}").content.decode()
            drawn.append(render.call_count)
    assert drawn == [1, 0, 0, 1, 0, 0]


def test_what_belongs_to_a_visitor_is_not_in_the_drawn_part(path, slot) -> None:
    pages = [Client().get(path).content.decode() for _visitor in range(2)]
    tokens = {re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages}
    assert len(tokens) == 2
    drawn = empty_fields("vi", ())
    assert not any(token in drawn for token in tokens)
    assert str(slot.uid) not in drawn
    assert [page.count(f'name="slot" value="{slot.uid}"') for page in pages] == [1, 1]
    assert [page.count(drawn) for page in pages] == [1, 1]


def test_drawn_page_asks_what_the_form_checks(path) -> None:
    page = Client().get(path).content.decode()
    asked = set(IdCardDeclaration.base_fields) - {"relation", "accept_warnings", *SENSITIVE}
    assert names_on(page) - {"csrfmiddlewaretoken", "viewport", "format_detection"} >= asked
    assert not names_on(page) & set(SENSITIVE)
    assert open_folds(page) == []


def test_sensitive_questions_stand_on_the_page_of_the_unit_that_asks(
    path, slot, django_capture_on_commit_callbacks
) -> None:
    unit = slot.session.unit
    assert not names_on(Client().get(path).content.decode()) & set(SENSITIVE)
    with django_capture_on_commit_callbacks(execute=True):
        set_questions(unit=unit, ask_ethnicity=True, ask_religion=False, by=BY)
    assert names_on(Client().get(path).content.decode()) & set(SENSITIVE) == {"ethnicity"}
    data = visit_data(slot=str(slot.uid), ethnicity="Cơ Tu", religion="Không")
    assert Client().post(path, data).status_code == 302
    details = Declaration.objects.get().details
    assert (details["ethnicity"], "religion" in details) == ("Cơ Tu", False)


@pytest.mark.parametrize(
    ("changes", "folds"),
    [
        ({"full_name": ""}, []),
        ({"old_number": "1"}, ["more"]),
        ({"representative_name": "1"}, ["child"]),
        ({"full_name": "", "birth_date": "01/02/2016"}, ["child"]),
        ({"identity_number": "001191000123", "birth_date": "05/09/1990"}, []),
    ],
)
def test_folds_stand_open_where_a_look_is_needed(path, slot, changes: dict, folds: list[str]) -> None:
    response = Client().post(path, visit_data(slot=str(slot.uid), **changes))
    assert response.status_code == 400
    assert open_folds(response.content.decode()) == folds


def test_a_doubt_is_asked_beside_its_tick_and_the_tick_answers_it(path, slot) -> None:
    data = visit_data(
        slot=str(slot.uid), request_kind="exchange", reason="age", card_issued_on="01/06/2021",
        birth_date="05/09/1990",
    )  # fmt: skip
    page = Client().post(path, data).content.decode()
    places = [page.index(f'id="id_{name}"') for name in ("phone", "reason", "accept_warnings")]
    assert places == sorted(places)
    assert places[-1] < page.index("data-fold='child'")
    assert Client().post(path, data | {"accept_warnings": "on"}).status_code == 302
    assert Booking.objects.count() == 1


def test_every_question_of_the_form_has_a_place_on_the_page() -> None:
    form = VisitForm(asks=SENSITIVE)
    placed = {name for _pointer, name in _pointers(form)}
    assert set(form.fields) - placed == {"relation", "accept_warnings"}


def _pointers(form: VisitForm) -> list[tuple[object, str]]:
    return [(pointer.positions, pointer.name) for pointer in form.helper.layout.get_field_names()]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"request_kind": "reissue", "reason": "lost"}, ["Mất hoặc hỏng thẻ"]),
        ({"request_kind": "exchange"}, ["Thẻ đổi khi đủ 14, 25, 40, 60 tuổi"]),
        ({"birth_date": "05/09/1990", "card_issued_on": "01/06/2024"}, ["Thẻ cấp từ đủ 23 tuổi"]),
        ({"request_kind": "first_issue", "birth_date": "05/09/2016"}, []),
        ({}, []),
    ],
)
def test_ticket_tells_what_age_and_card_mean(slot, changes: dict[str, str], told: list[str]) -> None:
    booking = book(slot, **changes)
    page = Client().get(f"/{booking.unit.slug}/phieu/{booking.declaration.code}/").content.decode()
    found = re.findall(r"<li>([^<]+)</li>", page.partition("Cần biết về thẻ")[2].partition("</ul>")[0])
    assert len(found) == len(told)
    assert all(text.startswith(start) for text, start in zip(found, told, strict=True))
