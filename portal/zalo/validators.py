"""Checks of single values."""

import re
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


def check_menu_value(kind: str, value: str) -> None:
    """What stands behind a menu entry. ValidationError `menu_url_invalid`, `menu_phone_invalid`."""
    if kind == MenuKind.URL and urlsplit(value).scheme not in ("http", "https"):
        raise _fault(_("Liên kết bắt đầu bằng https://"), "menu_url_invalid")
    if kind == MenuKind.PHONE and not _PHONE.fullmatch(value.replace(" ", "")):
        raise _fault(_("Số điện thoại chỉ gồm chữ số, ví dụ 02363831234."), "menu_phone_invalid")


def _fault(text: object, code: str) -> ValidationError:
    return ValidationError({"value": ValidationError(text, code=code)})
