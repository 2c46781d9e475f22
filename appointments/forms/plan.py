"""What an officer asks for when laying out a campaign: one form about it, one line per place."""

import uuid
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from appointments.actions.add_sessions import add_sessions
from appointments.actions.lay_out import Layout, lay_out
from appointments.actions.open_campaign import create_campaign
from appointments.forms.hours import SpansField
from appointments.models import Campaign
from appointments.timetable import DEFAULT_MINUTES, WORKDAYS, Plan, Round
from procedures.models import Procedure
from procedures.queries import with_declaration

MOST_LINES = 30
WEEKDAYS = [_("Hai"), _("Ba"), _("Tư"), _("Năm"), _("Sáu"), _("Bảy"), _("Chủ nhật")]
PREFIX = "rounds"


def silence(form: Any) -> None:
    """Show what was typed without judging it: a line was only added or taken away."""
    form._errors = forms.utils.ErrorDict()
    form.cleaned_data = {}


class RoundForm(forms.Form):
    """One line: where, on which days, at what hours, for how many."""

    first_date = forms.DateField(label=_("Từ ngày"), widget=UnfoldAdminSingleDateWidget)
    last_date = forms.DateField(label=_("Đến ngày"), widget=UnfoldAdminSingleDateWidget)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Các ngày trong tuần"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        initial=list(WORKDAYS),
        widget=forms.CheckboxSelectMultiple,
    )
    place_name = forms.CharField(label=_("Địa điểm"), widget=UnfoldAdminTextInputWidget)
    place_address = forms.CharField(label=_("Địa chỉ"), widget=UnfoldAdminTextInputWidget)
    spans = SpansField(
        label=_("Giờ tiếp nhận"),
        initial="07:30-11:30, 13:30-17:00",
        help_text=_("Nhiều buổi trong ngày cách nhau bằng dấu phẩy."),
        widget=UnfoldAdminTextInputWidget,
    )
    slot_minutes = forms.IntegerField(
        label=_("Mỗi khung giờ (phút)"), min_value=1, initial=30, widget=UnfoldAdminIntegerFieldWidget
    )
    capacity = forms.IntegerField(
        label=_("Số người mỗi khung giờ"),
        initial=10,
        help_text=_("Chỗ cho công dân tự đặt."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reserve = forms.IntegerField(
        label=_("Chỗ dự phòng mỗi khung giờ"),
        initial=0,
        help_text=_("Chỗ thêm, chỉ cán bộ đặt được."),
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def round(self) -> Round:
        return Round(**(self.cleaned_data | {"weekdays": tuple(self.cleaned_data["weekdays"])}))


class BaseRounds(BaseFormSet):
    """The lines of a plan."""

    def rounds(self) -> tuple[Round, ...]:
        return tuple(line.round() for line in self.forms)

    def silence(self) -> None:
        for line in self.forms:
            silence(line)

    def show_error(self, key: str, found: Any) -> bool:
        """Put `<line>-<field>` beside its field; False for anything that belongs to no line."""
        number, _dash, field = key.partition("-")
        if number.isdigit():
            self.forms[int(number)].add_error(field, found)
        return number.isdigit()


RoundFormSet = formset_factory(
    RoundForm, formset=BaseRounds, extra=0, min_num=1, max_num=MOST_LINES, validate_max=True
)


def with_line(data: QueryDict, *, remove: int | None = None) -> QueryDict:
    """What was typed with one more line, a copy of the last without its place; or without line `remove`."""
    changed = data.copy()
    total = line_count(data)
    if remove is None:
        if total < MOST_LINES:
            _copy_line(changed, total - 1, total)
            total += 1
    elif total > 1:
        for number in range(remove, total - 1):
            _copy_line(changed, number + 1, number, everything=True)
        total -= 1
    changed[f"{PREFIX}-TOTAL_FORMS"] = str(total)
    return changed


def line_count(data: QueryDict) -> int:
    text = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    return min(int(text), MOST_LINES) if text.isascii() and text.isdigit() else 1


def _copy_line(data: QueryDict, source: int, target: int, *, everything: bool = False) -> None:
    for name in RoundForm.base_fields:
        empty = not everything and name.startswith("place_")
        values = [""] if empty else data.getlist(f"{PREFIX}-{source}-{name}")
        data.setlist(f"{PREFIX}-{target}-{name}", values)


class CampaignPlanForm(forms.ModelForm):
    """What the lines have in common; `officer` opens it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    minutes_per_person = forms.IntegerField(
        label=_("Số phút cho mỗi người"),
        min_value=1,
        max_value=480,
        initial=DEFAULT_MINUTES,
        help_text=_("Để tính cần mấy bàn tiếp nhận."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    skip_holidays = forms.BooleanField(
        label=_("Bỏ ngày nghỉ lễ"), initial=True, required=False, widget=UnfoldBooleanSwitchWidget
    )
    intake_opens_at = forms.SplitDateTimeField(
        label=_("Mở đăng ký từ"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )
    intake_closes_at = forms.SplitDateTimeField(
        label=_("Nhận đăng ký đến"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )

    ABOUT = ("unit", "procedure", "others", "name", "description")
    HOW = ("minutes_per_person", "skip_holidays", "numbering", "intake_opens_at", "intake_closes_at")

    class Meta:
        model = Campaign
        fields = [
            "unit",
            "procedure",
            "name",
            "description",
            "numbering",
            "intake_opens_at",
            "intake_closes_at",
        ]
        widgets = {
            "unit": UnfoldAdminSelectWidget,
            "procedure": UnfoldAdminSelectWidget,
            "name": UnfoldAdminTextInputWidget,
            "description": UnfoldAdminTextareaWidget,
            "numbering": UnfoldAdminSelectWidget,
        }

    others = forms.ModelMultipleChoiceField(
        label=_("Cùng làm trong các buổi"),
        queryset=Procedure.objects.none(),
        required=False,
        help_text=_("Người đặt lịch chọn một việc. Bỏ trống nếu chỉ làm thủ tục trên."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, officer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer
        self.fields["others"].queryset = with_declaration()
        if len(self.fields["others"].queryset) < 2:
            del self.fields["others"]
        self.fields["uid"].initial = uuid.uuid4
        units = self.fields["unit"].queryset
        self.fields["unit"].queryset = units.filter(
            pk__in=officer.unit_ids("appointments.open_campaign"), is_open=True
        )

    def validate_unique(self) -> None:
        """The slug is made free by the action."""

    def plan(self, rounds: tuple[Round, ...]) -> Plan:
        names = Plan.__dataclass_fields__
        return Plan(rounds=rounds, **{key: value for key, value in self.cleaned_data.items() if key in names})

    def preview(self, rounds: tuple[Round, ...]) -> Layout:
        """What the plan would create; ValidationError as the action."""
        data = self.cleaned_data
        return lay_out(unit=data["unit"], rounds=rounds, skip_holidays=data["skip_holidays"])

    def create(self, rounds: tuple[Round, ...]) -> Campaign:
        """Call the action; the new campaign is a draft."""
        return create_campaign(
            unit=self.cleaned_data["unit"],
            procedure=self.cleaned_data["procedure"],
            others=tuple(self.cleaned_data.get("others", ())),
            plan=self.plan(rounds),
            opens_at=self.cleaned_data["intake_opens_at"],
            closes_at=self.cleaned_data["intake_closes_at"],
            uid=self.cleaned_data["uid"],
            by=self.officer,
        )


class MoreDaysForm(forms.Form):
    """The lines that are added to `campaign`; `officer` opens it."""

    skip_holidays = forms.BooleanField(
        label=_("Bỏ ngày nghỉ lễ"), initial=True, required=False, widget=UnfoldBooleanSwitchWidget
    )
    ABOUT: tuple[str, ...] = ()
    HOW = ("skip_holidays",)

    def __init__(self, *args: Any, officer: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer, self.campaign = officer, campaign

    def preview(self, rounds: tuple[Round, ...]) -> Layout:
        """What would be added; ValidationError as the action."""
        return lay_out(
            unit=self.campaign.unit,
            rounds=rounds,
            skip_holidays=self.cleaned_data["skip_holidays"],
            campaign=self.campaign,
        )

    def create(self, rounds: tuple[Round, ...]) -> Campaign:
        """Call the action; the campaign it was done to."""
        add_sessions(
            campaign=self.campaign,
            rounds=rounds,
            skip_holidays=self.cleaned_data["skip_holidays"],
            by=self.officer,
        )
        return self.campaign
