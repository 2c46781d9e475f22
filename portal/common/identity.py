"""The 12-digit personal number and the old 9-digit CMND number.

The personal number has no check digit; its inner structure (place, century and sex, year) came from a
circular that expired on 1/7/2024, so a contradiction is a warning a citizen may override, never an error
(Law 26/2023/QH15, article 12).
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SEPARATORS = re.compile(r"[\s.\-]+")
CENTURY_STEP = 2
FIRST_CENTURY = 1900


def clean_identity_number(text: str) -> str:
    """12 digits without separators; ValidationError `identity_number_invalid`."""
    digits = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"[0-9]{12}", digits) or len(set(digits)) == 1:
        raise ValidationError(
            _("Số định danh (số căn cước/CCCD) gồm đúng 12 chữ số. Nếu chưa có, xin để trống."),
            code="identity_number_invalid",
        )
    return digits


def birth_year_differs(number: str, birth_year: int) -> bool:
    """True when digits 4-6 speak of another birth year: worth a second look, nothing more."""
    century = FIRST_CENTURY + 100 * (int(number[3]) // CENTURY_STEP)
    return century + int(number[4:6]) != birth_year


def mask_identity_number(number: str) -> str:
    """`012******789`."""
    return f"{number[:3]}******{number[-3:]}"
