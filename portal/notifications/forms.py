"""Fields of a message text, which may be looked at before it is saved, and of a mass message."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from portal.common.errors import DomainError
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.write_mass import Draft, write_mass
from portal.notifications.audiences import Target, all_audiences
from portal.notifications.enums import MassState
from portal.notifications.models import MassMessage, MessageTemplate
from portal.notifications.rules import WRITE_MASS_PERMISSION

# What the action calls it, and the field it stands beside.
_FIELD_OF = {"audience": "group"}


class TemplateForm(forms.ModelForm):
    """Sent by the button "Xem trước" it counts as not finished: the page comes back with what was typed."""

    class Meta:
        model = MessageTemplate
        fields = ("notice", "channel", "unit", "provider_id", "body", "keep_accents")

    @property
    def asks_preview(self) -> bool:
        return self.is_bound and "_preview" in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and not self.asks_preview

    def typed(self) -> Any:
        """The unsaved text a preview was asked for; None when there is none, or it has errors."""
        return self.instance if self.asks_preview and not self.errors else None


class MassForm(forms.ModelForm):
    """`officer` is set by the page. Saving also makes the dry run, so that its figures are seen next."""

    officer: Any = None
    group = forms.ChoiceField(label=_("Gửi tới"), widget=UnfoldAdminSelectWidget)
    starts_at = forms.SplitDateTimeField(
        label=_("Gửi từ"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("Để trống: ngay khi cho gửi. Ban đêm (22 giờ đến 6 giờ) tin tự chờ đến sáng."),
    )
    valid_until = forms.SplitDateTimeField(
        label=_("Không gửi sau"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("Để trống: một ngày. Quá giờ này, người chưa nhận không nhận nữa."),
    )
    per_minute = forms.IntegerField(
        label=_("Số tin mỗi phút"), required=False, widget=UnfoldAdminIntegerFieldWidget
    )

    class Meta:
        model = MassMessage
        fields = ("group", "title", "text", "link", "starts_at", "valid_until", "per_minute")
        widgets = {
            "title": UnfoldAdminTextInputWidget({"autocomplete": "off"}),
            "text": UnfoldAdminTextareaWidget({"rows": 4}),
            "link": UnfoldAdminTextInputWidget({"autocomplete": "off", "inputmode": "url"}),
        }
        help_texts = {
            "title": _("Chỉ cán bộ thấy, để tìm lại."),
            "text": _(
                "Viết ngắn. Cổng tự thêm tên đơn vị ở đầu, địa chỉ ngắn và câu cảnh báo mạo danh ở cuối."
            ),
            "link": _("Trang của cổng này để xem chi tiết. Để trống: trang của đợt hoặc của đơn vị."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._targets: dict[str, tuple[str, Target]] = {}
        self.fields["group"].choices = self._groups()  # type: ignore[attr-defined]
        self.fields["per_minute"].initial = settings.MASS_PER_MINUTE
        if self.instance.pk:
            row = self.instance
            self.fields["group"].initial = _key(row.audience, row.unit.uid, row.target)

    def _groups(self) -> list[Any]:
        """One list under the headings of the audiences, for the units of this officer."""
        units = self.officer.unit_ids(WRITE_MASS_PERMISSION)
        found: list[Any] = [("", _("Xin chọn"))]
        for audience in all_audiences():
            targets = {_key(audience.key, one.unit.uid, one.value): one for one in audience.targets(units)}
            self._targets |= {key: (audience.key, one) for key, one in targets.items()}
            lines = [(key, f"{one.label} ({one.unit.display_name})") for key, one in targets.items()]
            found += [(audience.label, lines)] if lines else []
        return found

    def _post_clean(self) -> None:
        """The actions check and write; their refusals stand beside the fields."""
        if self.errors:
            return
        try:
            with transaction.atomic():
                self._write()
        except ValidationError as error:
            for field, faults in error.error_dict.items():
                self.add_error(_FIELD_OF.get(field, field), faults)
        except DomainError as refusal:
            self.add_error(None, ValidationError(refusal.message, code=refusal.code))

    def _write(self) -> None:
        given = dict(self.cleaned_data)
        audience, target = self._targets[given.pop("group")]
        draft = Draft(unit=target.unit, audience=audience, target=target.value, **given)
        known = MassMessage.objects.get(pk=self.instance.pk) if self.instance.pk else None
        mass = write_mass(draft=draft, mass=known, by=self.officer)
        self.instance = move_mass(obj=mass, to=MassState.CHECKED, by=self.officer)

    def save(self, commit: bool = True) -> MassMessage:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing beside the actions."""


def _key(audience: str, unit_uid: Any, value: str) -> str:
    return f"{audience}|{unit_uid}|{value}"
