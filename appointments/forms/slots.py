"""Which slots of a campaign get other places."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from appointments.actions.change_slots import (
    SlotChange,
    SlotChoice,
    change_slots,
    check_slot_change,
    chosen_slots,
)
from appointments.forms.hours import HourField
from appointments.models import Campaign

PUBLIC = {"": None, "close": False, "open": True}


class SlotsForm(forms.Form):
    """Which slots, and what of them changes; an empty field means all, or as it is."""

    first_date = forms.DateField(label=_("Từ ngày"), required=False, widget=UnfoldAdminSingleDateWidget)
    last_date = forms.DateField(label=_("Đến ngày"), required=False, widget=UnfoldAdminSingleDateWidget)
    opens = HourField(
        label=_("Khung giờ bắt đầu từ"),
        required=False,
        help_text=_("Ví dụ 07:30. Để trống là cả ngày."),
        widget=UnfoldAdminTextInputWidget,
    )
    closes = HourField(label=_("Đến trước"), required=False, widget=UnfoldAdminTextInputWidget)
    place_name = forms.ChoiceField(label=_("Địa điểm"), required=False, widget=UnfoldAdminSelectWidget)
    capacity = forms.IntegerField(
        label=_("Số người mỗi khung giờ"),
        required=False,
        help_text=_("Để trống là giữ nguyên."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reserve = forms.IntegerField(
        label=_("Chỗ dự phòng mỗi khung giờ"),
        required=False,
        help_text=_("Để trống là giữ nguyên."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    public = forms.ChoiceField(
        label=_("Công dân tự đặt"),
        required=False,
        choices=[
            ("", _("Giữ nguyên")),
            ("close", _("Đóng, chỉ cán bộ đặt")),
            ("open", _("Mở cho công dân đặt")),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    ABOUT = ("first_date", "last_date", "opens", "closes", "place_name")
    HOW = ("capacity", "reserve", "public")

    def __init__(self, *args: Any, officer: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer, self.campaign = officer, campaign
        places = campaign.sessions.order_by("place_name").values_list("place_name", flat=True).distinct()
        self.fields["place_name"].choices = [("", _("Mọi địa điểm")), *((name, name) for name in places)]

    def choice(self) -> SlotChoice:
        return SlotChoice(**{name: self.cleaned_data[name] for name in self.ABOUT})

    def change(self) -> SlotChange:
        data = self.cleaned_data
        return SlotChange(data["capacity"], data["reserve"], PUBLIC[data["public"]])

    def preview(self, _rounds: Any) -> Any:
        """The slots as they are; ValidationError as the action."""
        slots = chosen_slots(campaign=self.campaign, choice=self.choice())
        check_slot_change(slots, self.change())
        return slots

    def create(self, _rounds: Any) -> Campaign:
        """Call the action; the campaign it was done to."""
        change_slots(campaign=self.campaign, choice=self.choice(), change=self.change(), by=self.officer)
        return self.campaign
