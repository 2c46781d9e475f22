"""A citizen gives a visit back: the code shows it, the phone proves it is theirs."""

import hmac

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.queries import booking_by_code
from portal.common.codes import clean_code
from portal.common.crypto import blind_index
from portal.common.errors import Conflict, TooMany
from portal.common.phones import clean_phone
from portal.requests.throttle import count_hit

TRIES_PER_HOUR = 10


def cancel_visit(*, code: str, phone: str) -> Booking:
    """Cancel by declaration code and phone.

    ValidationError `code_invalid` `phone_invalid` `phone_mismatch`, Conflict `booking_unknown`
    `move_not_allowed`, TooMany `too_many_tries`. A second call for a cancelled visit returns it unchanged.
    """
    cleaned = clean_code(code)
    number = _clean_phone(phone)
    if count_hit(scope="cancel-visit", key=cleaned, seconds=3600) > TRIES_PER_HOUR:
        raise TooMany(
            "too_many_tries", _("Ông/Bà đã thử quá nhiều lần. Xin thử lại sau một giờ."), retry_after=3600
        )
    booking = booking_by_code(cleaned)
    if booking is None:
        raise Conflict("booking_unknown", _("Không tìm thấy lịch hẹn có mã này."))
    if not hmac.compare_digest(booking.phone_hash, blind_index("phone", number)):
        text = _("Số điện thoại không khớp với số đã đăng ký.")
        raise ValidationError({"phone": ValidationError(text, code="phone_mismatch")})
    if booking.status == BookingStatus.CANCELLED:
        return booking
    by = booking.contact
    assert by is not None, "a booking with a number and a phone has its contact"
    return move_booking(booking=booking, to=BookingStatus.CANCELLED, by=by, reason="citizen")


def _clean_phone(phone: str) -> str:
    try:
        return clean_phone(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error}) from error
