"""Value checks of declarations; each raises ValidationError with a stable code."""

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.clock import parse_date
from portal.common.text import clean_text
from procedures.enums import AgeBand

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
