"""The personal number is checked for its form only; a contradiction is a hint."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.common.identity import birth_year_differs, clean_identity_number, mask_identity_number


@given(number=st.text("0123456789", min_size=12, max_size=12).filter(lambda digits: len(set(digits)) > 1))
def test_twelve_digits_are_taken_in_every_notation(number):
    spaced = f" {number[:3]} {number[3:6]}.{number[6:9]}-{number[9:]} "
    assert clean_identity_number(number) == clean_identity_number(spaced) == number


@pytest.mark.parametrize(
    "text", ["", "123456789", "01234567890", "0123456789012", "01234567890a", "٠١٢٣٤٥٦٧٨٩٠١", "0" * 12]
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValidationError) as caught:
        clean_identity_number(text)
    assert caught.value.code == "identity_number_invalid"
    assert text == "" or text not in str(caught.value)


@given(
    year=st.integers(1900, 2199), sex=st.integers(0, 1), tail=st.text("0123456789", min_size=6, max_size=6)
)
def test_birth_year_in_the_number_agrees_with_its_own_year_only(year, sex, tail):
    century = (year - 1900) // 100 * 2 + sex
    number = f"048{century}{year % 100:02d}{tail}"
    assert birth_year_differs(number, year) is False
    assert birth_year_differs(number, year + 1) is True


def test_number_is_masked():
    assert mask_identity_number("012345678789") == "012******789"
