"""Checks of single values."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_REPLY = 2000  # what Zalo takes in one message [2]
MAX_NOTE = 500
# Line ends and tabs stay: an answer has paragraphs.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def clean_words(text: str) -> str:
    """NFC, one kind of line end, no control marks, trimmed. NFD counts a quarter longer at Zalo. [1]"""
    written = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", written).strip()


def clean_reply(text: str) -> str:
    """The words an officer sends. ValidationError `text_required`, `text_too_long`."""
    written = clean_words(text)
    if not written:
        raise _fault("text", _("Xin nhập nội dung trả lời."), "text_required")
    if len(written) > MAX_REPLY:
        raise _fault("text", _too_long(len(written), MAX_REPLY), "text_too_long")
    return written


def clean_note(note: str) -> str | None:
    """An officer's note to a colleague, None when there is none. ValidationError `text_too_long`."""
    written = clean_words(note)
    if len(written) > MAX_NOTE:
        raise _fault("note", _too_long(len(written), MAX_NOTE), "text_too_long")
    return written or None


def check_quick_reply(text: str) -> None:
    """Ready words are sent as they stand. ValidationError `text_required`, `text_too_long`."""
    clean_reply(text)


def check_span(opens: int, closes: int) -> None:
    """A shift ends after it began, on the same day. ValidationError `span_invalid`."""
    if closes <= opens:
        text = _("Giờ kết thúc phải sau giờ bắt đầu. Ca qua nửa đêm: nhập thành hai dòng, ở hai ngày.")
        raise _fault("closes", text, "span_invalid")


def _too_long(length: int, most: int) -> str:
    return str(_("Nội dung dài %(length)s ký tự, chỉ được %(most)s. Xin rút gọn.")) % {
        "length": length,
        "most": most,
    }


def _fault(field: str, text: object, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(text, code=code)})
