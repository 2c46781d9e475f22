"""Fields of an account; secrets are typed, kept and never shown again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from portal.zalo.models import OfficialAccount

SECRETS = ("app_secret", "webhook_key", "code_verifier")
_KEPT = _("Đã lưu và không hiện lại. Để trống nếu không đổi.")


class AccountForm(forms.ModelForm):
    """An empty secret of an account that has one leaves it as it is."""

    app_secret = forms.CharField(
        label=_("Khóa bí mật của ứng dụng"), widget=UnfoldAdminPasswordWidget(), max_length=200
    )
    webhook_key = forms.CharField(
        label=_("OA Secret Key (trang Webhook)"), widget=UnfoldAdminPasswordWidget(), max_length=200
    )
    code_verifier = forms.CharField(
        label=_("Code Verifier cố định"),
        widget=UnfoldAdminPasswordWidget(),
        max_length=128,
        required=False,
        help_text=_("Chỉ nhập khi trang nhà phát triển của Zalo đã lưu sẵn Code Challenge."),
    )

    class Meta:
        model = OfficialAccount
        fields = ("unit", "app_id", "app_secret", "webhook_key", "code_verifier", "hash_phones")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            field = self.fields.get(name)
            if field is None:
                continue
            field.widget.attrs["autocomplete"] = "new-password"
            if self.instance.pk is not None and getattr(self.instance, name):
                field.required, field.help_text = False, _KEPT

    def _kept(self, name: str) -> Any:
        return self.cleaned_data[name] or (getattr(self.instance, name) if self.instance.pk else None)

    def clean_app_secret(self) -> Any:
        return self._kept("app_secret")

    def clean_webhook_key(self) -> Any:
        return self._kept("webhook_key")

    def clean_code_verifier(self) -> Any:
        return self._kept("code_verifier")
