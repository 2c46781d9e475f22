"""Nouns of this room."""

from appointments.models.booking import Booking, StatusEntry
from appointments.models.campaign import Campaign, Session, Slot

__all__ = ("Booking", "Campaign", "Session", "Slot", "StatusEntry")
