"""Value checks of declarations and of the catalogue; each raises ValidationError with a stable code."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.clock import parse_date
from portal.common.text import clean_text
from procedures.content import Answers, Content, Item, questions_for
from procedures.enums import AgeBand, Channel, Fact, OnlineFiling, PaperForm, Tier, TimeUnit

FREE_TEXT_LIMIT = 300
RENEWAL_AGES = (14, 25, 40, 60)
# A card issued within two years before a renewal age stays valid until the next one (Law 26/2023, art. 21).
RENEWAL_GRACE_YEARS = 2


def clean_old_number(text: str) -> str:
    """The 9 digits of an old CMND; ValidationError `old_number_invalid`."""
    digits = re.sub(r"[\s.\-]+", "", text)
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise ValidationError(
            _("Số CMND cũ gồm đúng 9 chữ số. Nếu không nhớ, xin để trống."), code="old_number_invalid"
        )
    return digits


def clean_card_date(text: str) -> str:
    """A date printed on a card as `yyyy-mm-dd`; ValidationError `date_invalid`."""
    return parse_date(clean_text(text)).isoformat()


def clean_free_text(text: str) -> str:
    """One line of at most 300 characters without markup; codes `text_too_long`, `text_markup`."""
    cleaned = clean_text(text)
    if len(cleaned) > FREE_TEXT_LIMIT:
        raise ValidationError(
            _("Xin viết ngắn lại, không quá %(limit)s ký tự (hiện có %(count)s)."),
            code="text_too_long",
            params={"limit": FREE_TEXT_LIMIT, "count": len(cleaned)},
        )
    if "<" in cleaned or ">" in cleaned:
        raise ValidationError(_("Xin không dùng dấu < và >."), code="text_markup")
    return cleaned


def years_between(birth: dt.date, day: dt.date) -> int:
    """Full years of age on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_band(birth: dt.date, day: dt.date) -> AgeBand:
    age = years_between(birth, day)
    if age < 6:
        return AgeBand.UNDER_6
    return AgeBand.FROM_6_TO_13 if age < 14 else AgeBand.FROM_14


def next_renewal_age(age_at_issue: int) -> int | None:
    """The age at which a card issued at `age_at_issue` must be exchanged; None after 60."""
    for age in RENEWAL_AGES:
        if age > age_at_issue and age - age_at_issue > RENEWAL_GRACE_YEARS:
            return age
    return None


def renewal_age(birth: dt.date, issued: dt.date) -> int | None:
    """Until which age a card issued on `issued` serves; None: for life."""
    return next_renewal_age(years_between(birth, issued))


def birthday(birth: dt.date, age: int) -> dt.date:
    """The day `age` is reached; who was born on 29 February reaches it on 1 March of a common year."""
    year = birth.year + age
    try:
        return birth.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def is_renewal_due(birth: dt.date, issued: dt.date, day: dt.date) -> bool:
    """True when a card issued on `issued` has reached its renewal age on `day`."""
    age = renewal_age(birth, issued)
    return age is not None and day >= birthday(birth, age)


# ---- the catalogue

CONTENT_TEXT_LIMIT = 1500
NOTE_LIMIT = 1000
TEXTS = (
    "field",
    "summary",
    "who",
    "result",
    "where",
    "legal_basis",
    "form_codes",
    "official_code",
    "codes",
    "official_link",
)
LISTS = ("papers", "times", "fees", "steps", "advice", "questions", "exemptions")
_PLAIN = ("level", "words", "unsure", "online")
_CHOICES = {
    ("papers", "form"): PaperForm.values,
    ("times", "unit"): TimeUnit.values,
    ("fees", "channel"): ["", *Channel.values],
}
_LISTED = {"unsure": Fact.values, "level": Tier.values, "online": OnlineFiling.values}
_NUMBERS = {("times", "value"), ("fees", "amount")}
_DAYS = {("fees", "valid_from"), ("fees", "valid_to")}
_NEEDED = {"papers": "text", "steps": "text", "advice": "text", "times": "unit", "fees": "label"}


def check_content(content: Content) -> None:
    """The document of a version; ValidationError {part: code} with all faults at once.

    Codes: part_unknown, text_too_long, text_markup, item_incomplete, choice_unknown, number_invalid,
    date_invalid, condition_unknown, link_invalid.
    """
    faults: dict[str, ValidationError] = {}
    for part, value in content.items():
        try:
            _check_part(content, part, value)
        except ValidationError as error:
            faults[part] = error
    if faults:
        raise ValidationError(faults)


