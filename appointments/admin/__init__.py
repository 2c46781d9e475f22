"""Officers' screens of this room."""

from appointments.admin.archive import ArchivedBookingAdmin
from appointments.admin.bookings import BookingAdmin
from appointments.admin.campaigns import CampaignAdmin, SessionAdmin
from appointments.admin.cards import CardAdmin
from appointments.admin.desk import CounterAdmin, DeskRulesAdmin
from appointments.admin.enrolment import HelperAdmin
from appointments.admin.waiting import WaitingEntryAdmin

__all__ = (
    "ArchivedBookingAdmin",
    "BookingAdmin",
    "CampaignAdmin",
    "CardAdmin",
    "CounterAdmin",
    "DeskRulesAdmin",
    "HelperAdmin",
    "SessionAdmin",
    "WaitingEntryAdmin",
)
