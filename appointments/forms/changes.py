"""What a change of mind asks: whom, when, and the phone if this browser has not shown it yet."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.forms.refusals import ActionForm
from appointments.forms.visit import slot_choices
from appointments.models import Booking, Slot
from portal.common.layout import PhoneInput, PortalFormHelper, TileRadios, TrackingCodeInput

People = list[tuple[Booking, str]]


class PeopleForm(ActionForm):
    """`people` are those who can be chosen, each with what stands for them on the page.

    `proven` is True where the citizen's cookie already shows whose visit it is: then no phone is asked.
    """

    only = forms.MultipleChoiceField(label=_("Áp dụng cho"), widget=forms.CheckboxSelectMultiple)
    phone = forms.CharField(
        label=_("Số điện thoại đã đăng ký"),
        help_text=_("Để chắc chắn đây là lịch của Ông/Bà."),
        widget=PhoneInput,
    )

    def __init__(self, *args: Any, people: People, proven: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proven:
            del self.fields["phone"]
        if len(people) > 1:
            choices = [(str(one.uid), label) for one, label in people]
            self.fields["only"].choices = choices
            self.fields["only"].initial = [value for value, _label in choices]
        else:
            del self.fields["only"]
        self.helper = PortalFormHelper(self)  # its layout names the fields that are left

    @property
    def chosen(self) -> list[str] | None:
        """Uids of the ticked people; None where nobody was asked."""
        return self.data.getlist("only") if "only" in self.fields else None

    def typed(self, name: str) -> str:
        return str(self.data.get(name, ""))


class ChangeForm(PeopleForm):
    """Another hour of the day that stands above."""

    slot = forms.ChoiceField(label=_("Giờ mới"), widget=TileRadios)
    field_order = ("slot", "only", "phone")

    def __init__(self, *args: Any, slots: Iterable[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(slots)

    def offer(self, slots: Iterable[Slot]) -> None:
        self.fields["slot"].choices = slot_choices(slots)


class CancelForm(PeopleForm):
    """Whom to cancel."""


class MessagesForm(ActionForm):
    """Whose messages: the code on the ticket and the phone they went to."""

    code = forms.CharField(
        label=_("Mã tờ khai"), help_text=_("12 chữ và số, ví dụ ABCD-EFGH-JKMN."), widget=TrackingCodeInput
    )
    phone = forms.CharField(label=_("Số điện thoại đã đăng ký"), widget=PhoneInput)

    def typed(self, name: str) -> str:
        return str(self.data.get(name, ""))
