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
    """The verified contact of the booking, its enrolled helper, an officer who books, or a command."""
    owner = booking.contact_id is not None and by.actor_ref == booking.contact.actor_ref
    helper = booking.helper_id is not None and by.actor_ref == booking.helper.contact.actor_ref
    return owner or helper or is_system(by) or _officer_may(by, "appointments.book_booking", booking.unit)


def can_cancel_booking(by: Actor, booking: Any) -> bool:
    """Its own contact (code and phone were shown), or an officer of the unit."""
    owner = booking.contact_id is not None and by.actor_ref == booking.contact.actor_ref
    return owner or is_system(by) or _officer_may(by, "appointments.cancel_booking", booking.unit)


def can_check_in(by: Actor, booking: Any) -> bool:
    return _officer_may(by, "appointments.check_in_booking", booking.unit)


def can_miss(by: Actor, booking: Any) -> bool:
    """An officer at the desk, or the clock when the working day is over."""
    return is_system(by) or can_check_in(by, booking)


def can_serve(by: Actor, turn: Any) -> bool:
    """Calls, finishes and closes turns of the unit; the clock closes what is open in the evening."""
    return is_system(by) or _officer_may(by, "appointments.check_in_booking", turn.unit)


def can_expire_hold(by: Actor, booking: Any) -> bool:
    """A hold ends by the clock, or because an officer books the same person at the desk."""
    return is_system(by) or _officer_may(by, "appointments.book_booking", booking.unit)


def can_open_campaign(by: Actor, campaign: Any) -> bool:
    return is_system(by) or _officer_may(by, "appointments.open_campaign", campaign.unit)


def can_plan(by: Actor, campaign: Any) -> bool:
    """Days, hours and places of a campaign."""
    return is_system(by) or _officer_may(by, "appointments.change_campaign", campaign.unit)


def can_close_campaign(by: Actor, campaign: Any) -> bool:
    return is_system(by) or _officer_may(by, "appointments.close_campaign", campaign.unit)


def can_give_number(by: Actor, booking: Any) -> bool:
    """The queue of accepted registrations gets its numbers from the clock, not from a hand."""
    return is_system(by)


def can_move_booking(by: Actor, booking: Any) -> bool:
    """Its own contact, or an officer who may move visits of the unit."""
    owner = booking.contact_id is not None and by.actor_ref == booking.contact.actor_ref
    return owner or is_system(by) or _officer_may(by, "appointments.move_booking", booking.unit)


def can_displace(by: Actor, booking: Any) -> bool:
    """A whole session is called off by an officer who may move visits."""
    return is_system(by) or _officer_may(by, "appointments.move_booking", booking.unit)


def can_mark_full(by: Actor, campaign: Any) -> bool:
    return is_system(by)


def can_cancel_session(by: Actor, session: Any) -> bool:
    return is_system(by) or _officer_may(by, "appointments.move_booking", session.unit)


def can_handle_card(by: Actor, card: Any) -> bool:
    """The desk that took the visit notes the slip, the arrival and the hand-over of the card."""
    return _officer_may(by, "appointments.change_card", card.unit)


def can_enrol_helper(by: Actor, unit: Any) -> bool:
    """Who may let others register people on the unit's behalf."""
    return is_system(by) or _officer_may(by, "appointments.add_helper", unit)


def can_answer(by: Actor, entry: Any) -> bool:
    """The verified contact who waits."""
    owner = entry.contact_id is not None and by.actor_ref == entry.contact.actor_ref
    return owner or is_system(by)


def is_the_clock(by: Actor, entry: Any) -> bool:
    """Waiting lists are served by the clock, never by a hand: nobody can jump the queue."""
    return is_system(by)
