"""Citizens' forms for signing in, and forms of the officers' desk.

Each save() calls one action; clean() only asks the same questions early.
"""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from portal.citizens.actions.members import add_member
from portal.citizens.actions.organisations import (
    check_correction,
    check_enrolment,
    correct_organisation,
    enrol_organisation,
)
from portal.citizens.actions.personal_data import Erasure
from portal.citizens.actions.phone_data import erase_phone, export_phone
from portal.citizens.enums import ErasureReason, MemberRole, NoticePurpose, UnlinkReason
from portal.citizens.models import Membership, Organisation
from portal.citizens.queries import notice_purposes
from portal.common.errors import DomainError
from portal.common.layout import ActionForm, CodeInput, PhoneInput
from portal.officers.models import Officer
from portal.units.models import Hamlet, Unit


def _line(label: Any, *, help_text: Any = "", required: bool = True, **attributes: str) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


class SignInForm(ActionForm):
    """A phone that can read messages."""

    phone = forms.CharField(label=_("Số điện thoại di động"), widget=PhoneInput)


class SignInCodeForm(ActionForm):
    """The six digits from the message."""

    code = forms.CharField(label=_("Mã xác nhận"), widget=CodeInput)


def _by_number(hamlet: Hamlet) -> list[Any]:
    """Tổ dân phố 2 stands before 10."""
    parts = re.split(r"(\d+)", hamlet.folded_name)
    return [hamlet.kind, *(int(part) if part.isdigit() else part for part in parts)]


