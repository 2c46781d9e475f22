"""Fields and layout of this room's pages; the rules stand in the declaration and in the actions."""

import re
from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.core.exceptions import ValidationError
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

from appointments.actions.hold_visit import hold_visit
from appointments.actions.open_campaign import Plan, create_campaign, planned_days
from appointments.models import Booking, Campaign, Slot
from portal.citizens.models import OneTimeCode
from portal.common.clock import show_date
from portal.common.codes import clean_code
from portal.common.layout import (
    CodeInput,
    DateBox,
    PhoneInput,
    PortalForm,
    PortalFormMixin,
    Tile,
    TileRadios,
    TrackingCodeInput,
)
from portal.common.templatetags.portal import weekday
from portal.units.models import Unit
from procedures.declarations.id_card import IdCardDeclaration

FOLD_OPEN = HTML(
    "<details class='fold'{% if form.folded_errors %} open{% endif %}>"
    "<summary>{{ form.fold_title }}</summary><div class='fold-body'>"
)
FOLD_CLOSE = HTML("</div></details>")


def slot_choices(slots: Iterable[Slot]) -> list[tuple[str, list[tuple[str, Tile]]]]:
    """Slots grouped by day as radio tiles, each with the places left (`free`, from the queries)."""
    days: dict[str, list[tuple[str, Tile]]] = {}
    for slot in slots:
        note = _("còn %(free)s chỗ") % {"free": slot.free} if slot.free > 0 else _("hết chỗ")
        tile = Tile(slot.hours, note=str(note), full=slot.free <= 0)
        date = slot.session.date
        days.setdefault(f"{weekday(date)}, {show_date(date)}", []).append((str(slot.uid), tile))
    return list(days.items())


def _slot_question(slots: Iterable[Slot]) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Chọn khung giờ khác"), choices=slot_choices(slots), widget=TileRadios)


class VisitForm(PortalFormMixin, IdCardDeclaration):
    """The declaration with its slot. `slot` is hidden until the wanted one turns out to be gone."""

    slot = forms.CharField(required=False, widget=forms.HiddenInput)
    fold_title = _("Khai thêm để khi đến làm nhanh hơn")
    # The summary of errors follows this order, so it must be the one of the page.
    field_order = ("slot", "request_kind", "full_name", "birth_date", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].widget = DateBox({"autocomplete": "bday"})
        self.fields["phone"].widget = PhoneInput()
        self._doubtful = False
        self._lay_out()

    def _lay_out(self) -> None:
        doubt = ["accept_warnings"] if self._doubtful else []
        self.helper.layout = Layout(
            "slot",
            "request_kind",
            "full_name",
            "birth_date",
            "phone",
            *(["identity_number", *doubt] if self._doubtful else []),
            FOLD_OPEN,
            Div(*[name for name in self.OPTIONAL if not (self._doubtful and name == "identity_number")]),
            FOLD_CLOSE,
        )

    @property
    def folded_errors(self) -> bool:
        """True when something inside the fold is wrong; a doubtful number has been taken out of it."""
        outside = {"identity_number"} if self._doubtful else set()
        return any(name in self.errors for name in self.OPTIONAL if name not in outside)

    @property
    def slot_is_gone(self) -> bool:
        return not self.fields["slot"].widget.is_hidden

    def wanted(self, slot: Slot) -> Slot | str:
        """`slot` when the form names it (then it need not be read again), else whatever was typed."""
        typed = self.data.get("slot", "")
        return slot if typed == str(slot.uid) else typed

    def save(
        self, *, unit: Unit, slot: Slot, address: str, proof: dict[str, Any] | None, by: Any
    ) -> tuple[Booking, OneTimeCode] | None:
        """Call the action with what was typed; None when it refused field by field (see the form)."""
        wanted = self.wanted(slot)
        try:
            return hold_visit(unit=unit, slot=wanted, data=self.data, address=address, proof=proof, by=by)
        except ValidationError as error:
            self.show_errors(error)
            return None

    def show_errors(self, error: ValidationError) -> None:
        """Replace the form's own findings by the action's: one set of rules, one set of messages."""
        self._errors = forms.utils.ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        for field, items in error.error_dict.items():
            self.add_error(field, items)
        self._doubtful = self.has_error("identity_number", "identity_number_doubtful")
        self._lay_out()

    def offer_slots(self, slots: list[Slot], message: str, code: str) -> None:
        """The wanted slot is gone: show others as tiles, if there are any; keep everything typed."""
        if slots:
            self.fields["slot"] = _slot_question(slots)
        if self._errors is None:
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}
        self.add_error("slot" if slots else None, ValidationError(message, code=code))
        self._lay_out()


class ActionForm(PortalForm):
    """Fields and layout only: the action checks what was typed, with the same answers at every door."""

    def show_errors(self, error: ValidationError) -> None:
        """The action's findings; those about no visible field stand above the form."""
        self._errors = forms.utils.ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        for field, items in error.error_dict.items():
            shown = field in self.fields and not self.fields[field].widget.is_hidden
            self.add_error(field if shown else None, items)


