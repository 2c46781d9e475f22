"""Who may do what to a booking or a campaign."""

from typing import Any

from portal.common.actors import Actor
from portal.officers.rules import has_permission


def _is_officer(by: Actor) -> bool:
    return by.actor_ref.startswith("officer:")


def _officer_may(by: Actor, permission: str, unit: Any) -> bool:
    return _is_officer(by) and has_permission(by, permission, unit=unit)


def is_system(by: Actor) -> bool:
    return by.actor_ref.startswith("system:")


def can_confirm_booking(by: Actor, booking: Any) -> bool:
    """The verified contact of the booking, an officer who books for people, or a command."""
    owner = booking.contact_id is not None and by.actor_ref == booking.contact.actor_ref
    return owner or is_system(by) or _officer_may(by, "appointments.book_booking", booking.unit)


def can_cancel_booking(by: Actor, booking: Any) -> bool:
    """Its own contact (code and phone were shown), or an officer of the unit."""
    owner = booking.contact_id is not None and by.actor_ref == booking.contact.actor_ref
    return owner or is_system(by) or _officer_may(by, "appointments.cancel_booking", booking.unit)


def can_check_in(by: Actor, booking: Any) -> bool:
    return _officer_may(by, "appointments.check_in_booking", booking.unit)


def can_expire_hold(by: Actor, booking: Any) -> bool:
    """A hold ends by the clock, or because an officer books the same person at the desk."""
    return is_system(by) or _officer_may(by, "appointments.book_booking", booking.unit)


def can_open_campaign(by: Actor, campaign: Any) -> bool:
    return is_system(by) or _officer_may(by, "appointments.open_campaign", campaign.unit)


def can_close_campaign(by: Actor, campaign: Any) -> bool:
    return is_system(by) or _officer_may(by, "appointments.close_campaign", campaign.unit)
