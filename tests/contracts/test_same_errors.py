"""The same bad input has the same answer at every door: page, REST API and action.

A rule that lives in one door is a rule the others lack. Each case goes through all three; the codes must be
equal to the expected ones, the words Vietnamese, and the page must keep what was typed.
"""

import datetime as dt
import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from appointments.actions.confirm_visit import confirm_visit
from appointments.actions.hold_visit import hold_visit
from appointments.actions.open_campaign import move_campaign
from appointments.enums import CampaignStatus
from appointments.models import Booking, Campaign, Slot
from appointments.tests.visits import UNKNOWN, book, code_for, hold, slots_in_order, wrong_code_for
from portal.citizens.enums import Channel
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, DomainError, field_errors
from tests.contracts.bad_declarations import BAD, Codes
from tests.people import BY, make_campaign, visit_data

# A choice nobody offers is not kept: there is no line to keep it in.
CHOICES = ("request_kind", "reason", "gender", "relation", "representative_relation", "delivery")
_VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)


def check_words(*texts: str) -> None:
    """Sentences for people, in Vietnamese, that never repeat an endless input."""
    for text in texts:
        assert _VIETNAMESE.search(text), text
        assert len(text) < 250, text[:300]


def answer_of(call: Callable[[], Any]) -> Codes | str:
    """{field: codes}, or the code of a refusal as a whole."""
    try:
        call()
    except ValidationError as error:
        found = field_errors(error)
        check_words(*[text for items in found.values() for _code, text in items])
        return {field: sorted(code for code, _text in items) for field, items in found.items()}
    except DomainError as refusal:
        check_words(str(refusal.message))
        return refusal.code
    return "accepted"


def by_action(slot: Slot, data: dict[str, Any], /, **wish: Any) -> Codes | str:
    wanted = {"unit": slot.session.unit, "slot": str(slot.uid), **wish}
    return answer_of(
        lambda: hold_visit(**wanted, data=data, address="198.51.100.7", proof=None, by=ANONYMOUS_CITIZEN)
    )


def api_answer(response: Any) -> Codes | str:
    if response.status_code < 300:
        return "accepted"
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    check_words(body["detail"])
    if body["code"] != "invalid_input":
        return body["code"]
    check_words(*[error["message"] for error in body["errors"]])
    found: Codes = {}
    for error in body["errors"]:
        found.setdefault(error["field"], []).append(error["code"])
    return {field: sorted(codes) for field, codes in found.items()}


def by_api(slot: Slot, data: dict[str, Any], /, **wish: Any) -> Codes | str:
    unit = wish.get("unit", slot.session.unit)
    body = json.dumps({**data, "slot": str(wish.get("slot", slot.uid))})
    path = f"/api/v1/units/{unit.slug}/visits/"
    return api_answer(Client().post(path, body, content_type="application/json"))


def page_answer(response: Any) -> Codes | str:
    if response.status_code < 400:
        return "accepted"
    form = response.context["form"]
    found = {"" if field == "__all__" else field: errors.as_data() for field, errors in form.errors.items()}
    check_words(*[text for errors in found.values() for error in errors for text in error.messages])
    return {field: sorted(error.code for error in errors) for field, errors in found.items()}


def post_page(slot: Slot, data: dict[str, Any], /, **wish: Any) -> Any:
    unit = wish.get("unit", slot.session.unit)
    path = f"/{unit.slug}/dat-lich/khung-gio/{slot.uid}/"
    return Client().post(path, {**data, "slot": str(wish.get("slot", slot.uid))})


def typed_values(page: str) -> str:
    """Every value attribute and every checked radio of a page."""
    return "\n".join(html.unescape(value) for value in re.findall(r'value="([^"]*)"', page))


def test_there_are_at_least_sixty_bad_inputs() -> None:
    assert len(BAD) >= 60


