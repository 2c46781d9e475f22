"""Officers' forms around finished cards."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from appointments.actions.move_cards import Line, mark_ready
from appointments.actions.note_slips import note_slips
from appointments.models import Booking
from portal.common.clock import parse_date
from portal.common.tables import read_table
from portal.common.text import show_name


class SlipDate(forms.CharField):
    """A typed day as a date; empty stays None. ValidationError `date_invalid`."""

    def to_python(self, value: Any) -> dt.date | None:
        text = super().to_python(value)
        return parse_date(text) if text else None


class SlipsForm(forms.Form):
    """One date per finished visit; a row left empty is left for later."""

    same_for_all = SlipDate(
        label=_("Cùng một ngày cho các dòng để trống"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}),
    )

    def __init__(self, *args: Any, bookings: Iterable[Booking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bookings = {str(booking.uid): booking for booking in bookings}
        for uid, booking in self.bookings.items():
            subject = booking.declaration.subject
            name = show_name(subject.full_name) if subject else ""
            self.fields[uid] = SlipDate(
                label=_("Số %(number)s · %(name)s") % {"number": booking.number, "name": name},
                required=False,
                widget=UnfoldAdminTextInputWidget({"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}),
            )

    def save(self, *, by: Any) -> int | None:
        """How many slips were noted; None when something is wrong (see the fields)."""
        if not self.is_valid():
            return None
        common = self.cleaned_data["same_for_all"]
        typed = {uid: self.cleaned_data[uid] or common for uid in self.bookings}
        dates = {self.bookings[uid]: day for uid, day in typed.items() if day}
        try:
            return len(note_slips(dates=dates, by=by))
        except ValidationError as error:
            for uid, items in error.error_dict.items():
                self.add_error(uid, items)
            return None


class ArrivedForm(forms.Form):
    """Codes of cards that came: scanned or typed, one a line, or the first column of a table."""

    lines = forms.CharField(
        label=_("Mã tờ khai"),
        help_text=_("Quét mã QR trên phiếu hẹn hoặc gõ mã, mỗi dòng một mã."),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    table = forms.FileField(
        label=_("Hoặc tệp Excel, CSV"),
        help_text=_("Cột đầu tiên là mã tờ khai."),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": ".xlsx,.csv"}),
    )

    def save(self, *, by: Any) -> list[Line] | None:
        """What became of each line; None when there is nothing readable."""
        if not self.is_valid():
            return None
        lines = [line for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        try:
            if self.cleaned_data["table"]:
                lines += [row[0] for row in read_table(self.cleaned_data["table"].read()) if row[0]]
        except ValidationError as error:
            self.add_error("table", error)
            return None
        if not lines:
            self.add_error("lines", ValidationError(_("Xin quét hoặc gõ ít nhất một mã."), code="required"))
            return None
        return mark_ready(lines=lines, by=by)
