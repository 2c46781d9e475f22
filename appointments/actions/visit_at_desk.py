"""The officers' list moves a booking; whoever is in the hall has a turn, which must move with it."""

from appointments.actions.check_in import check_in
from appointments.actions.serve_turn import open_turn_of, serve_turn
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Booking
from portal.common.actors import Actor

# From CHECKED_IN: the same thing said of the turn.
_SAID_OF_TURN = {
    BookingStatus.FINISHED: "finish",
    BookingStatus.BOOKED: "undo",
    BookingStatus.MISSED: "leave",
}


def move_visit_at_desk(*, booking: Booking, to: str, by: Actor, reason: str = "") -> Booking:
    """As move_booking, with the turn: checking in opens one, finishing and taking back close it."""
    if to == BookingStatus.CHECKED_IN:
        check_in(booking=booking, by=by, reason=reason)
        return booking
    turn = open_turn_of(booking) if to in _SAID_OF_TURN else None
    if turn is None:
        return move_booking(booking=booking, to=to, by=by, reason=reason)
    serve_turn(turn=turn, verb=_SAID_OF_TURN[BookingStatus(to)], by=by, reason=reason)
    booking.refresh_from_db(fields=["status"])
    return booking
