"""What age and card say about a visit (Law 26/2023/QH15, articles 19, 21): properties over all dates."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.declarations.ages import advice, advice_for, band_of, is_too_early
from procedures.enums import Advice, AgeBand, RequestKind, RequestReason
from procedures.validators import (
    RENEWAL_AGES,
    birthday,
    is_renewal_due,
    next_renewal_age,
    renewal_age,
    years_between,
)

BIRTHS = st.dates(dt.date(1900, 1, 1), dt.date(2026, 12, 31))
DAYS_OF_LIFE = st.integers(0, 100 * 365)
KINDS = st.sampled_from(RequestKind.values)


@st.composite
def cards(draw) -> tuple[dt.date, dt.date]:
    """A birth date and a later day on which a card was issued."""
    birth = draw(BIRTHS)
    return birth, birth + dt.timedelta(days=draw(DAYS_OF_LIFE))


@given(cards())
def test_a_card_lasts_to_a_renewal_age_more_than_two_years_ahead(card) -> None:
    birth, issued = card
    age = renewal_age(birth, issued)
    passed = years_between(birth, issued)
    if age is None:
        assert passed >= 58
    else:
        assert age in RENEWAL_AGES
        assert birthday(birth, age) > birthday(birth, passed + 2)
        skipped = [mark for mark in RENEWAL_AGES if passed < mark < age]
        assert all(mark - passed <= 2 for mark in skipped)


@given(st.integers(0, 110))
def test_who_is_older_never_renews_earlier(age: int) -> None:
    now, later = next_renewal_age(age) or 999, next_renewal_age(age + 1) or 999
    assert now <= later


@given(cards(), st.integers(0, 60 * 365))
def test_a_card_is_due_from_its_birthday_on_and_not_a_day_before(card, wait: int) -> None:
    birth, issued = card
    age = renewal_age(birth, issued)
    assert is_renewal_due(birth, issued, issued) is False
    if age is not None:
        due = birthday(birth, age)
        assert is_renewal_due(birth, issued, due - dt.timedelta(days=1)) is False
        assert is_renewal_due(birth, issued, due + dt.timedelta(days=wait)) is True


@given(BIRTHS, st.integers(0, 120))
def test_birthday_is_the_first_day_of_an_age(birth: dt.date, age: int) -> None:
    day = birthday(birth, age)
    assert years_between(birth, day) == age
    assert age == 0 or years_between(birth, day - dt.timedelta(days=1)) == age - 1


@given(BIRTHS, DAYS_OF_LIFE)
def test_bands_follow_each_other_at_six_and_fourteen(birth: dt.date, days: int) -> None:
    day = birth + dt.timedelta(days=days)
    age = years_between(birth, day)
    expected = AgeBand.UNDER_6 if age < 6 else AgeBand.FROM_6_TO_13 if age < 14 else AgeBand.FROM_14
    assert band_of(birth.isoformat(), day) == expected


@given(cards(), KINDS, st.sampled_from(["", *RequestReason.values]), st.integers(0, 60 * 365))
def test_advice_is_in_the_list_once_and_agrees_with_itself(card, kind: str, reason: str, wait: int) -> None:
    birth, issued = card
    day = issued + dt.timedelta(days=wait)
    told = advice(
        birth_date=birth.isoformat(), request_kind=kind, reason=reason, issued_on=issued.isoformat(), day=day
    )
    assert len(told) == len(set(told))
    band = band_of(birth.isoformat(), day)
    assert (Advice.CHILD_NEED_NOT_COME in told) == (band == AgeBand.UNDER_6)
    assert (Advice.CHILD_WITH_REPRESENTATIVE in told) == (band == AgeBand.FROM_6_TO_13)
    assert (Advice.RENEWAL_DUE in told) == is_renewal_due(birth, issued, day)
    assert (Advice.RENEWAL_TOO_EARLY in told) == is_too_early(
        birth.isoformat(), issued.isoformat(), kind, reason, day
    )


DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("birth", "kind", "reason", "issued", "expected"),
    [
        ("2021-11-22", "first_issue", "", "", ["child_need_not_come"]),
        ("2020-11-21", "first_issue", "", "", ["child_with_representative"]),
        ("2012-11-22", "first_issue", "", "", ["child_with_representative"]),
        ("2012-11-21", "first_issue", "", "", []),
        ("1990", "swap", "", "", []),
        ("1990-09-05", "exchange", "", "", ["renewal_ages"]),
        ("2001-11-21", "exchange", "age", "2016-01-05", ["renewal_due"]),
        ("2001-11-22", "exchange", "age", "2016-01-05", ["renewal_too_early", "card_until_25"]),
        ("2001-11-21", "exchange", "age", "2024-11-21", ["renewal_too_early", "card_until_40"]),
        ("2001-11-21", "exchange", "wish", "2024-11-21", ["card_until_40"]),
        ("1966-01-01", "swap", "", "2025-06-01", ["card_for_life"]),
        ("1990-09-05", "reissue", "lost", "", ["reissue_online"]),
        ("1990-09-05", "exchange", "reorganisation", "", ["reorganisation_online", "renewal_ages"]),
    ],
)  # fmt: skip
def test_what_is_told(birth: str, kind: str, reason: str, issued: str, expected: list[str]) -> None:
    details = {"birth_date": birth, "request_kind": kind, "reason": reason, "card_issued_on": issued}
    assert advice_for(details, DAY) == expected


def test_a_declaration_of_before_these_questions_is_still_advised() -> None:
    assert advice_for({"birth_date": "1990", "request_kind": "exchange"}, DAY) == ["renewal_ages"]
