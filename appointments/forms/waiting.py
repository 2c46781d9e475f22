"""The forms of those who wait: the same declaration without an hour, a code, a phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.forms.refusals import ActionForm
from appointments.forms.visit import VisitForm
from portal.common.layout import CodeInput, PhoneInput, PortalFormHelper


class WaitingForm(VisitForm):
    """The declaration of everybody who comes, for no hour yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["slot"]

    def _lay_out(self) -> None:
        super()._lay_out()
        self.helper.layout.fields.remove("slot")


class WaitingCodeForm(ActionForm):
    """The six digits from the message."""

    code = forms.CharField(label=_("Mã xác nhận"), widget=CodeInput)


class ProofForm(ActionForm):
    """The phone, unless this browser has shown it already."""

    phone = forms.CharField(label=_("Số điện thoại đã đăng ký"), widget=PhoneInput)

    def __init__(self, *args: Any, proven: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proven:
            del self.fields["phone"]
        self.helper = PortalFormHelper(self)  # its layout names the fields that are left


class InterestForm(ActionForm):
    """The phone that is to be told."""

    phone = forms.CharField(
        label=_("Số điện thoại di động"),
        help_text=_("Chỉ dùng để báo một lần khi nhận đăng ký trở lại."),
        widget=PhoneInput,
    )
