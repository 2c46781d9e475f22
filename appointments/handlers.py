"""What this room answers when a lower room asks: who knows this code, what stays when units merge."""

from dataclasses import dataclass

from django.urls import reverse

from appointments.models import Booking
from appointments.queries import booking_by_code
from portal.common.codes import register_code_holder
from portal.units.succession import register_stays


@dataclass(frozen=True)
class FoundBooking:
    """Answer for the look-up page."""

    booking: Booking

    @property
    def status_url(self) -> str:
        return reverse("appointments:ticket", args=[self.booking.unit.slug, self.booking.declaration.code])


def find_booking(code: str) -> FoundBooking | None:
    booking = booking_by_code(code)
    return FoundBooking(booking) if booking else None


def register_handlers() -> None:
    register_code_holder("appointments", find_booking)
    for label in ("appointments.Campaign", "appointments.Session", "appointments.Booking"):
        register_stays(label, "Kept for the unit it was made for; officers of the successor see it.")
