"""The officers' form that enrols a helper."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from appointments.actions.enrol_helper import enrol_helper
from appointments.models import Helper
from portal.common.errors import DomainError
from portal.units.models import Hamlet, Unit


class HelperForm(forms.ModelForm):
    """`officer` is set by the page; the action decides and writes, its answers stand beside the fields."""

    officer: Any = None
    phone = forms.CharField(
        label=_("Số điện thoại của người đặt hộ"),
        help_text=_(
            "Người này đăng nhập bằng mã gửi đến số này; tin cho người không có điện thoại cũng gửi về đây."
        ),
        widget=UnfoldAdminTextInputWidget({"inputmode": "tel", "autocomplete": "off"}),
    )

    class Meta:
        model = Helper
        fields = ("unit", "full_name", "phone", "hamlet", "quota", "valid_to")
        widgets = {
            "unit": UnfoldAdminSelectWidget,
            "full_name": UnfoldAdminTextInputWidget({"autocomplete": "off"}),
            "hamlet": UnfoldAdminSelectWidget,
            "quota": UnfoldAdminIntegerFieldWidget,
            "valid_to": UnfoldAdminSingleDateWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = self.officer.unit_ids("appointments.add_helper")
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=reach, is_open=True)
        self.fields["hamlet"].queryset = Hamlet.objects.filter(unit__in=reach).active()
        self.fields["quota"].initial = 50
        self.fields["valid_to"].required = False
        self.fields["valid_to"].help_text = _("Để trống: một năm kể từ hôm nay.")

    def _post_clean(self) -> None:
        """The action checks and writes; its refusal stands beside the fields."""
        if self.errors:
            return
        try:
            self.instance = enrol_helper(by=self.officer, **self.cleaned_data)
        except ValidationError as error:
            self.add_error(None, error)
        except DomainError as refusal:
            self.add_error(None, ValidationError(refusal.message, code=refusal.code))

    def save(self, commit: bool = True) -> Helper:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing beside the action."""
