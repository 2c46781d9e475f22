"""Names and birth dates."""

import datetime as dt
import unicodedata

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.citizens.validators import age_on, clean_birth_date, clean_person_name, show_birth_date


def code_of_error(check, text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        check(text)
    return caught.value.code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn   Văn  An ", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Đặng Thị Hòa"), "Đặng Thị Hòa"),
        ("H’Hen Niê", "H'Hen Niê"),
        ("Y–Bhăm Êban", "Y-Bhăm Êban"),
        ("K'Brơ̆i", "K'Brơ̆i"),
        ("Bảy", "Bảy"),
        ("TRẦN T. BÌNH", "TRẦN T. BÌNH"),
    ],
)
def test_names_of_all_peoples_are_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert clean_person_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_required"),
        (" \u200b ", "name_required"),
        ("A" * 101, "name_too_long"),
        ("Y", "name_letters"),
        ("Nguyễn Văn 2", "name_letters"),
        ("<b>An</b>", "name_letters"),
        ("0750000001", "name_letters"),
        ("An; Bình", "name_letters"),
        ("-- ..", "name_letters"),
    ],
)
def test_name_faults_have_their_code(typed: str, code: str) -> None:
    assert code_of_error(clean_person_name, typed) == code


@given(st.text(max_size=120))
def test_any_text_is_a_clean_name_or_a_named_fault(text: str) -> None:
    try:
        name = clean_person_name(text)
    except ValidationError as error:
        assert error.code in ("name_required", "name_too_long", "name_letters")
        return
    assert clean_person_name(name) == name
    assert clean_person_name(unicodedata.normalize("NFD", name)) == name
    assert 2 <= len(name) <= 100


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("05/09/1990", "1990-09-05"),
        ("5-9-1990", "1990-09-05"),
        ("05091990", "1990-09-05"),
        (" 1990-09-05 ", "1990-09-05"),
        ("1958", "1958"),
        ("29/02/2024", "2024-02-29"),
    ],
)
def test_birth_dates_in_usual_notations(typed: str, kept: str) -> None:
    assert clean_birth_date(typed) == kept


@time_machine.travel("2026-11-21T17:30:00Z", tick=False)
def test_today_is_vietnamese_today() -> None:
    assert clean_birth_date("22/11/2026") == "2026-11-22"
    assert clean_birth_date("2026") == "2026"
    assert code_of_error(clean_birth_date, "23/11/2026") == "birth_date_future"
    assert code_of_error(clean_birth_date, "2027") == "birth_date_future"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "birth_date_required"),
        ("31/02/1990", "date_invalid"),
        ("năm 1990", "date_invalid"),
        ("90", "date_invalid"),
        ("31/12/1899", "birth_date_too_old"),
        ("1899", "birth_date_too_old"),
        ("0000", "birth_date_too_old"),
    ],
)
def test_birth_date_faults_have_their_code(typed: str, code: str) -> None:
    assert code_of_error(clean_birth_date, typed) == code


@given(st.text(alphabet="0123456789/-. năm", max_size=14))
def test_any_text_is_a_clean_birth_date_or_a_named_fault(text: str) -> None:
    try:
        birth = clean_birth_date(text)
    except ValidationError as error:
        assert error.code in (
            "birth_date_required",
            "date_invalid",
            "birth_date_future",
            "birth_date_too_old",
        )
        return
    assert clean_birth_date(birth) == birth
    assert len(birth) in (4, 10)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2020, 12, 31)), st.dates(dt.date(2021, 1, 1), dt.date(2099, 12, 31))
)
def test_age_grows_by_one_at_each_birthday(born: dt.date, day: dt.date) -> None:
    age = age_on(born.isoformat(), day)
    assert (born.year + age, born.month, born.day) <= (day.year, day.month, day.day)
    assert (born.year + age + 1, born.month, born.day) > (day.year, day.month, day.day)


def test_age_of_a_year_alone_counts_from_the_first_of_january() -> None:
    assert age_on("2012", dt.date(2026, 1, 1)) == 14


def test_birth_date_is_shown_the_vietnamese_way() -> None:
    assert show_birth_date("1990-09-05") == "05/09/1990"
    assert show_birth_date("1958") == "1958"
