"""Values of this room, checked in one place for admin, command and test."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


def clean_username(text: str) -> str:
    """Lower-case account name of 3 to 32 characters; ValidationError `username_invalid`."""
    username = text.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise ValidationError(
            _(
                "Tên đăng nhập gồm 3–32 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; "
                "bắt đầu bằng chữ hoặc số. Ví dụ: nv.an."
            ),
            code="username_invalid",
        )
    return username


def check_username(text: str) -> None:
    """As a field validator: the value must already be in its clean form."""
    if clean_username(text) != text:
        raise ValidationError(_("Tên đăng nhập chỉ dùng chữ thường."), code="username_invalid")