class HamletNewsForm(ActionForm):
    """The hamlets of one unit, to tick."""

    hamlets = forms.MultipleChoiceField(
        label=_("Thôn, tổ dân phố"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hamlets = sorted(Hamlet.objects.filter(unit=unit).active(), key=_by_number)
        choices = [(str(one.uid), str(one)) for one in hamlets]
        self.fields["hamlets"].choices = choices  # type: ignore[attr-defined]


class NoticesForm(ActionForm):
    """The kinds of notices somebody wants; none ticked is an answer too."""

    wanted = forms.MultipleChoiceField(
        label=_("Gửi cho tôi tin về"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(purpose, NoticePurpose(purpose).label) for purpose in notice_purposes()]
        self.fields["wanted"].choices = choices


class UnlinkForm(forms.Form):
    """Why an officer ends the link of a phone to a Zalo user."""

    reason = forms.ChoiceField(label=_("Lý do"), choices=UnlinkReason.choices, widget=UnfoldAdminSelectWidget)


class DeskForm(forms.ModelForm):
    """`by` is the officer at the desk (set by the admin class); the row itself is the action's."""

    by: Officer

    def _post_clean(self) -> None:
        """Values of a form that is then refused must not lie on the instance."""

    def save_m2m(self) -> None:
        """Nothing beside the action."""

    def ask(self, check: Callable[..., Any], **values: Any) -> None:
        """Put what the action would refuse beside the fields."""
        try:
            check(by=self.by, **values)
        except DomainError as error:
            self.add_error(None, ValidationError(error.message, code=error.code))
        except ValidationError as error:
            self.add_error(None, error)


class EnrolmentForm(DeskForm):
    """A new organisation and its first manager, from the papers on the desk."""

    FIELDSETS = (
        (_("Theo giấy đăng ký"), {"fields": ("name", "tax_code", "address", "unit")}),
        (_("Người quản lý đầu tiên"), {"fields": ("manager_phone",)}),
    )
    name = _line(_("Tên tổ chức"), help_text=_("Viết đúng như trong giấy đăng ký."))
    tax_code = _line(_("Mã số thuế"), help_text=_("10 chữ số; chi nhánh thêm 3 chữ số."), inputmode="numeric")
    address = _line(_("Địa chỉ trụ sở"), required=False)
    unit = forms.ModelChoiceField(
        label=_("Đăng ký tại đơn vị"), queryset=Unit.objects.none(), widget=UnfoldAdminSelect2Widget
    )
    manager_phone = _line(
        _("Số điện thoại của người quản lý"),
        help_text=_("Người này được thay mặt tổ chức và thêm, bớt thành viên. Quyền có hạn một năm."),
        inputmode="tel",
    )

    class Meta:
        model = Organisation
        fields = ("name", "tax_code", "address", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = self.by.unit_ids("citizens.add_organisation")
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=reach).current()

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            self.ask(check_enrolment, **self.cleaned_data)
        return self.cleaned_data

    def save(self, commit: bool = True) -> Organisation:
        return enrol_organisation(by=self.by, **self.cleaned_data)


class CorrectionForm(DeskForm):
    """Another spelling or another address."""

    FIELDSETS = ((None, {"fields": ("name", "address")}),)
    name = _line(_("Tên tổ chức"))
    address = _line(_("Địa chỉ trụ sở"), required=False)

    class Meta:
        model = Organisation
        fields = ("name", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"name": self.instance.name, "address": self.instance.address or ""}

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            self.ask(check_correction, **self._wanted())
        return self.cleaned_data

    def save(self, commit: bool = True) -> Organisation:
        return correct_organisation(by=self.by, **self._wanted())

    def _wanted(self) -> dict[str, Any]:
        fresh = Organisation.objects.select_related("unit").get(pk=self.instance.pk)
        return {"organisation": fresh, **self.cleaned_data}


class MemberForm(forms.Form):
    """Another member; a refusal of the action stands beside its field and what was typed stays."""

    phone = _line(_("Số điện thoại"), inputmode="tel")
    role = forms.ChoiceField(
        label=_("Vai trò"),
        choices=MemberRole.choices,
        initial=MemberRole.STAFF,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Người quản lý được thêm, bớt thành viên; nhân viên chỉ thay mặt tổ chức."),
    )
    valid_from = forms.DateField(
        label=_("Từ ngày"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("Để trống: từ hôm nay."),
    )
    valid_to = forms.DateField(
        label=_("Đến hết ngày"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("Để trống: một năm. Mỗi lần giao nhiều nhất một năm."),
    )

    def run(self, *, organisation: Organisation, by: Officer) -> Membership | None:
        """The new membership, or None and the errors in the form."""
        try:
            return add_member(organisation=organisation, by=by, **self.cleaned_data)
        except DomainError as error:
            self.add_error(NON_FIELD_ERRORS, ValidationError(error.message, code=error.code))
        except ValidationError as error:
            self.add_error(None, error)
        return None


class PhoneDataForm(forms.Form):
    """A phone whose holder stands before the officer, and what he asks for."""

    EXPORT, ERASE = "export", "erase"

    phone = _line(_("Số điện thoại"), inputmode="tel")
    wish = forms.ChoiceField(
        label=_("Yêu cầu"),
        choices=[(EXPORT, _("Xuất dữ liệu đang lưu")), (ERASE, _("Xóa dữ liệu"))],
        widget=UnfoldAdminSelectWidget,
    )
    reason = forms.ChoiceField(
        label=_("Lý do xóa"),
        choices=[choice for choice in ErasureReason.choices if choice[0] != ErasureReason.RETENTION],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Chỉ cần khi xóa."),
    )

    def run(self, *, by: Officer) -> dict[str, Any] | Erasure | None:
        """What the action says: the export, or the erasure; None and the errors in the form."""
        given = self.cleaned_data
        try:
            if given["wish"] == self.EXPORT:
                return export_phone(phone=given["phone"], by=by)
            return erase_phone(phone=given["phone"], reason=given["reason"], by=by)
        except DomainError as error:
            self.add_error(NON_FIELD_ERRORS, ValidationError(error.message, code=error.code))
        except ValidationError as error:
            self.add_error(None, error)
        return None


class ErasureForm(forms.Form):
    """Why an officer erases a person's data; the end of its time is the task's reason, not his."""

    reason = forms.ChoiceField(
        label=_("Lý do"),
        choices=[choice for choice in ErasureReason.choices if choice[0] != ErasureReason.RETENTION],
        widget=UnfoldAdminSelectWidget,
    )
