"""Nouns of this room."""

from appointments.models.archive import ArchivedBooking
from appointments.models.booking import Booking, StatusEntry
from appointments.models.campaign import Campaign, Session, SessionService, Slot
from appointments.models.card import Card, CardEntry
from appointments.models.closure import SessionClosure
from appointments.models.desk import Counter, DeskDay, DeskOperation, DeskRules, Station, Turn
from appointments.models.enrolment import Helper
from appointments.models.office import OfficeCalendar
from appointments.models.waiting import Interest, WaitingEntry

__all__ = (
    "ArchivedBooking",
    "Booking",
    "Campaign",
    "Card",
    "CardEntry",
    "Counter",
    "DeskDay",
    "DeskOperation",
    "DeskRules",
    "Helper",
    "Interest",
    "OfficeCalendar",
    "Session",
    "SessionClosure",
    "SessionService",
    "Slot",
    "Station",
    "StatusEntry",
    "Turn",
    "WaitingEntry",
)
