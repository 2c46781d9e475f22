"""Warnings that one tick overrides: what is unusual, never what is wrong.

The inner structure of the personal number proves nothing any more (the circular behind it expired on
1 July 2024, numbers are re-established, sex and birth dates corrected), so it may only raise a question.
"""

import datetime as dt
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.identity import birth_year_differs
from portal.units.official import read_table
from procedures.declarations.ages import band_of, is_too_early
from procedures.enums import Advice, AgeBand, Gender

_TEXTS = {
    "identity_number_doubtful": _(
        "Số định danh này thường thuộc về người sinh năm khác. Nếu số đúng, xin đánh dấu ô xác nhận."
    ),
    "identity_number_gender": _(
        "Số định danh này thường thuộc về người có giới tính khác. Nếu số đúng, xin đánh dấu ô xác nhận."
    ),
    "identity_number_place": _(
        "Ba số đầu của số định danh này ít gặp. Nếu số đúng, xin đánh dấu ô xác nhận."
    ),
    "child_need_not_come": Advice.CHILD_NEED_NOT_COME.label,
    "renewal_too_early": Advice.RENEWAL_TOO_EARLY.label,
}
# Their words are a piece of advice; what the tick means is said after it.
_STILL = _("Nếu vẫn muốn hẹn, xin đánh dấu ô xác nhận.")
_ADVICE = ("child_need_not_come", "renewal_too_early")
CODES = frozenset(_TEXTS)


def doubts(data: dict[str, Any], day: dt.date) -> dict[str, ValidationError]:
    """{field: the doubt about it} for cleaned answers (wrong ones are absent) of a visit on `day`."""
    found = {}
    if code := _about_number(data):
        found["identity_number"] = _doubt(code)
    if _is_small_child(data, day):
        found["birth_date"] = _doubt("child_need_not_come")
    if _comes_too_early(data, day):
        found["reason"] = _doubt("renewal_too_early")
    return found


def _doubt(code: str) -> ValidationError:
    words = f"{_TEXTS[code]} {_STILL}" if code in _ADVICE else _TEXTS[code]
    return ValidationError(words, code=code)


def _about_number(data: dict[str, Any]) -> str:
    number, birth, gender = (data.get(name) for name in ("identity_number", "birth_date", "gender"))
    if not number:
        return ""
    if birth and birth_year_differs(number, int(birth[:4])):
        return "identity_number_doubtful"
    if gender and (int(number[3]) % 2 == 1) != (gender == Gender.FEMALE):
        return "identity_number_gender"
    return "" if number[:3] in _known_places() or number[0] != "0" else "identity_number_place"


@cache
def _known_places() -> frozenset[str]:
    """0 and the code of one of the 63 provinces until June 2025; from 100 on are foreign countries."""
    return frozenset(f"0{row['code']}" for row in read_table("old_provinces.tsv"))


def _is_small_child(data: dict[str, Any], day: dt.date) -> bool:
    birth = data.get("birth_date")
    return bool(birth) and band_of(str(birth), day) == AgeBand.UNDER_6


def _comes_too_early(data: dict[str, Any], day: dt.date) -> bool:
    birth, issued = data.get("birth_date"), data.get("card_issued_on")
    if not birth or not issued:
        return False
    return is_too_early(birth, issued, data.get("request_kind", ""), data.get("reason", ""), day)