class CodeForm(ActionForm):
    """The six digits from the message."""

    code = forms.CharField(label=_("Mã xác nhận"), widget=CodeInput, required=True)
    slot = forms.CharField(required=False, widget=forms.HiddenInput)

    def typed(self, name: str) -> str:
        return str(self.data.get(name, ""))

    @property
    def slot_is_gone(self) -> bool:
        return not self.fields["slot"].widget.is_hidden

    def offer_slots(self, slots: list[Slot]) -> None:
        """Other hours as tiles; nothing when the whole campaign is full."""
        if slots:
            self.fields["slot"] = _slot_question(slots)


class CancelForm(ActionForm):
    """The phone proves whose visit it is."""

    phone = forms.CharField(
        label=_("Số điện thoại đã đăng ký"),
        help_text=_("Để chắc chắn đây là lịch của Ông/Bà."),
        widget=PhoneInput,
    )


class LookupForm(PortalForm):
    """One box for every code of the portal."""

    code = forms.CharField(
        label=_("Mã tờ khai"), help_text=_("12 chữ và số, ví dụ ABCD-EFGH-JKMN."), widget=TrackingCodeInput
    )

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])


class HourField(forms.CharField):
    """`07:30` typed as text; minutes after midnight as the value. ValidationError `hour_invalid`."""

    def to_python(self, value: Any) -> int | None:
        text = super().to_python(value)
        if not text:
            return None
        found = re.fullmatch(r"([0-9]{1,2})[:h]([0-9]{2})?", text)
        hour, minute = (int(part or 0) for part in found.groups()) if found else (99, 99)
        if hour > 23 or minute > 59:
            raise ValidationError(_("Giờ viết theo dạng 07:30."), code="hour_invalid")
        return hour * 60 + minute


class CampaignPlanForm(forms.ModelForm):
    """What an officer asks for when laying out a campaign; `officer` is set by the page."""

    officer: Any = None
    FIELDSETS = [
        (None, {"fields": ["unit", "procedure", "name", "description"]}),
        (
            _("Ngày và nơi làm"),
            {
                "fields": [
                    "first_date",
                    "last_date",
                    "weekdays",
                    "skip_holidays",
                    "place_name",
                    "place_address",
                ]
            },
        ),
        (_("Giờ và số chỗ"), {"fields": ["opens", "closes", "slot_minutes", "capacity"]}),
        (_("Thời gian nhận đăng ký"), {"fields": ["intake_opens_at", "intake_closes_at"]}),
    ]

    first_date = forms.DateField(label=_("Từ ngày"), widget=UnfoldAdminSingleDateWidget)
    last_date = forms.DateField(label=_("Đến ngày"), widget=UnfoldAdminSingleDateWidget)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Các ngày trong tuần"),
        choices=list(enumerate([_("Hai"), _("Ba"), _("Tư"), _("Năm"), _("Sáu"), _("Bảy"), _("Chủ nhật")])),
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )
    skip_holidays = forms.BooleanField(
        label=_("Bỏ ngày nghỉ lễ"), initial=True, required=False, widget=UnfoldBooleanSwitchWidget
    )
    place_name = forms.CharField(label=_("Địa điểm"), max_length=150, widget=UnfoldAdminTextInputWidget)
    place_address = forms.CharField(label=_("Địa chỉ"), max_length=250, widget=UnfoldAdminTextInputWidget)
    opens = HourField(label=_("Bắt đầu lúc"), initial="07:30", widget=UnfoldAdminTextInputWidget)
    closes = HourField(label=_("Kết thúc lúc"), initial="11:30", widget=UnfoldAdminTextInputWidget)
    slot_minutes = forms.IntegerField(
        label=_("Mỗi khung giờ (phút)"), min_value=1, initial=30, widget=UnfoldAdminIntegerFieldWidget
    )
    capacity = forms.IntegerField(
        label=_("Số người mỗi khung giờ"),
        min_value=1,
        max_value=1000,
        initial=10,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    intake_opens_at = forms.SplitDateTimeField(
        label=_("Mở đăng ký từ"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )
    intake_closes_at = forms.SplitDateTimeField(
        label=_("Nhận đăng ký đến"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )

    class Meta:
        model = Campaign
        fields = ["unit", "procedure", "name", "description", "intake_opens_at", "intake_closes_at"]
        widgets = {
            "unit": UnfoldAdminSelectWidget,
            "procedure": UnfoldAdminSelectWidget,
            "name": UnfoldAdminTextInputWidget,
            "description": UnfoldAdminTextareaWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["unit"].queryset
        self.fields["unit"].queryset = units.filter(
            pk__in=self.officer.unit_ids("appointments.open_campaign"), is_open=True
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                planned_days(unit=data["unit"], plan=self.plan())
            except ValidationError as error:
                self.add_error(None, error)
        return data

    def plan(self) -> Plan:
        names = Plan.__dataclass_fields__
        values = {name: value for name, value in self.cleaned_data.items() if name in names}
        return Plan(**(values | {"weekdays": tuple(values["weekdays"])}))

    def plan_campaign(self) -> Campaign:
        """Call the action; the new campaign is a draft."""
        campaign = create_campaign(
            unit=self.cleaned_data["unit"],
            procedure=self.cleaned_data["procedure"],
            plan=self.plan(),
            opens_at=self.cleaned_data["intake_opens_at"],
            closes_at=self.cleaned_data["intake_closes_at"],
            by=self.officer,
        )
        self.instance = campaign
        return campaign

    def save_m2m(self) -> None:
        """Nothing: the action wrote everything."""
