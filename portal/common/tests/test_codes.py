"""A code survives being read out and typed; a wrong one is recognised without asking the database."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.common import codes
from portal.common.codes import ALPHABET, LENGTH, check_symbol, clean_code, find_code, new_code, show_code

bodies = st.text(alphabet=ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def refused(text):
    with pytest.raises(ValidationError) as caught:
        clean_code(text)
    return caught.value.code == "code_invalid"


@given(body=bodies)
def test_every_wrong_symbol_is_found(body):
    code = body + check_symbol(body)
    wrong = [
        code[:place] + symbol + code[place + 1 :]
        for place in range(LENGTH)
        for symbol in ALPHABET
        if symbol != code[place]
    ]
    assert len(wrong) == LENGTH * (len(ALPHABET) - 1)
    assert all(check_symbol(text[:-1]) != text[-1] for text in wrong)


@given(body=bodies)
def test_every_swap_of_neighbours_is_found(body):
    code = body + check_symbol(body)
    for place in range(LENGTH - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or refused(swapped)


@given(body=bodies, data=st.data())
def test_a_code_is_understood_in_every_way_of_typing_it(body, data):
    code = body + check_symbol(body)
    typed = "".join(
        data.draw(st.sampled_from([symbol, symbol.lower()]))
        + data.draw(st.sampled_from(["", " ", "-", "\n"]))
        for symbol in show_code(code)
    )
    assert clean_code(typed) == code


@given(text=st.text(max_size=30))
def test_any_text_is_cleaned_or_refused(text):
    try:
        assert clean_code(text) == clean_code(show_code(clean_code(text)))
    except ValidationError as error:
        assert error.code == "code_invalid"


def test_new_codes_are_valid_and_different():
    made = {new_code() for _ in range(1000)}
    assert len(made) == 1000
    assert [clean_code(code) for code in made] == list(made)


def test_code_has_more_than_fifty_random_bits():
    assert len(ALPHABET) ** (LENGTH - 1) > 2**53
    assert len(set(ALPHABET)) == 29


def test_code_is_shown_in_three_groups():
    assert show_code("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


@pytest.mark.parametrize(
    "text", ["", "ABCD", "ABCD-EFGH-JKM0", "ABCD-EFGH-JKMNP", "АBCDEFGHJKMN", "abc def ghi"]
)
def test_other_texts_are_refused(text):
    assert refused(text)


def test_s_is_read_as_5():
    body = "55555555555"
    code = body + check_symbol(body)
    assert clean_code(code.replace("5", "s")) == code


def test_find_code_asks_every_room(monkeypatch):
    monkeypatch.setattr(codes, "_holders", {})
    codes.register_code_holder("one", lambda code: None)
    codes.register_code_holder("two", lambda code: f"found {code}")
    assert find_code("X") == "found X"


def test_find_code_of_nobody_is_none(monkeypatch):
    monkeypatch.setattr(codes, "_holders", {})
    assert find_code("X") is None
