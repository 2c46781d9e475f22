"""Hours as officers type them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.timetable import Spans
from portal.common.clock import show_minutes

_HOUR = re.compile(r"([0-9]{1,2})[:hg.]([0-9]{2})?")


def read_hour(text: str) -> int:
    """Minutes after midnight of `07:30`, `7h30` or `7g`; ValidationError `hour_invalid`."""
    found = _HOUR.fullmatch(text.strip())
    hour, minute = (int(part or 0) for part in found.groups()) if found else (99, 99)
    if hour > 23 or minute > 59:
        raise ValidationError(_("Giờ viết theo dạng 07:30."), code="hour_invalid")
    return hour * 60 + minute


class HourField(forms.CharField):
    """`07:30` typed as text; minutes after midnight as the value."""

    def to_python(self, value: Any) -> int | None:
        text = super().to_python(value)
        return read_hour(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return show_minutes(value) if isinstance(value, int) else value


class SpansField(forms.CharField):
    """`07:30-11:30, 13:30-17:00`; pairs of minutes as the value. ValidationError `hour_invalid`."""

    def to_python(self, value: Any) -> Spans:
        text = super().to_python(value)
        parts = [part for part in re.split(r"[,;\n]", text or "") if part.strip()]
        return tuple(self._span(part) for part in parts)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return value
        return ", ".join(f"{show_minutes(opens)}-{show_minutes(closes)}" for opens, closes in value)

    def _span(self, text: str) -> tuple[int, int]:
        ends = re.split(r"\s*(?:-|–|đến)\s*", text.strip())
        if len(ends) != 2:
            raise ValidationError(_("Giờ viết theo dạng 07:30-11:30, 13:30-17:00."), code="hour_invalid")
        return read_hour(ends[0]), read_hour(ends[1])
