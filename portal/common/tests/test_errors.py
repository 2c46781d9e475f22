"""Refusals carry a code, a sentence and a status."""

from django.core.exceptions import ValidationError

from portal.common.errors import Conflict, DomainError, NotAllowed, TooMany, field_errors


def test_each_refusal_has_its_status():
    made = [kind("some_code", "Câu.", free=1) for kind in (DomainError, NotAllowed, Conflict, TooMany)]
    assert [refusal.status for refusal in made] == [400, 403, 409, 429]
    assert [(refusal.code, refusal.message, refusal.extra) for refusal in made] == [
        ("some_code", "Câu.", {"free": 1})
    ] * 4


def test_text_of_a_refusal_is_its_code():
    """What lands in a log says nothing about a person."""
    assert str(Conflict("session_full", "Ông Trần Văn An hết chỗ.")) == "session_full"


def test_single_error_has_no_field():
    assert field_errors(ValidationError("Sai %(n)s.", code="bad", params={"n": 3})) == {
        "": [("bad", "Sai 3.")]
    }


def test_list_keeps_its_order_and_missing_codes_become_invalid():
    error = ValidationError([ValidationError("a", code="one"), ValidationError("b")])
    assert field_errors(error) == {"": [("one", "a"), ("invalid", "b")]}


def test_fields_keep_their_names_and_all_becomes_empty():
    error = ValidationError({"__all__": ["a"], "phone": ValidationError("b", code="phone_invalid")})
    assert field_errors(error) == {"": [("invalid", "a")], "phone": [("phone_invalid", "b")]}
