"""Filters and tags of the pages for people: Vietnamese dates, times, phones, money, codes, QR.

Every filter answers "" for None, so that a template need not ask first.
"""

import datetime as dt
import re

import qrcode
from django import template
from django.forms import BoundField, Form
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.clock import LOCAL, show_date, show_minutes
from portal.common.codes import show_code
from portal.common.phones import mask_phone, show_phone

register = template.Library()

WEEKDAYS = (
    gettext_lazy("Thứ Hai"),
    gettext_lazy("Thứ Ba"),
    gettext_lazy("Thứ Tư"),
    gettext_lazy("Thứ Năm"),
    gettext_lazy("Thứ Sáu"),
    gettext_lazy("Thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)


def _on_screen(moment: dt.date) -> dt.date:
    """The same moment in Vietnam when it is an aware datetime; dates and naive times unchanged."""
    if isinstance(moment, dt.datetime) and timezone.is_aware(moment):
        return moment.astimezone(LOCAL)
    return moment


@register.filter
def local_date(moment: dt.date | None) -> str:
    """`08/12/2026` for a date or an aware datetime (any zone)."""
    return "" if moment is None else show_date(_on_screen(moment))


@register.filter
def local_time(moment: dt.datetime | None) -> str:
    """`08:30` for an aware datetime (any zone)."""
    return "" if moment is None else f"{_on_screen(moment):%H:%M}"


@register.filter
def local_datetime(moment: dt.datetime | None) -> str:
    """`08:30, 08/12/2026` for an aware datetime (any zone)."""
    return "" if moment is None else f"{local_time(moment)}, {local_date(moment)}"


@register.filter
def weekday(moment: dt.date | None) -> str:
    """`Thứ Ba` for a date or an aware datetime."""
    return "" if moment is None else str(WEEKDAYS[_on_screen(moment).weekday()])


@register.filter
def minutes(value: int | None) -> str:
    """`08:30` for 510 minutes after local midnight."""
    return "" if value is None else show_minutes(int(value))


@register.filter
def phone(number: str | None) -> str:
    """`0750 123 456` for `+84750123456`; short numbers (113) unchanged."""
    return show_phone(number) if number else ""


@register.filter
def masked_phone(number: str | None) -> str:
    """`0750 *** 456` for `+84750123456`."""
    return mask_phone(number) if number else ""


@register.filter
def tel(number: str | None) -> str:
    """The number as a tel: link wants it: digits and a leading plus only."""
    return re.sub(r"[^\d+]", "", number or "")


@register.filter
def money(amount: int | None) -> str:
    """`20.000 đồng` for 20000 (whole đồng)."""
    if amount is None:
        return ""
    grouped = f"{int(amount):,}".replace(",", ".")
    return _("%(amount)s đồng") % {"amount": grouped}


@register.filter
def code(value: str | None) -> str:
    """`ABCD-EFGH-JKMN` for `ABCDEFGHJKMN`."""
    return show_code(value) if value else ""


@register.filter
def at(values: list, index: int) -> object:
    """The item of a list at a position, "" beyond its end."""
    return values[index] if 0 <= index < len(values) else ""


@register.filter
def error_count(form: Form) -> int:
    """How many error messages a bound form carries."""
    return sum(len(messages) for messages in form.errors.values())


@register.filter
def error_label(field: BoundField) -> str:
    """The field's label as the start of a sentence: no final stop or question mark before the colon.

    A field that stands on the page once per person says whose it is in `whose`.
    """
    whose = getattr(field.field, "whose", "")
    return f"{whose}, {field.label}".removeprefix(", ").rstrip(" .?!:")


@register.filter
def first_control(field: BoundField) -> str:
    """The id that an error link must point to: the control, or the first choice one can pick."""
    if field.id_for_label:
        return field.id_for_label
    for choice in field.subwidgets:
        if not choice.data["attrs"].get("disabled"):
            return choice.id_for_label
    return f"div_{field.auto_id}"


def _dark_runs(row: list[bool]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules in one row."""
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if dark and runs and runs[-1][0] + runs[-1][1] == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((column, 1))
    return runs


@register.simple_tag
def qr_code(text: str, label: str) -> SafeString:
    """An inline SVG QR code of `text`, named `label` for screen readers.

    Attributes only, no style: the policy forbids inline style. The quiet zone of four modules that
    ISO/IEC 18004 asks for is part of the drawing.
    """
    drawing = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    drawing.add_data(text)
    matrix = drawing.get_matrix()
    path = "".join(
        f"M{start} {line}h{length}v1h-{length}z"
        for line, row in enumerate(matrix)
        for start, length in _dark_runs(row)
    )
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>',
        label,
        len(matrix),
        len(matrix),
        len(matrix),
        len(matrix),
        path,
    )