@pytest.mark.parametrize("name", BAD)
def test_bad_input_has_one_answer_at_every_door(slot: Slot, name: str) -> None:
    changes, expected = BAD[name]
    data = visit_data() | changes
    response = post_page(slot, data)
    found = (by_action(slot, data), by_api(slot, data), page_answer(response))
    assert found == (expected, expected, expected)
    assert response.status_code == 400
    kept = typed_values(response.content.decode())
    for field, value in data.items():
        if field not in CHOICES:
            assert value in kept, field
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "required"), ([], "required"), (["Nguyễn Thị An"], "required"), ({"a": 1}, "required"),
     (7, "name_letters"),
     (1.5, "name_letters"), (10**40, "name_letters"), ("\ud800", "required")],
)  # fmt: skip
def test_json_of_another_type_is_read_as_what_could_have_been_typed(
    slot: Slot, value: Any, code: str
) -> None:
    data = visit_data() | {"full_name": value}
    assert by_action(slot, data) == by_api(slot, data) == {"full_name": [code]}


@pytest.mark.parametrize("field", ["phone", "birth_date", "request_kind", "note", "accept_warnings", "slot"])
@pytest.mark.parametrize("value", [[1], {"a": [None]}, None, 3, -1.5, True, "\x00", "\ud800"])
def test_no_json_value_breaks_the_api(slot: Slot, field: str, value: Any) -> None:
    body = json.dumps({**visit_data(), "slot": str(slot.uid), field: value})
    path = f"/api/v1/units/{slot.session.unit.slug}/visits/"
    response = Client().post(path, body, content_type="application/json")
    assert response.status_code in (201, 400)
    api_answer(response)


@pytest.mark.parametrize("body", ["[]", "null", "7", '"x"', "{", "", "{}"])
def test_body_that_is_no_declaration_is_a_problem_and_no_crash(slot: Slot, body: str) -> None:
    path = f"/api/v1/units/{slot.session.unit.slug}/visits/"
    response = Client().post(path, body, content_type="application/json")
    assert response.status_code == 400
    api_answer(response)


# ---- slots


def whole(slot: Slot, data: dict[str, Any], /, **wish: Any) -> tuple[Codes | str, ...]:
    """Action, API and page; a refusal as a whole stands on the page above the form or at the slot."""
    found = page_answer(post_page(slot, data, **wish))
    if isinstance(found, dict):
        [codes] = found.values()
        found = codes[0]
    return by_action(slot, data, **wish), by_api(slot, data, **wish), found


@pytest.mark.parametrize("wish", [str(UNKNOWN), "x", "' OR 1=1 --", "9" * 10_000])
def test_unknown_slot(slot: Slot, wish: str) -> None:
    expected = {"slot": ["slot_unknown"]}
    data = visit_data()
    found = (
        by_action(slot, data, slot=wish),
        by_api(slot, data, slot=wish),
        page_answer(post_page(slot, data, slot=wish)),
    )
    assert found == (expected,) * 3  # fmt: skip


def test_no_slot(slot: Slot) -> None:
    expected, data = {"slot": ["slot_required"]}, visit_data()
    found = (
        by_action(slot, data, slot=""),
        by_api(slot, data, slot=""),
        page_answer(post_page(slot, data, slot="")),
    )
    assert found == (expected,) * 3  # fmt: skip


def test_slot_of_another_unit(slot: Slot, other_ward, id_card) -> None:
    elsewhere = slots_in_order(make_campaign(other_ward, id_card).sessions.first())[0]
    expected, wish, data = {"slot": ["slot_unknown"]}, str(elsewhere.uid), visit_data()
    found = (
        by_action(slot, data, slot=wish),
        by_api(slot, data, slot=wish),
        page_answer(post_page(slot, data, slot=wish)),
    )
    assert found == (expected,) * 3  # fmt: skip
    assert post_page(slot, data, unit=other_ward).status_code == 404


def test_slot_that_has_begun(slot: Slot) -> None:
    with time_machine.travel(slot.starts_at, tick=False):
        assert whole(slot, visit_data()) == ("slot_past",) * 3


