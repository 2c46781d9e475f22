"""The office calendar as officers ask for it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from appointments.actions.extend_office import (
    OfficeChanges,
    create_office,
    edit_office,
    office_changes,
    office_layout,
)
from appointments.actions.lay_out import Layout
from appointments.enums import Numbering
from appointments.models import Campaign, OfficeCalendar
from appointments.timetable import DEFAULT_MINUTES, OfficeSettings
from portal.units.models import Unit
from procedures.models import Procedure


def _number(label: Any, initial: int, help_text: Any = "") -> forms.IntegerField:
    """The action knows the limits; here a number is only a number."""
    return forms.IntegerField(
        label=label, initial=initial, help_text=help_text, widget=UnfoldAdminIntegerFieldWidget
    )


class OfficeSettingsForm(forms.Form):
    """Numbers of an office calendar; `calendar` is the one that is changed, `officer` changes it."""

    counters = _number(_("Số bàn tiếp nhận"), 1)
    minutes_per_person = _number(_("Số phút cho mỗi người"), DEFAULT_MINUTES)
    slot_minutes = _number(_("Mỗi khung giờ (phút)"), 30)
    reserve = _number(
        _("Chỗ dự phòng mỗi khung giờ"), 0, _("Giữ lại cho cán bộ đặt, trừ vào số chỗ của công dân.")
    )
    days_ahead = _number(_("Cho đặt trước bao nhiêu ngày"), 30, _("Mỗi ngày cổng tự mở thêm một ngày."))
    ABOUT: tuple[str, ...] = ()
    HOW = ("counters", "minutes_per_person", "slot_minutes", "reserve", "days_ahead")

    def __init__(
        self, *args: Any, officer: Any, calendar: OfficeCalendar | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.officer, self.calendar = officer, calendar
        for name, value in (vars(calendar.settings) if calendar else {}).items():
            self.fields[name].initial = value

    def settings(self) -> OfficeSettings:
        return OfficeSettings(**{name: self.cleaned_data[name] for name in self.HOW})

    def preview(self, _rounds: Any) -> Layout:
        """Every day as it would be; ValidationError as the action."""
        place = (self.calendar.place_name, self.calendar.place_address)
        return office_layout(unit=self.calendar.campaign.unit, place=place, settings=self.settings())

    def changes(self) -> OfficeChanges:
        """What the settings would change in the days that are laid out already."""
        return office_changes(self.calendar, self.settings())

    def create(self, _rounds: Any) -> Campaign:
        """Call the action; the campaign it was done to."""
        edit_office(calendar=self.calendar, settings=self.settings(), by=self.officer)
        return self.calendar.campaign


class NewOfficeForm(OfficeSettingsForm):
    """A calendar for a unit and a procedure."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Đơn vị"), widget=UnfoldAdminSelectWidget)
    procedure = forms.ModelChoiceField(
        Procedure.objects.all(), label=_("Thủ tục"), widget=UnfoldAdminSelectWidget
    )
    name = forms.CharField(
        label=_("Tên lịch"),
        max_length=150,
        initial=_("Tiếp nhận căn cước tại trụ sở"),
        widget=UnfoldAdminTextInputWidget,
    )
    description = forms.CharField(label=_("Giới thiệu"), required=False, widget=UnfoldAdminTextareaWidget)
    place_name = forms.CharField(label=_("Địa điểm"), widget=UnfoldAdminTextInputWidget)
    place_address = forms.CharField(label=_("Địa chỉ"), widget=UnfoldAdminTextInputWidget)
    numbering = forms.ChoiceField(
        label=_("Cách cấp số"), choices=Numbering.choices, widget=UnfoldAdminSelectWidget
    )
    ABOUT = ("unit", "procedure", "name", "description", "place_name", "place_address")
    HOW = (*OfficeSettingsForm.HOW, "numbering")

    def __init__(self, *args: Any, officer: Any, **kwargs: Any) -> None:
        super().__init__(*args, officer=officer, **kwargs)
        self.fields["uid"].initial = uuid.uuid4
        mine = officer.unit_ids("appointments.open_campaign")
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=mine, is_open=True)

    def settings(self) -> OfficeSettings:
        return OfficeSettings(**{name: self.cleaned_data[name] for name in OfficeSettingsForm.HOW})

    def place(self) -> tuple[str, str]:
        return self.cleaned_data["place_name"], self.cleaned_data["place_address"]

    def preview(self, _rounds: Any) -> Layout:
        return office_layout(unit=self.cleaned_data["unit"], place=self.place(), settings=self.settings())

    def create(self, _rounds: Any) -> Campaign:
        words = {name: self.cleaned_data[name] for name in ("unit", "procedure", "name", "description")}
        return create_office(
            **words,
            numbering=self.cleaned_data["numbering"],
            place=self.place(),
            settings=self.settings(),
            uid=self.cleaned_data["uid"],
            by=self.officer,
        )
