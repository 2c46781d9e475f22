"""Forms of the officers' desk. Each save() calls one action; clean() only asks the same questions early."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.widgets import (
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from portal.common.client_address import client_address
from portal.common.clock import local_today
from portal.common.errors import DomainError
from portal.officers.actions.change_password import change_password, check_new_password
from portal.officers.actions.create_officer import check_username_free, create_officer
from portal.officers.actions.grant_role import check_grant, grant_role
from portal.officers.actions.limit_logins import note_wrong_try, refuse_guessing
from portal.officers.actions.update_officer import update_officer
from portal.officers.models import Officer, RoleAssignment
from portal.officers.roles import ROLE_CHOICES
from portal.officers.rules import can_grant
from portal.officers.validators import clean_username
from portal.units.models import Hamlet, Unit


class LoginForm(AuthenticationForm):
    """Account name and password, with a limit on wrong tries."""

    error_messages = {
        "invalid_login": _(
            "Tên đăng nhập hoặc mật khẩu không đúng. Xin kiểm tra phím Caps Lock và bộ gõ tiếng Việt."
        ),
        "inactive": _("Tài khoản này đã ngừng sử dụng."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("Tên đăng nhập")
        self.fields["username"].widget.attrs["autocapitalize"] = "none"

    def clean(self) -> dict[str, Any]:
        who = {
            "username": self.cleaned_data.get("username") or "",
            "address": client_address(self.request),
        }
        refuse_guessing(**who)
        try:
            return super().clean()
        except ValidationError:
            note_wrong_try(**who)
            raise


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            check_new_password(officer=self.user, old=cleaned["old_password"], new=cleaned["new_password1"])
        return cleaned

    def save(self, commit: bool = True) -> Officer:
        change_password(
            officer=self.user,
            old=self.cleaned_data["old_password"],
            new=self.cleaned_data["new_password1"],
            by=self.user,
        )
        return self.user


class OfficerForm(forms.ModelForm):
    """A new account or a corrected one; `by` is the officer at the desk (set by the admin class)."""

    by: Officer
    full_name = forms.CharField(
        label=_("Họ và tên"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget
    )
    unit = forms.ModelChoiceField(
        label=_("Đơn vị công tác"), queryset=Unit.objects.none(), widget=UnfoldAdminSelect2Widget
    )

    class Meta:
        model = Officer
        fields = ("username", "full_name", "rank_title", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("username", None)
            self.initial["full_name"] = self.instance.full_name or ""
        permission = "officers.change_officer" if self.instance.pk else "officers.add_officer"
        places = Unit.objects.filter(pk__in=self.by.unit_ids(permission)).current()
        if "unit" in self.fields:
            self.fields["unit"].queryset = places

    def clean_username(self) -> str:
        username = clean_username(self.cleaned_data["username"])
        check_username_free(username)
        return username

    def _post_clean(self) -> None:
        """The row is the action's: values of a form that is then refused must not lie on the instance."""

    def save(self, commit: bool = True) -> Officer:
        told = {name: self.cleaned_data[name] for name in ("full_name", "rank_title", "unit")}
        if self.instance.pk:
            officer = Officer.objects.get(pk=self.instance.pk)
            return update_officer(officer=officer, by=self.by, **told)
        officer, password = create_officer(username=self.cleaned_data["username"], by=self.by, **told)
        officer.one_time_password = password  # for the answer to this very request
        return officer

    def save_m2m(self) -> None:
        """Nothing beside the action."""


class RoleAssignmentForm(forms.ModelForm):
    """A new assignment; choices are only what `by` may hand out."""

    by: Officer
    officer = forms.ModelChoiceField(
        label=_("Cán bộ"), queryset=Officer.objects.none(), widget=UnfoldAdminSelect2Widget
    )
    role = forms.ChoiceField(label=_("Vai trò"), widget=UnfoldAdminSelectWidget)
    unit = forms.ModelChoiceField(
        label=_("Tại đơn vị"), queryset=Unit.objects.none(), widget=UnfoldAdminSelect2Widget
    )
    hamlets = forms.ModelMultipleChoiceField(
        label=_("Địa bàn phụ trách"),
        queryset=Hamlet.objects.none(),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text=_("Chỉ dùng cho cảnh sát khu vực."),
    )

    class Meta:
        model = RoleAssignment
        fields = ("officer", "role", "unit", "hamlets", "valid_from", "valid_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = self.by.unit_ids("officers.add_roleassignment")
        self.fields["officer"].queryset = Officer.objects.visible_to(self.by).active().exclude(pk=self.by.pk)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=reach).current()
        self.fields["hamlets"].queryset = (
            Hamlet.objects.filter(unit__in=reach).active().select_related("unit")
        )
        self.fields["role"].choices = [("", "---------"), *self._grantable()]

    def _grantable(self) -> list[tuple[str, Any]]:
        """Roles `by` could hand out in at least one of the units he is appointed in."""
        held = Unit.objects.filter(pk__in=self.by.held_unit_ids("officers.add_roleassignment"))
        return [
            (key, name) for key, name in ROLE_CHOICES if any(can_grant(self.by, key, unit) for unit in held)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_grant(by=self.by, **self._wanted())
            except DomainError as error:
                raise ValidationError(error.message, code=error.code) from error
        return cleaned

    def _wanted(self) -> dict[str, Any]:
        wanted = {name: self.cleaned_data.get(name) for name in self._meta.fields}
        return wanted | {"valid_from": wanted["valid_from"] or local_today()}

    def save(self, commit: bool = True) -> RoleAssignment:
        return grant_role(by=self.by, **self._wanted())

    def save_m2m(self) -> None:
        """Nothing beside the action."""
