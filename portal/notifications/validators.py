"""Checks of template texts."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Carriers refuse texts over ten parts; nobody reads them either.
MAX_BODY = 1000
MAX_NOTE = 500


def clean_template_body(body: str) -> str:
    """NFC, trimmed, braces around parameters only.

    ValidationError `body_empty`, `body_too_long`, `body_invalid`.
    """
    text = unicodedata.normalize("NFC", body).strip()
    if not text:
        raise ValidationError({"body": ValidationError(_("Xin nhập nội dung mẫu tin."), code="body_empty")})
    if len(text) > MAX_BODY:
        raise ValidationError(
            {"body": ValidationError(_("Mẫu tin dài quá %(max)d ký tự."), "body_too_long", {"max": MAX_BODY})}
        )
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        message = _("Tham số viết trong ngoặc nhọn, chữ thường không dấu, ví dụ {ngay_hen}.")
        raise ValidationError({"body": ValidationError(message, code="body_invalid")})
    return text


def clean_call_note(note: str) -> str | None:
    """An officer's note on a call, None when empty; ValidationError `text_too_long`."""
    text = unicodedata.normalize("NFC", note).strip()
    if len(text) > MAX_NOTE:
        message = _("Ghi chú dài nhất %(max)d ký tự.")
        raise ValidationError({"note": ValidationError(message, "text_too_long", {"max": MAX_NOTE})})
    return text or None


def parameters_of(body: str) -> list[str]:
    """Names in braces, in the order they first appear."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(body)))


def fill(body: str, values: Mapping[str, Any]) -> str:
    """Put `values` into the braces. KeyError names a parameter that has no value."""
    return _PLACEHOLDER.sub(lambda found: str(values[found.group(1)]), body)
