"""Whose visit is it: the code shows it, the phone (or the browser that answered a code) proves it."""

import hmac
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.models import Booking
from appointments.queries import booking_by_code, people_of
from portal.citizens.models import Contact
from portal.common.codes import clean_code
from portal.common.crypto import blind_index
from portal.common.errors import Conflict, TooMany
from portal.common.phones import clean_phone
from portal.requests.throttle import count_hit

TRIES_PER_HOUR = 10


def prove_visit(*, code: str, phone: str, citizen: Contact | None, scope: str) -> Booking:
    """The booking of `code`; `citizen` is the contact this browser or token belongs to, if any.

    ValidationError `code_invalid` `phone_invalid` `phone_mismatch`, Conflict `booking_unknown`, TooMany
    `too_many_tries`: ten tries per code, hour and `scope`. The contact of the visit needs no phone; one that
    was typed all the same is checked.
    """
    cleaned = clean_code(code)
    if citizen is not None and not phone.strip():
        own = booking_by_code(cleaned)
        if own is not None and own.contact_id == citizen.pk:
            return own
    number = clean_typed_phone(phone)
    count_try(cleaned, scope=scope)
    booking = booking_by_code(cleaned)
    if booking is None:
        raise Conflict("booking_unknown", _("Không tìm thấy lịch hẹn có mã này."))
    check_phone(number, booking.phone_hash)
    return booking


def count_try(code: str, *, scope: str) -> None:
    """TooMany `too_many_tries` after ten tries of one code in an hour."""
    if count_hit(scope=scope, key=code, seconds=3600) > TRIES_PER_HOUR:
        raise TooMany(
            "too_many_tries", _("Ông/Bà đã thử quá nhiều lần. Xin thử lại sau một giờ."), retry_after=3600
        )


def check_phone(number: str, phone_hash: str | None) -> None:
    """ValidationError {"phone": `phone_mismatch`} when `number` (E.164) is another one."""
    if not hmac.compare_digest(phone_hash or "", blind_index("phone", number)):
        text = _("Số điện thoại không khớp với số đã đăng ký.")
        raise ValidationError({"phone": ValidationError(text, code="phone_mismatch")})


def clean_typed_phone(phone: str) -> str:
    """E.164, or ValidationError {"phone": `phone_invalid`}."""
    try:
        return clean_phone(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error}) from error


def choose_people(booking: Booking, only: Any, *, statuses: tuple[str, ...]) -> list[Booking]:
    """Those of the visit in `statuses`: everybody for `only=None`, else the bookings with these uids.

    ValidationError {"only": `person_required` | `person_unknown`}.
    """
    people = [one for one in people_of(booking) if one.status in statuses]
    if only is None:
        return people
    wanted = {str(uid) for uid in only}
    if not wanted:
        text = _("Xin chọn ít nhất một người.")
        raise ValidationError({"only": ValidationError(text, code="person_required")})
    chosen = [one for one in people if str(one.uid) in wanted]
    if len(chosen) != len(wanted):
        text = _("Có người không thuộc lịch hẹn này. Xin chọn lại.")
        raise ValidationError({"only": ValidationError(text, code="person_unknown")})
    return chosen
