"""Forms around a code: confirm, look up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.forms.refusals import ActionForm
from appointments.forms.visit import slot_question
from appointments.models import Slot
from portal.common.codes import clean_code
from portal.common.layout import (
    CodeInput,
    PortalForm,
    TrackingCodeInput,
)


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
            self.fields["slot"] = slot_question(slots)


class LookupForm(PortalForm):
    """One box for every code of the portal."""

    code = forms.CharField(
        label=_("Mã tờ khai"), help_text=_("12 chữ và số, ví dụ ABCD-EFGH-JKMN."), widget=TrackingCodeInput
    )

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])
