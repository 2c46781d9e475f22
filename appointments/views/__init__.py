"""Citizens' pages: choose a time, declare, enter the code, keep the ticket, change it."""

from appointments.views.changes import cancel, change
from appointments.views.checks import check_messages
from appointments.views.choose import campaigns, choose, declare
from appointments.views.codes import ask_call, confirm, resend
from appointments.views.others import book_other, for_others
from appointments.views.tickets import calendar, ticket
from appointments.views.waiting import (
    confirm_interest_page,
    confirm_waiting_page,
    interest,
    join_interest,
    join_waiting,
    waiting,
)

__all__ = (
    "ask_call",
    "book_other",
    "calendar",
    "campaigns",
    "cancel",
    "change",
    "check_messages",
    "choose",
    "confirm",
    "confirm_interest_page",
    "confirm_waiting_page",
    "declare",
    "for_others",
    "interest",
    "join_interest",
    "join_waiting",
    "resend",
    "ticket",
    "waiting",
)
