"""Checks of single values."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.zalo.enums import MenuKind

MAX_MENU_ITEMS, MAX_MENU_TITLE = 5, 40
_ID = re.compile(r"[0-9]{5,30}")
_PHONE = re.compile(r"[0-9]{3,11}")


def check_zalo_id(text: str) -> None:
    """Ids of apps and accounts are digits. ValidationError `zalo_id_invalid`."""
    if not _ID.fullmatch(text):
        raise ValidationError(
            _("Mã do Zalo cấp chỉ gồm chữ số. Xin chép lại từ trang của Zalo."), code="zalo_id_invalid"
        )


def unfit_values(params: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> list[str]:
    """Names of a template's parameters whose value Zalo would refuse (-1121, -1122, -1124 [2]).

    Counted in NFC code points, as Zalo's limits are; a value the template does not know is unfit too.
    """
    rules = {str(one["name"]): one for one in params if one.get("name")}
    wrong = [name for name, one in rules.items() if not _fits(one, values.get(name, ""))]
    return wrong + [name for name in values if name not in rules]


def _fits(param: Mapping[str, Any], value: str) -> bool:
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        return param.get("require", True) is False
    if "\n" in text:
        return False
    longest, shortest = _whole(param.get("maxLength")), _whole(param.get("minLength"))
    return (longest is None or len(text) <= longest) and (shortest is None or len(text) >= shortest)


def _whole(value: Any) -> int | None:
    """Numbers often come as strings [2]; 0 and silence set no limit."""
    text = str(value)
    return int(text) or None if text.isdecimal() else None


def check_menu_value(kind: str, value: str) -> None:
    """What stands behind a menu entry. ValidationError `menu_url_invalid`, `menu_phone_invalid`."""
    if kind == MenuKind.URL and urlsplit(value).scheme not in ("http", "https"):
        raise _fault(_("Liên kết bắt đầu bằng https://"), "menu_url_invalid")
    if kind == MenuKind.PHONE and not _PHONE.fullmatch(value.replace(" ", "")):
        raise _fault(_("Số điện thoại chỉ gồm chữ số, ví dụ 02363831234."), "menu_phone_invalid")


def _fault(text: object, code: str) -> ValidationError:
    return ValidationError({"value": ValidationError(text, code=code)})
