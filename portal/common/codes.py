"""Codes that people read out, type and scan: 11 random symbols and a check symbol.

29 symbols without 0, 1, I, L, O, S, U: 29^11 = 2^53.4 possibilities. 29 is prime, so the weighted sum
modulo 29 finds every single wrong symbol and every swap of two neighbours.
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
RANDOM_SYMBOLS = 11
LENGTH = RANDOM_SYMBOLS + 1
_VALUE = {symbol: index for index, symbol in enumerate(ALPHABET)}
_TYPED_FOR = str.maketrans({"S": "5"})  # the only missing symbol with an unambiguous look-alike


def check_symbol(symbols: str) -> str:
    """The symbol that makes the weighted sum zero modulo 29."""
    total = sum(weight * _VALUE[symbol] for weight, symbol in enumerate(symbols, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def new_code() -> str:
    """A fresh code without hyphens; uniqueness is the database's business."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SYMBOLS))
    return symbols + check_symbol(symbols)


def clean_code(text: str) -> str:
    """The code in `text` (any case, spaces, hyphens); ValidationError `code_invalid` otherwise."""
    symbols = "".join(text.split()).replace("-", "").upper().translate(_TYPED_FOR)
    known = len(symbols) == LENGTH and all(symbol in _VALUE for symbol in symbols)
    if not known or check_symbol(symbols[:-1]) != symbols[-1]:
        raise ValidationError(
            _("Mã không đúng. Mã có 12 chữ và số, ví dụ ABCD-EFGH-JKMN. Xin kiểm tra lại từng ký tự."),
            code="code_invalid",
        )
    return symbols


def show_code(code: str) -> str:
    """`ABCD-EFGH-JKMN`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


# Rooms that hand out codes say here how to find their owner; the look-up page asks all of them.
_holders: dict[str, Callable[[str], Any]] = {}


def register_code_holder(name: str, finder: Callable[[str], Any]) -> None:
    """`finder(code)` returns an object with `status_url` (path of its status page) or None.

    It may also have `status_text`, one line that whoever knows the code may read anywhere: no personal data.
    """
    _holders[name] = finder


def find_code(code: str) -> Any:
    """The first holder's answer for a cleaned code, or None when nobody knows it."""
    for finder in _holders.values():
        found = finder(code)
        if found is not None:
            return found
    return None
