"""The declaration for the ID card: the one rule set that page, API, officer and command share.

Fields follow Law 26/2023/QH15 (articles 9, 15, 18), cut down to what a visit needs: name, phone, birth
date and the request are required, the rest is optional. Religion, ethnicity and card photos are not asked.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.citizens.validators import clean_birth_date, clean_person_name
from portal.common.clock import local_today, parse_date
from portal.common.identity import birth_year_differs, clean_identity_number
from portal.common.phones import clean_phone
from procedures.enums import AgeBand, Gender, RequestKind
from procedures.validators import age_band, clean_free_text, clean_old_number

_EMPTY = {"required": _("Ông/Bà chưa điền mục này.")}
# Never the value itself: it may be 10,000 characters long.
_CHOICE = {
    "required": _("Ông/Bà chưa chọn mục này."),
    "invalid_choice": _("Lựa chọn này không còn, Ông/Bà vui lòng chọn lại."),
}


def _text(label: Any, *, required: bool = False, help_text: Any = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=widget, error_messages=_EMPTY
    )


class IdCardDeclaration(forms.Form):
    """Cleaned values: phone as +84…, birth_date as "yyyy-mm-dd" or "yyyy", the rest as clean text."""

    full_name = _text(
        _("Họ, chữ đệm và tên khai sinh"),
        required=True,
        help_text=_("Viết đầy đủ như trong giấy khai sinh hoặc thẻ căn cước. Ví dụ: Nguyễn Thị Ánh."),
        autocomplete="name",
        spellcheck="false",
    )
    birth_date = _text(
        _("Ngày sinh"),
        required=True,
        help_text=_("Ngày/tháng/năm, ví dụ 05/09/1990. Nếu giấy tờ chỉ có năm sinh, xin ghi năm."),
        autocomplete="bday",
        inputmode="numeric",
    )
    phone = _text(
        _("Số điện thoại di động"),
        required=True,
        help_text=_("Mã xác nhận và tin nhắn lịch hẹn được gửi đến số này. Trẻ em dùng số của cha, mẹ."),
        autocomplete="tel",
        inputmode="tel",
    )
    request_kind = forms.ChoiceField(
        label=_("Yêu cầu"),
        choices=RequestKind.choices,
        widget=forms.RadioSelect,
        error_messages=_CHOICE,
    )
    gender = forms.ChoiceField(
        label=_("Giới tính"),
        choices=[("", _("Không ghi")), *Gender.choices],
        required=False,
        error_messages=_CHOICE,
    )
    identity_number = _text(
        _("Số định danh cá nhân (số căn cước/CCCD)"),
        help_text=_("12 chữ số. Để trống nếu chưa có hoặc không nhớ."),
        inputmode="numeric",
        autocomplete="off",
    )
    old_number = _text(
        _("Số CMND cũ"), help_text=_("9 chữ số, nếu có."), inputmode="numeric", autocomplete="off"
    )
    occupation = _text(_("Nghề nghiệp"), autocomplete="organization-title")
    permanent_address = _text(
        _("Nơi thường trú"), help_text=_("Số nhà, đường, thôn/tổ, xã/phường, tỉnh/thành phố hiện nay.")
    )
    current_address = _text(_("Nơi ở hiện tại"), help_text=_("Nếu khác nơi thường trú."))
    old_address = _text(_("Địa chỉ theo tên cũ"), help_text=_("Nếu giấy tờ còn ghi tên quận, huyện, xã cũ."))
    representative_name = _text(
        _("Cha, mẹ hoặc người đại diện"), help_text=_("Với người dưới 14 tuổi: người sẽ đi cùng.")
    )
    note = _text(_("Điều cần lưu ý"), help_text=_("Ví dụ: đi lại khó khăn, cần người hỗ trợ."))
    accept_warnings = forms.BooleanField(label=_("Tôi đã kiểm tra, thông tin trên là đúng"), required=False)

    FREE_TEXT = ("occupation", "permanent_address", "current_address", "old_address", "note")
    OPTIONAL = ("gender", "identity_number", "old_number", *FREE_TEXT[:-1], "representative_name", "note")

    def clean_full_name(self) -> str:
        return clean_person_name(self.cleaned_data["full_name"])

    def clean_birth_date(self) -> str:
        return clean_birth_date(self.cleaned_data["birth_date"])

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_identity_number(self) -> str:
        text = self.cleaned_data["identity_number"]
        return clean_identity_number(text) if text else ""

    def clean_old_number(self) -> str:
        text = self.cleaned_data["old_number"]
        return clean_old_number(text) if text else ""

    def clean_representative_name(self) -> str:
        text = self.cleaned_data["representative_name"]
        return clean_person_name(text) if text else ""

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # the stubs know public names only
        for name in (field for field in self.FREE_TEXT if field in self.cleaned_data):
            try:
                self.cleaned_data[name] = clean_free_text(self.cleaned_data[name])
            except ValidationError as error:
                self.add_error(name, error)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.doubts() and not data.get("accept_warnings"):
            self.add_error("identity_number", self.doubts()[0])
        return data

    def doubts(self) -> list[ValidationError]:
        """Warnings one can override with `accept_warnings`; the number's inner structure proves nothing."""
        number, birth = self.cleaned_data.get("identity_number"), self.cleaned_data.get("birth_date")
        if not number or not birth or not birth_year_differs(number, int(birth[:4])):
            return []
        text = _(
            "Số định danh này thường thuộc về người sinh năm khác. Nếu số đúng, xin đánh dấu ô xác nhận."
        )
        return [ValidationError(text, code="identity_number_doubtful")]


def band_of(birth_date: str, day: dt.date | None = None) -> AgeBand:
    """Age band on `day` (today if None) for "yyyy-mm-dd" or "yyyy" (then 1 January, the oldest case)."""
    birth = dt.date(int(birth_date), 1, 1) if len(birth_date) == 4 else parse_date(birth_date)
    return age_band(birth, day or local_today())


def as_typed(data: dict[str, Any]) -> dict[str, str]:
    """What a person could have typed: JSON numbers as text, nothing for lists, objects and null.

    Characters that no database stores are dropped: NUL, and halves of a surrogate pair.
    """
    plain = {name: value for name, value in data.items() if not isinstance(value, dict | list | None)}
    return {
        name: str(value).replace("\x00", "").encode("utf-8", "ignore").decode()
        for name, value in plain.items()
    }


def validate_declaration(data: dict[str, Any]) -> dict[str, str]:
    """The cleaned fields of `data` (form or JSON), or ValidationError {field: [errors with codes]}."""
    form = IdCardDeclaration(as_typed(data))
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return {name: value for name, value in form.cleaned_data.items() if name != "accept_warnings"}
