"""What the tests of the waiting list do again and again."""

from typing import Any

from appointments.actions.join_waiting_list import (
    PURPOSE,
    confirm_waiting,
    join_waiting_list,
    latest_challenge,
)
from appointments.actions.offer_places import offer_places
from appointments.models import Booking, Campaign, Slot, WaitingEntry
from appointments.tests.visits import COMMAND, book, family
from portal.citizens.enums import Channel
from portal.citizens.one_time import code_of
from portal.common.actors import ANONYMOUS_CITIZEN, SystemActor
from tests.people import visit_data

CLOCK = SystemActor("tests.clock")


def ask(campaign: Campaign, number: int = 0, *, size: int = 1, **changes: Any) -> WaitingEntry:
    """The `number`-th citizen declares for the line; the code is on its way."""
    entry, _challenge = join_waiting_list(
        campaign=campaign,
        data=visit_data(number, **changes),
        people=family(size - 1, seed=number % 30),
        address=f"198.51.{number % 250}.7",
        proof=None,
        by=ANONYMOUS_CITIZEN,
    )
    return entry


def wait(campaign: Campaign, number: int = 0, *, size: int = 1, **changes: Any) -> WaitingEntry:
    """In line."""
    entry = ask(campaign, number, size=size, **changes)
    code = code_of(latest_challenge(entry.uid, PURPOSE))
    return confirm_waiting(entry_uid=entry.uid, code=code, channel=Channel.WEB)


def phone_of(number: int) -> str:
    return f"075{1_000_000 + number:07d}"


def fill_up(campaign: Campaign, *, first: int = 500, **changes: str) -> list[Booking]:
    """Take every place and say so."""
    booked, number = [], first
    for slot in (
        Slot.objects.filter(session__campaign=campaign).select_related("session__unit").order_by("pk")
    ):
        for _place in range(slot.capacity - slot.taken):
            booked.append(book(slot, number, **changes))
            number += 1
    Campaign.objects.filter(pk=campaign.pk).update(status="full")
    campaign.refresh_from_db()
    return booked


def offer() -> int:
    return offer_places(by=CLOCK)


__all__ = ("CLOCK", "COMMAND", "ask", "fill_up", "offer", "phone_of", "wait")
