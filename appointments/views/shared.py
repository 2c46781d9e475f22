"""What the pages of one road share."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from appointments.enums import BookingStatus
from appointments.forms.visit import Services
from appointments.models import Booking, Campaign, Slot
from appointments.queries import (
    booking_by_code,
    people_of,
    services_of_campaign,
    services_to_choose,
)
from portal.common.codes import clean_code
from portal.units.models import Unit

STEPS = [_("Chọn ngày giờ"), _("Khai thông tin"), _("Nhập mã xác nhận"), _("Nhận số thứ tự")]
WAITING_STEPS = [_("Khai thông tin"), _("Nhập mã xác nhận"), _("Có trong danh sách")]
SLOT_GONE = ("slot_full", "slot_past", "session_cancelled")
TONES = {BookingStatus.BOOKED: "success", BookingStatus.CHECKED_IN: "info", BookingStatus.MISSED: "warning"}
TONES |= {BookingStatus.DISPLACED: "warning", BookingStatus.ACCEPTED: "info"}


def person_label(booking: Booking, place: int) -> str:
    """`Người 1 – Cấp lần đầu, số 12`: who it is without saying a name."""
    label = _("Người %(place)s – %(request)s") % {
        "place": place,
        "request": booking.declaration.get_request_kind_display(),
    }
    return f"{label}, {_('số')} {booking.number}" if booking.number else label


def labelled_people(booking: Booking) -> list[tuple[Booking, str]]:
    """Everybody of the visit with a label; places in the family stay the same whoever is chosen."""
    return [(one, person_label(one, place)) for place, one in enumerate(people_of(booking), start=1)]


def is_proven(request: HttpRequest, booking: Booking) -> bool:
    """This browser answered a code on the phone of the visit."""
    return request.citizen is not None and request.citizen.pk == booking.contact_id


def steps_to(current: int) -> dict[str, Any]:
    return {"steps": STEPS, "current": current}


def steps_of_waiting(current: int) -> dict[str, Any]:
    return {"steps": WAITING_STEPS, "current": current}


def hold_or_404(unit: Unit, booking_uid: Any) -> Booking:
    bookings = Booking.objects.select_related("slot", "session__campaign", "declaration", "unit")
    return get_object_or_404(bookings, unit=unit, uid=booking_uid)


def booking_or_404(unit: Unit, code: str) -> Booking:
    try:
        booking = booking_by_code(clean_code(code))
    except ValidationError:
        booking = None
    if booking is None or booking.unit_id != unit.pk:
        raise Http404
    return booking


def services_to_wait_for(campaign: Campaign) -> Services:
    """What may be chosen by whoever waits in this campaign's line."""
    return tuple((one.key, one.name) for one in services_of_campaign(campaign))


def service_names(slots: Sequence[Slot]) -> Services:
    """What may be chosen for a visit in one of these slots; every session of a campaign offers the same."""
    return tuple((one.key, one.name) for one in services_to_choose(slots[0])) if slots else ()
