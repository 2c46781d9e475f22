"""`{% ticket_live booking %}`: how far the desks are, on the ticket of today."""

from typing import Any

from django import template

from appointments.floor import live_turn
from appointments.models import Booking

register = template.Library()


@register.inclusion_tag("appointments/ticket_live.html")
def ticket_live(booking: Booking) -> dict[str, Any]:
    """Nothing at all unless the visit is today and still to come."""
    return {"live": live_turn(booking)}
