"""The declaration for the ID card: the one rule set that page, API, officer and command share.

Fields follow Law 26/2023/QH15 (articles 9, 15, 18), cut down to what a visit needs: name, phone, birth
date and the request are required, the rest is optional. Religion and ethnicity are asked only where a unit
turned them on (DeclarationSettings); a photo of a card is never asked.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.citizens.enums import PersonRole
from portal.citizens.validators import clean_birth_date, clean_person_name
from portal.common.clock import local_today
from portal.common.identity import clean_identity_number
from portal.common.phones import clean_phone
from procedures.declarations.addresses import KINDS, clean_unit_code, settle_address
from procedures.declarations.doubts import doubts
from procedures.declarations.fields import choice, hidden, required_radios, text
from procedures.enums import REASONS_OF, Delivery, Gender, Representative, RequestKind, RequestReason
from procedures.validators import clean_card_date, clean_free_text, clean_old_number

SENSITIVE = ("ethnicity", "religion")


def _reasons() -> list[Any]:
    """Reasons under the request they belong to."""
    return [
        (RequestKind(kind).label, [(reason.value, reason.label) for reason in reasons])
        for kind, reasons in REASONS_OF.items()
        if reasons
    ]


class IdCardDeclaration(forms.Form):
    """Cleaned values: phone as +84…, dates as "yyyy-mm-dd" (birth_date also "yyyy"), the rest as clean text.

    `asks` names the sensitive questions the unit turned on, `day` is the day of the visit if it is known.
    """

    full_name = text(
        clean_person_name,
        _("Họ, chữ đệm và tên khai sinh"),
        required=True,
        help_text=_("Viết đầy đủ như trong giấy khai sinh hoặc thẻ căn cước. Ví dụ: Nguyễn Thị Ánh."),
        autocomplete="name",
        spellcheck="false",
    )
    birth_date = text(
        clean_birth_date,
        _("Ngày sinh"),
        required=True,
        help_text=_("Ngày/tháng/năm, ví dụ 05/09/1990. Nếu giấy tờ chỉ có năm sinh, xin ghi năm."),
        autocomplete="bday",
        inputmode="numeric",
    )
    phone = text(
        clean_phone,
        _("Số điện thoại di động"),
        required=True,
        help_text=_("Mã xác nhận và tin nhắn lịch hẹn được gửi đến số này. Trẻ em dùng số của cha, mẹ."),
        autocomplete="tel",
        inputmode="tel",
    )
    request_kind = required_radios(_("Yêu cầu"), RequestKind.choices)
    reason = choice(
        _("Lý do"),
        _reasons(),
        help_text=_(
            "Thẻ đổi khi đủ 14, 25, 40, 60 tuổi. Thẻ cấp trong 2 năm trước các tuổi ấy dùng đến tuổi sau."
        ),
    )
    gender = choice(_("Giới tính"), Gender.choices)
    relation = choice(_("Quan hệ với người khai"), PersonRole.choices)
    identity_number = text(
        clean_identity_number,
        _("Số định danh cá nhân (số căn cước/CCCD)"),
        help_text=_("12 chữ số. Để trống nếu chưa có hoặc không nhớ."),
        inputmode="numeric",
        autocomplete="off",
    )
    old_number = text(
        clean_old_number,
        _("Số CMND cũ"),
        help_text=_("9 chữ số, nếu có."),
        inputmode="numeric",
        autocomplete="off",
    )
    card_issued_on = text(
        clean_card_date, _("Ngày cấp thẻ đang giữ"), inputmode="numeric", autocomplete="off"
    )
    card_expires_on = text(
        clean_card_date,
        _("Thẻ có giá trị đến"),
        help_text=_("Để trống nếu thẻ ghi không thời hạn."),
        inputmode="numeric",
        autocomplete="off",
    )
    permanent_address = text(
        clean_free_text,
        _("Nơi thường trú"),
        help_text=_("Số nhà, đường, thôn/tổ, xã/phường, tỉnh/thành phố hiện nay."),
        autocomplete="street-address",
    )
    permanent_province_code = hidden(clean_unit_code, _("Mã tỉnh nơi thường trú"))
    permanent_commune_code = hidden(clean_unit_code, _("Mã xã nơi thường trú"))
    current_address = text(clean_free_text, _("Nơi ở hiện tại"), help_text=_("Nếu khác nơi thường trú."))
    current_province_code = hidden(clean_unit_code, _("Mã tỉnh nơi ở hiện tại"))
    current_commune_code = hidden(clean_unit_code, _("Mã xã nơi ở hiện tại"))
    old_address = text(
        clean_free_text,
        _("Địa chỉ theo tên cũ"),
        help_text=_("Nếu giấy tờ còn ghi tên quận, huyện, xã cũ."),
    )
    occupation = text(clean_free_text, _("Nghề nghiệp"), autocomplete="organization-title")
    representative_name = text(
        clean_person_name,
        _("Họ tên cha, mẹ hoặc người đại diện"),
        help_text=_("Người sẽ đi cùng, mang theo căn cước/CCCD của mình."),
    )
    representative_number = text(
        clean_identity_number, _("Số định danh của người đại diện"), inputmode="numeric", autocomplete="off"
    )
    representative_relation = choice(_("Là gì của trẻ"), Representative.choices)
    delivery = choice(_("Cách nhận thẻ"), Delivery.choices)
    delivery_address = text(
        clean_free_text, _("Địa chỉ nhận thẻ"), help_text=_("Nếu nhận qua bưu điện và khác nơi ở hiện tại.")
    )
    ethnicity = text(clean_free_text, _("Dân tộc"))
    religion = text(clean_free_text, _("Tôn giáo"))
    note = text(
        clean_free_text, _("Điều cần lưu ý"), help_text=_("Ví dụ: đi lại khó khăn, cần người hỗ trợ.")
    )
    accept_warnings = forms.BooleanField(label=_("Tôi đã kiểm tra, thông tin trên là đúng"), required=False)

    # What a page may show, in its order; the codes of an address follow the line they belong to.
    NUMBERS = ("identity_number", "old_number", "card_issued_on", "card_expires_on")
    CARD = ("reason", "gender", *NUMBERS, *SENSITIVE)
    HOME = ("occupation", "permanent_address", "current_address", "old_address")
    CHILD = ("representative_name", "representative_number", "representative_relation")
    WISHES = ("delivery", "delivery_address", "note")
    MORE = (*CARD, *HOME, *WISHES)

    def __init__(
        self,
        *args: Any,
        phone_required: bool = True,
        kind_required: bool = True,
        asks: tuple[str, ...] = (),
        day: dt.date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_kind"].required = kind_required
        self.day = day or local_today()
        self.fields["phone"].required = phone_required
        for name in set(SENSITIVE) - set(asks):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_reason(data)
        self._check_card_dates(data)
        for kind in KINDS:
            for name, error in settle_address(data, kind).items():
                self.add_error(name, error)
        if not data.get("accept_warnings"):
            for name, doubt in doubts(data, self.day).items():
                self.add_error(name, doubt)
        return data

    def _check_reason(self, data: dict[str, Any]) -> None:
        reason, kind = data.get("reason"), data.get("request_kind")
        if reason and kind and RequestReason(reason) not in REASONS_OF[kind]:
            self._refuse("reason", "reason_of_other_request", _("Lý do này không thuộc yêu cầu đã chọn."))

    def _check_card_dates(self, data: dict[str, Any]) -> None:
        """The stored spellings of dates compare as text; a birth year is the start of its dates."""
        birth, issued, expires = (
            data.get(name, "") for name in ("birth_date", "card_issued_on", "card_expires_on")
        )
        if issued > local_today().isoformat():
            self._refuse("card_issued_on", "issue_date_future", _("Ngày cấp thẻ không thể ở tương lai."))
        elif issued and birth and issued < birth:
            self._refuse("card_issued_on", "issue_before_birth", _("Ngày cấp thẻ phải sau ngày sinh."))
        if issued and expires and expires <= issued:
            text = _("Ngày hết giá trị phải sau ngày cấp thẻ.")
            self._refuse("card_expires_on", "expiry_before_issue", text)

    def _refuse(self, name: str, code: str, message: Any) -> None:
        self.add_error(name, ValidationError(message, code=code))


def answers_sensitive(data: dict[str, Any]) -> bool:
    """True when somebody answered a question that units turn on: only then their settings matter."""
    return any(data.get(name) for name in SENSITIVE)


def as_typed(data: dict[str, Any]) -> dict[str, str]:
    """What a person could have typed: JSON numbers as text, nothing for lists, objects and null.

    Characters that no database stores are dropped: NUL, and halves of a surrogate pair.
    """
    plain = {name: value for name, value in data.items() if not isinstance(value, dict | list | None)}
    return {
        name: str(value).replace("\x00", "").encode("utf-8", "ignore").decode()
        for name, value in plain.items()
    }


def validate_declaration(
    data: dict[str, Any],
    *,
    phone_required: bool = True,
    kind_required: bool = True,
    asks: tuple[str, ...] = (),
    day: dt.date | None = None,
) -> dict[str, str]:
    """The cleaned fields of `data` (form or JSON), or ValidationError {field: [errors with codes]}.

    `phone_required=False` is for an officer who attests who the person is; then `phone` may be "".
    `kind_required=False` is for another procedure than the card's. `asks` and `day`
    as in the form. What a unit did not ask is not kept.
    """
    form = IdCardDeclaration(
        as_typed(data), phone_required=phone_required, kind_required=kind_required, asks=asks, day=day
    )
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return {name: value for name, value in form.cleaned_data.items() if name != "accept_warnings"}