def _check_part(content: Content, part: str, value: Any) -> None:
    if part.removesuffix("_en") in TEXTS:
        _check_words(value)
        if part == "official_link" and value and not value.startswith("https://"):
            raise ValidationError(_("Địa chỉ liên kết phải bắt đầu bằng https://."), code="link_invalid")
    elif part in LISTS:
        for item in value:
            _check_item(content, part, item)
    elif part not in _PLAIN:
        raise ValidationError(
            _("Mục “%(part)s” không có trong thủ tục."), code="part_unknown", params={"part": part}
        )
    elif part in _LISTED:
        _check_listed(value if isinstance(value, list) else [value], _LISTED[part])


def _check_item(content: Content, part: str, item: Item) -> None:
    needed = _NEEDED.get(part)
    if needed and not item.get(needed):
        raise ValidationError(_("Có dòng chưa ghi đủ nội dung."), code="item_incomplete")
    for name, value in item.items():
        if isinstance(value, str):
            _check_words(value)
        if (part, name) in _CHOICES:
            _check_listed([value], _CHOICES[part, name])
        if (part, name) in _NUMBERS and (not isinstance(value, int) or value < 0):
            raise ValidationError(_("Xin ghi một số từ 0 trở lên."), code="number_invalid")
        if (part, name) in _DAYS and value:
            _check_day(value)
    # Citizens read "half a working day" without a number: two halves are one day, and written so.
    if item.get("unit") == TimeUnit.HALF_WORKING_DAY and item.get("value") != 1:
        raise ValidationError(_("Lựa chọn không có trong danh sách."), code="choice_unknown")
    _check_condition(content, item.get("when", {}))


def _check_condition(content: Content, when: Mapping[str, list[str]]) -> None:
    known = {
        question["key"]: {choice["key"] for choice in question["choices"]}
        for question in content.get("questions", [])
    }
    for question, choices in when.items():
        if not set(choices) <= known.get(question, set()):
            raise ValidationError(
                _("Điều kiện không khớp với các câu hỏi của thủ tục."), code="condition_unknown"
            )


def _check_day(text: Any) -> None:
    """Kept as `yyyy-mm-dd`, which sorts as it counts (content.is_in_force)."""
    if not isinstance(text, str) or parse_date(text).isoformat() != text:
        raise ValidationError(_("Ngày viết theo dạng ngày/tháng/năm, ví dụ 05/09/1990."), code="date_invalid")


def _check_listed(values: list[Any], allowed: list[Any]) -> None:
    if not set(values) <= set(allowed):
        raise ValidationError(_("Lựa chọn không có trong danh sách."), code="choice_unknown")


def _check_words(text: Any) -> None:
    """Text, short enough to be read at a counter and without markup."""
    if not isinstance(text, str) or len(text) > CONTENT_TEXT_LIMIT:
        raise ValidationError(
            _("Xin viết ngắn lại, không quá %(limit)s ký tự."),
            code="text_too_long",
            params={"limit": CONTENT_TEXT_LIMIT},
        )
    if "<" in text or ">" in text:
        raise ValidationError(_("Xin không dùng dấu < và >."), code="text_markup")


def clean_note(text: str) -> str:
    """A unit's note: lines kept, at most 1,000 characters; codes `text_too_long`, `text_markup`."""
    cleaned = "\n".join(line for line in map(clean_text, text.splitlines()) if line)
    if len(cleaned) > NOTE_LIMIT:
        raise ValidationError(
            _("Xin viết ngắn lại, không quá %(limit)s ký tự."),
            code="text_too_long",
            params={"limit": NOTE_LIMIT},
        )
    _check_words(cleaned)
    return cleaned


def clean_answers(content: Content, raw: Mapping[str, Any]) -> Answers:
    """The answers to the questions of a procedure; what is not asked is left out.

    ValidationError {question: code} with `required` or `choice_unknown` for all of them at once.
    """
    answers: dict[str, str] = {}
    faults: dict[str, ValidationError] = {}
    for question in content.get("questions", []):
        if question not in questions_for(content, answers):
            continue
        key, given = question["key"], str(raw.get(question["key"]) or "")
        if not given:
            faults[key] = ValidationError(_("Xin chọn một câu trả lời."), code="required")
        elif given not in {choice["key"] for choice in question["choices"]}:
            faults[key] = ValidationError(
                _("Câu trả lời này không có trong danh sách."), code="choice_unknown"
            )
        else:
            answers[key] = given
    if faults:
        raise ValidationError(faults)
    return answers
