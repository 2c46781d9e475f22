"""Checks of template texts."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PROVIDER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
# Carriers refuse texts over ten parts; nobody reads them either.
MAX_BODY = 1000
MAX_NOTE = 500

MAX_TITLE, MAX_LINK = 120, 300
MAX_PER_MINUTE = 60_000
# A message shows on a locked screen to whoever sits beside: it may say that there is news, not about what.
REVEALING = re.compile(
    r"tố giác|tố cáo|tin báo|tội phạm|ma túy|đánh bạc|cờ bạc|mại dâm|xâm hại|bạo (?:lực|hành)|trộm"
    r"|cướp|lừa đảo|giết|hiếp|buôn người|mua bán người|truy nã|vi phạm|gây rối|cưỡng (?:bức|đoạt)",
    re.IGNORECASE,
)
# Impostors call in the name of the police: no message goes out without the sentence that unmasks them.
SAFETY = re.compile(r"Công an KHÔNG gọi (?=[^.]*đòi tiền)(?=[^.]*hỏi mã)[^.]*bảo cài ứng dụng\.")
# Twelve digits are an identity number; the names are those a notice would give such a parameter.
_PERSONAL = re.compile(
    r"(?<!\d)\d{12}(?!\d)|\{(?:full_name|ho_ten|identity_number|cccd|birth_date|ngay_sinh|\w*address|dia_chi)\}"
)
_ADDRESS = re.compile(
    r"\S*(?:https?:|www\.|\b[\w-]+\.(?:vn|com|net|org|info|biz|me|ly|gl|co|cc|xyz|top|link|app|io|site)\b)\S*",
    re.IGNORECASE,
)
_IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:\d[ .]?){11}\d(?!\d)")
_OFFICERS_PATHS = ("/quan-tri/", "/api/", "/z/")


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


def check_locked_screen(body: str) -> None:
    """A text lies on a locked screen for all to read: no kind of report, no identity number, nobody's name.

    ValidationError `text_reveals`, `text_personal`.
    """
    found = REVEALING.search(body)
    if found:
        message = _("Tin hiện trên màn hình khóa: xin bỏ chữ “%(word)s”.")
        raise _refusal("body", message, "text_reveals", word=found.group(0))
    if _PERSONAL.search(body):
        message = _("Tin hiện trên màn hình khóa: không ghi họ tên, số định danh, ngày sinh, địa chỉ của ai.")
        raise _refusal("body", message, "text_personal")


def clean_call_note(note: str) -> str | None:
    """An officer's note on a call, None when empty; ValidationError `text_too_long`."""
    text = unicodedata.normalize("NFC", note).strip()
    if len(text) > MAX_NOTE:
        message = _("Ghi chú dài nhất %(max)d ký tự.")
        raise ValidationError({"note": ValidationError(message, "text_too_long", {"max": MAX_NOTE})})
    return text or None


def template_values(text: str) -> dict[str, str]:
    """{parameter of Zalo's template: value} of a text whose lines read `name: value`.

    The rows of Zalo's templates are written like that: the words stand at Zalo, only values are sent.
    ValidationError `template_line_invalid` for another line, `template_name_twice`.
    """
    values: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.partition(":")
        if not sign or not _PROVIDER_NAME.fullmatch(name.strip()):
            message = _("Mỗi dòng ghi một tham số của mẫu Zalo, ví dụ: ngay_hen: {date}")
            raise ValidationError({"body": ValidationError(message, code="template_line_invalid")})
        if name.strip() in values:
            message = _("Tham số %(name)s được ghi hai lần.")
            raise ValidationError(
                {"body": ValidationError(message, "template_name_twice", {"name": name.strip()})}
            )
        values[name.strip()] = value.strip()
    return values


def parameters_of(body: str) -> list[str]:
    """Names in braces, in the order they first appear."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(body)))


def fill(body: str, values: Mapping[str, Any]) -> str:
    """Put `values` into the braces. KeyError names a parameter that has no value."""
    return _PLACEHOLDER.sub(lambda found: str(values[found.group(1)]), body)


def _refusal(field: str, message: Any, code: str, **params: Any) -> ValidationError:
    return ValidationError({field: ValidationError(message, code, params)})


def clean_mass_title(title: str) -> str:
    """The officers' name of a mass message. ValidationError `title_required`, `text_too_long`."""
    text = " ".join(unicodedata.normalize("NFC", title).split())
    if not text:
        raise _refusal(
            "title", _("Xin đặt tên cho tin, ví dụ: Lịch làm căn cước tháng 12."), "title_required"
        )
    if len(text) > MAX_TITLE:
        raise _refusal("title", _("Tên dài nhất %(max)d ký tự."), "text_too_long", max=MAX_TITLE)
    return text


def clean_mass_text(text: str) -> str:
    """What officers typed for many people, on one line.

    Everybody gets the same, so a warning of swindlers says nothing about who holds the phone: words that
    would name a kind of report (check_locked_screen) may stand here.
    ValidationError `text_required`, `text_braces`, `text_link` (an address that is not ours),
    `text_personal` (twelve digits).
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line:
        raise _refusal("text", _("Xin nhập nội dung tin."), "text_required")
    if "{" in line or "}" in line:
        raise _refusal("text", _("Nội dung không dùng dấu ngoặc nhọn."), "text_braces")
    _refuse_foreign_links(line)
    if _IDENTITY_NUMBER.search(line):
        message = _("Nội dung có dãy 12 chữ số giống số định danh. Tin gửi nhiều người không nêu số của ai.")
        raise _refusal("text", message, "text_personal")
    return line


def _refuse_foreign_links(line: str) -> None:
    for found in _ADDRESS.findall(line):
        if not found.startswith(settings.PUBLIC_URL):
            message = _(
                "Tin không kèm địa chỉ ngoài cổng này (%(address)s). "
                "Xin nhập trang cần xem vào ô “Trang kèm theo”."
            )
            raise _refusal("text", message, "text_link", address=found)


def clean_own_link(link: str) -> str:
    """The path of one of the portal's pages for citizens, "" for nothing typed.

    ValidationError `link_foreign`, `link_unknown`.
    """
    path = link.strip()
    base = settings.PUBLIC_URL.rstrip("/")
    path = path.removeprefix(base) if path.startswith(f"{base}/") else path
    if not path:
        return ""
    own = path.startswith("/") and not path.startswith(("//", "/\\", *_OFFICERS_PATHS))
    if not own or len(path) > MAX_LINK:
        message = _("Trang kèm theo phải là trang cho người dân của cổng này, ví dụ %(base)s/.")
        raise _refusal("link", message, "link_foreign", base=base)
    try:
        resolve(path.partition("?")[0].partition("#")[0])
    except Resolver404 as error:
        raise _refusal(
            "link", _("Cổng không có trang này. Xin mở trang và chép lại địa chỉ."), "link_unknown"
        ) from error
    return path


def check_pace(per_minute: int) -> None:
    """ValidationError `pace_invalid`."""
    if not 1 <= per_minute <= MAX_PER_MINUTE:
        message = _("Tốc độ gửi từ 1 đến %(max)s tin mỗi phút.")
        raise _refusal("per_minute", message, "pace_invalid", max=f"{MAX_PER_MINUTE:,}".replace(",", "."))
