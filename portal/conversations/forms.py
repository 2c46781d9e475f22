"""Fields of a shift: times as on a clock, kept as minutes like all hours of the house."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from portal.common.clock import MINUTES_OF_DAY, show_minutes
from portal.conversations.models import Shift

_FORMATS = ["%H:%M", "%Hh%M", "%Hh", "%H"]


class ShiftForm(forms.ModelForm):
    """`24:00` is not a time anybody's clock shows: a shift to midnight ends at 00:00."""

    opens = forms.TimeField(
        label=_("Từ giờ"), input_formats=_FORMATS, widget=UnfoldAdminTextInputWidget({"placeholder": "17:00"})
    )
    closes = forms.TimeField(
        label=_("Đến giờ"),
        input_formats=_FORMATS,
        widget=UnfoldAdminTextInputWidget({"placeholder": "22:00"}),
        help_text=_("Đến nửa đêm: ghi 00:00. Ca qua nửa đêm: nhập thành hai dòng, ở hai ngày."),
    )

    class Meta:
        model = Shift
        fields = ("unit", "officer", "weekday", "opens", "closes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opens", "closes"):
            minutes = getattr(self.instance, name)
            if minutes is not None:
                self.initial[name] = show_minutes(minutes % MINUTES_OF_DAY)

    def clean_opens(self) -> int:
        return _minutes(self.cleaned_data["opens"])

    def clean_closes(self) -> int:
        return _minutes(self.cleaned_data["closes"]) or MINUTES_OF_DAY


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