def test_closed_campaign(slot: Slot) -> None:
    move_campaign(campaign=slot.session.campaign, to=CampaignStatus.CLOSED, by=BY)
    assert whole(slot, visit_data()) == ("campaign_closed",) * 3


def test_campaign_whose_intake_ended(slot: Slot) -> None:
    Campaign.objects.update(intake_closes_at=timezone.now())
    assert whole(slot, visit_data()) == ("campaign_closed",) * 3


def test_full_slot_keeps_what_was_typed_and_offers_others(slot: Slot) -> None:
    for number in range(1, 4):
        book(slot, number)
    data = visit_data(note="Đi xe lăn")
    assert whole(slot, data) == ("slot_full",) * 3
    response = post_page(slot, data)
    assert response.status_code == 409
    kept = typed_values(response.content.decode())
    assert all(value in kept for value in data.values())
    others = slots_in_order(slot.session)[1:]
    assert all(str(other.uid) in kept for other in others)


def test_registered_person(slot: Slot) -> None:
    book(slot)
    assert whole(slot, visit_data()) == ("already_registered",) * 3


# ---- the code


def code_by_action(booking: Booking, code: str) -> Codes | str:
    return answer_of(
        lambda: confirm_visit(booking_uid=booking.uid, code=code, channel=Channel.WEB, by=ANONYMOUS_CITIZEN)
    )


def code_by_api(booking: Booking, code: str) -> Codes | str:
    path = f"/api/v1/visits/{booking.uid}/confirm/"
    return api_answer(Client().post(path, json.dumps({"code": code}), content_type="application/json"))


def code_by_page(booking: Booking, code: str) -> Codes | str:
    response = Client().post(
        f"/{booking.unit.slug}/dat-lich/xac-nhan/{booking.uid}/", {"code": code, "slot": ""}
    )
    if code and response.status_code >= 400:
        assert code in typed_values(response.content.decode())
    return page_answer(response)


DOORS = [code_by_action, code_by_api, code_by_page]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "code", ["", "   ", "12345", "1234567", "abcdef", "１２３４５６", "1" * 10_000, "<b>"]
)
def test_code_that_is_no_six_digits(slot: Slot, door: Callable, code: str) -> None:
    assert door(hold(slot), code) == {"code": ["code_wrong"]}


@pytest.mark.parametrize("door", DOORS)
def test_wrong_code_then_sixth_try(slot: Slot, door: Callable) -> None:
    booking = hold(slot)
    wrong = wrong_code_for(booking)
    assert [door(booking, wrong) for _try in range(5)] == [{"code": ["code_wrong"]}] * 5
    assert door(booking, code_for(booking)) == {"code": ["code_tries_spent"]}


@pytest.mark.parametrize("door", DOORS)
def test_expired_code(slot: Slot, door: Callable) -> None:
    booking = hold(slot)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        assert door(booking, code_for(booking)) == {"code": ["code_expired"]}


@pytest.mark.parametrize("door", DOORS)
def test_right_code_is_accepted_and_so_is_its_repeat(slot: Slot, door: Callable) -> None:
    booking = hold(slot)
    code = code_for(booking)
    assert [door(booking, code), door(booking, f"{code[:3]} {code[3:]}")] == ["accepted"] * 2
    assert Booking.objects.get().number == 1


def test_unknown_hold(slot: Slot) -> None:
    with pytest.raises(Conflict) as caught:
        confirm_visit(booking_uid=UNKNOWN, code="123456", channel=Channel.WEB, by=ANONYMOUS_CITIZEN)
    path = f"/api/v1/visits/{UNKNOWN}/confirm/"
    response = Client().post(path, json.dumps({"code": "123456"}), content_type="application/json")
    assert (caught.value.code, api_answer(response)) == ("booking_unknown", "booking_unknown")
    assert (
        Client().post(f"/{slot.session.unit.slug}/dat-lich/xac-nhan/{UNKNOWN}/", {"code": "1"}).status_code
        == 404
    )
