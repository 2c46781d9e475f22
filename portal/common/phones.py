"""Vietnamese mobile numbers: stored as E.164, shown in groups of 4-3-3.

Mobile numbers have nine digits after +84 and begin with 3, 5, 7, 8 or 9; eleven-digit numbers were
converted to ten digits between 15/9/2018 and 30/6/2019 (Ministry of Information and Communications).
"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_MOBILE = re.compile(r"\+84[35789]\d{8}")
_DECORATION = re.compile(r"[\s.\-–()]+")
# No operator has 075: demo, tests and the local provider use it and nothing else does.
_TEST = re.compile(r"\+8475\d{7}")
_OLD_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip


def _national(text: str) -> str:
    """Digits after the country code, or "" when the text is no Vietnamese number."""
    digits = _DECORATION.sub("", text)
    for prefix in ("+840", "+84", "00840", "0084", "840", "84", "0"):
        rest = digits.removeprefix(prefix)
        if rest != digits and rest.isascii() and rest.isdigit() and len(rest) in (9, 10):
            return rest
    return digits if len(digits) == 9 and digits.isascii() and digits.isdigit() else ""


def clean_phone(text: str) -> str:
    """`text` in any usual notation as `+84…`; ValidationError `phone_invalid` if it is no mobile number."""
    national = _national(text)
    if len(national) == 10:
        national = _OLD_PREFIXES.get(national[:3], "") + national[3:]
    phone = f"+84{national}"
    if not _MOBILE.fullmatch(phone) or (is_test_phone(phone) and not settings.TEST_PHONES_ALLOWED):
        raise ValidationError(
            _("Số di động gồm 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09. Ví dụ: 0912 345 678."),
            code="phone_invalid",
        )
    return phone


def is_test_phone(phone: str) -> bool:
    """True for the reserved range 075x xxx xxx."""
    return _TEST.fullmatch(phone) is not None


def show_phone(phone: str) -> str:
    """`0912 345 678` for `+84912345678`; other numbers (landlines, 113) unchanged."""
    if not _MOBILE.fullmatch(phone):
        return phone
    local = "0" + phone[3:]
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def mask_phone(phone: str) -> str:
    """`0912 *** 678`: enough for the owner to recognise it, not for others to call it."""
    shown = show_phone(phone)
    return f"{shown[:4]} *** {shown[-3:]}"
