"""Names and birth dates of people, names and tax codes of organisations: one check for every door."""

import datetime as dt
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.clock import local_today, parse_date
from portal.common.codes import ALPHABET
from portal.common.text import clean_text, fold

LONGEST_NAME = 100
FEWEST_LETTERS = 2
OLDEST_YEAR = 1900
LONGEST_ORGANISATION_NAME = 200
TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_YEAR = re.compile(r"[0-9]{4}")
# Phones type curly quotes and long dashes for the marks in names such as H'Hen, B'Lao, Y-Bhăm.
_MARKS = str.maketrans({"–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_ALLOWED_MARKS = frozenset(" '-.")


def _is_letter(symbol: str) -> bool:
    return unicodedata.category(symbol).startswith("L")


def _may_stand_in_name(symbol: str) -> bool:
    """Letters, four marks, and accents for which Unicode has no ready-made letter (minority names)."""
    return _is_letter(symbol) or symbol in _ALLOWED_MARKS or unicodedata.category(symbol) == "Mn"


def clean_person_name(text: str) -> str:
    """`text` as NFC with single spaces and plain marks, 2-100 characters.

    ValidationError `name_required`, `name_too_long`, `name_letters`. One word is a full name for some
    peoples of Viet Nam, so the number of words is not checked.
    """
    name = clean_text(clean_text(text).translate(_MARKS))
    if not name:
        raise ValidationError(_("Xin nhập họ, chữ đệm và tên."), code="name_required")
    if len(name) > LONGEST_NAME:
        raise ValidationError(_("Họ và tên dài nhất 100 ký tự."), code="name_too_long")
    letters = sum(_is_letter(symbol) for symbol in name)
    if letters < FEWEST_LETTERS or not all(_may_stand_in_name(symbol) for symbol in name):
        raise ValidationError(
            _("Họ và tên chỉ gồm chữ cái, dấu cách, dấu nháy, dấu chấm và gạch nối."), code="name_letters"
        )
    return name


def _check_range(first: dt.date, last: dt.date) -> None:
    if first > local_today():
        raise ValidationError(_("Ngày sinh không thể ở tương lai."), code="birth_date_future")
    if last.year < OLDEST_YEAR:
        raise ValidationError(_("Ngày sinh không thể trước năm 1900."), code="birth_date_too_old")


def clean_birth_date(text: str) -> str:
    """`yyyy-mm-dd`, or `yyyy` for the people whose papers show a year only.

    ValidationError `birth_date_required`, `date_invalid`, `birth_date_future`, `birth_date_too_old`.
    """
    wanted = clean_text(text)
    if not wanted:
        raise ValidationError(
            _("Xin nhập ngày sinh, ví dụ 05/09/1990, hoặc chỉ năm sinh."), code="birth_date_required"
        )
    if _YEAR.fullmatch(wanted):
        year = int(wanted)
        if year == 0:
            raise ValidationError(_("Ngày sinh không thể trước năm 1900."), code="birth_date_too_old")
        _check_range(dt.date(year, 1, 1), dt.date(year, 12, 31))
        return wanted
    day = parse_date(wanted)
    _check_range(day, day)
    return day.isoformat()


def age_on(birth: str, day: dt.date) -> int:
    """Full years on the local date `day` of a person born `yyyy-mm-dd` or `yyyy`.

    A year alone counts as 1 January (the oldest the person can be); 29 February is reached on 1 March.
    """
    year, month, date = (int(part) for part in (birth if "-" in birth else f"{birth}-01-01").split("-"))
    return day.year - year - ((day.month, day.day) < (month, date))


def show_birth_date(birth: str) -> str:
    """`05/09/1990`, or the year alone."""
    return "/".join(reversed(birth.split("-")))


def clean_organisation_name(text: str) -> str:
    """`text` as NFC with single spaces, 2-200 characters with at least two letters or digits.

    ValidationError `organisation_name_required`, `organisation_name_too_long`. Company names carry digits,
    dots, brackets and ampersands, so their symbols are not checked.
    """
    name = clean_text(text)
    if sum(symbol.isalnum() for symbol in name) < FEWEST_LETTERS:
        raise ValidationError(_("Xin nhập tên tổ chức, doanh nghiệp."), code="organisation_name_required")
    if len(name) > LONGEST_ORGANISATION_NAME:
        raise ValidationError(_("Tên dài nhất 200 ký tự."), code="organisation_name_too_long")
    return name


def clean_tax_code(text: str) -> str:
    """10 digits, or 10-3 digits for a branch (`0100000001-001`); ValidationError `tax_code_invalid`.

    The tenth digit checks the nine before it: 10 minus their sum, weighted 31, 29, 23, 19, 17, 13, 7, 5, 3,
    modulo 11 (the algorithm as python-stdnum 2.2 has it in stdnum.vn.mst; form: Circular 86/2024/TT-BTC,
    article 5). The seven digits after the province's two are never all zero, nor is a branch's number.
    A household business files under its owner's personal number since 1/7/2025: it acts as that person.
    """
    digits = re.sub(r"[\s.\-]+", "", clean_text(text))
    if not re.fullmatch(r"[0-9]{10}([0-9]{3})?", digits) or not _is_tax_code(digits):
        raise ValidationError(
            _("Mã số thuế gồm 10 chữ số, chi nhánh thêm 3 chữ số. Xin xem lại giấy đăng ký."),
            code="tax_code_invalid",
        )
    return digits if len(digits) == 10 else f"{digits[:10]}-{digits[10:]}"


def _is_tax_code(digits: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(TAX_WEIGHTS, digits, strict=False))
    zero = digits[2:9] == "0000000" or digits[10:] == "000"
    return not zero and str(10 - total % 11) == digits[9]


# ---- words that people send to an account on Zalo

LINK_SYMBOLS = 8
_LINK_CODE = re.compile(rf"\W*KN[\s:.-]*([{ALPHABET}S]{{4}})[\s-]*([{ALPHABET}S]{{4}})\W*")
_STOP = {
    *("huy", "huy lien ket", "huy nhan tin", "huy tin", "huy zalo", "dung", "dung lai", "dung nhan tin"),
    *("ngung", "ngung nhan tin", "tu choi", "tu choi nhan tin", "khong nhan tin", "stop", "unsubscribe"),
}
_LINK = {"lien ket", "#lienket", "ket noi", "nhan tin qua zalo", "lien ket zalo"}


def link_code_in(text: str) -> str:
    """The eight symbols of `KN ABCD-EFGH`, typed in any way; "" when the text is something else."""
    found = _LINK_CODE.fullmatch(clean_text(text).upper())
    return (found[1] + found[2]).replace("S", "5") if found else ""


def is_stop_word(text: str) -> bool:
    """Somebody wants no more messages: the whole text is one of a few words, with or without accents."""
    return _bare(text) in _STOP


def is_link_word(text: str) -> bool:
    """Somebody asks how to get messages on Zalo."""
    return _bare(text) in _LINK


def _bare(text: str) -> str:
    return fold(text).strip(" .,!?\"'")
