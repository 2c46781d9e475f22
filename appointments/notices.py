"""What this room may say to a citizen. The words stand in templates/messages/; here only which facts go in.

The context holds nothing but the booking's uid and the unit's name: number, time and place are read when the
message is sent, so that an outbox row says nothing by itself and a moved visit is never announced with its
old time.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from appointments.enums import BookingStatus
from appointments.models import Booking, Campaign, Slot, WaitingEntry
from portal.common.clock import LOCAL, show_date, show_minutes
from portal.common.codes import show_code
from portal.common.text import show_numbers
from portal.notifications.notices import Derive, Notice, register_notice

Context = dict[str, Any]


def _booking(context: Context) -> Booking:
    return Booking.objects.select_related("slot", "session", "unit", "declaration").get(
        uid=uuid.UUID(context["booking"])
    )


def _number(context: Context) -> str:
    return str(_booking(context).number)


def _numbers(context: Context) -> str:
    """One number, or first and last of a family: everybody of the visit who is expected at the same hour."""
    first = _booking(context)
    expected = (BookingStatus.BOOKED, BookingStatus.DISPLACED)
    people = Booking.objects.filter(party=first.party, slot=first.slot_id, status__in=expected)
    return show_numbers(people.values_list("number", flat=True)) or str(first.number)


def _cancelled_numbers(context: Context) -> str:
    """One person's number, or those of all who were given back together."""
    first = _booking(context)
    given_back = Booking.objects.filter(party=first.party, session=first.session_id)
    if context.get("people", 1) == 1:
        given_back = given_back.filter(pk=first.pk)
    cancelled = given_back.filter(status=BookingStatus.CANCELLED)
    return show_numbers(cancelled.values_list("number", flat=True)) or str(first.number)


def _link(context: Context) -> str:
    """The ticket, where another day can be chosen."""
    booking = _booking(context)
    return settings.PUBLIC_URL + reverse(
        "appointments:ticket", args=[booking.unit.slug, booking.declaration.code]
    )


def _time(context: Context) -> str:
    return show_minutes(_booking(context).slot.starts)


def _date(context: Context) -> str:
    return show_date(_booking(context).session.date)


def _place(context: Context) -> str:
    return _booking(context).session.place_name


def _code(context: Context) -> str:
    return show_code(_booking(context).declaration.code)


def _code_tail(context: Context) -> str:
    """What the officer reads out first: only the unit and the citizen know it."""
    return _booking(context).declaration.code[-4:]


_FACTS = {"number": _number, "time": _time, "date": _date, "place": _place, "code": _code}

BOOKING_CONFIRMED = Notice(
    key="appointments.booking_confirmed",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "time", "date", "place", "code"),
    derived={**_FACTS, "number": _numbers},
    answers_at_once=True,
)
CONFIRM_BY_CALL = Notice(  # no code arrived; nothing but a voice does
    key="appointments.confirm_by_call",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    plan=("call",),
    parameters=("unit", "time", "date", "place", "code_tail"),
    derived={"time": _time, "date": _date, "place": _place, "code_tail": _code_tail},
)
BOOKING_CANCELLED = Notice(
    key="appointments.booking_cancelled",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "date", "code"),
    derived={"number": _cancelled_numbers, "date": _date, "code": _code},
    answers_at_once=True,
)
_MOVED_FACTS = {**_FACTS, "number": _numbers}
VISIT_MOVED = Notice(  # by the citizen, who waits for the answer
    key="appointments.visit_moved",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "time", "date", "place", "code"),
    derived=_MOVED_FACTS,
    answers_at_once=True,
)
VISIT_RESCHEDULED = Notice(  # by an officer: whoever does not read it comes on the wrong day
    key="appointments.visit_rescheduled",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", *_MOVED_FACTS, "code_tail"),
    derived={**_MOVED_FACTS, "code_tail": _code_tail},
    must_reach=True,
)
VISIT_REMINDER = Notice(
    key="appointments.visit_reminder",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "time", "date", "place", "code"),
    derived=_MOVED_FACTS,
)
VISIT_DISPLACED = Notice(
    key="appointments.visit_displaced",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "date", "place", "link", "code_tail"),
    derived={
        "number": _numbers,
        "date": _date,
        "place": _place,
        "link": _link,
        "code_tail": _code_tail,
    },
    must_reach=True,
)


def _entry(context: Context) -> WaitingEntry:
    joined = WaitingEntry.objects.select_related("unit", "slot__session", "campaign")
    return joined.get(uid=uuid.UUID(context["waiting"]))


def _waiting_link(context: Context) -> str:
    entry = _entry(context)
    return settings.PUBLIC_URL + reverse("appointments:waiting", args=[entry.unit.slug, entry.code])


def _offered(read: Callable[[Slot], str]) -> Derive:
    """A fact of the offered hour; an entry that is no longer offered anything cannot be announced."""

    def derive(context: Mapping[str, Any]) -> str:
        slot = _entry(dict(context)).slot
        if slot is None:
            raise LookupError("offer_gone")
        return read(slot)

    return derive


def _until(context: Context) -> str:
    until = _entry(context).offer_until
    if until is None:
        raise LookupError("offer_gone")
    return until.astimezone(LOCAL).strftime("%H:%M %d/%m")


def _campaign_link(context: Context) -> str:
    campaign = _campaign(context)
    return settings.PUBLIC_URL + reverse("appointments:choose", args=[campaign.unit.slug, campaign.slug])


def _campaign(context: Context) -> Campaign:
    return Campaign.objects.select_related("unit").get(uid=uuid.UUID(context["campaign"]))


def _campaign_name(context: Context) -> str:
    return _campaign(context).name


WAITING_JOINED = Notice(
    key="appointments.waiting_joined",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "link"),
    derived={"link": _waiting_link},
    answers_at_once=True,
)
WAITING_OFFERED = Notice(
    key="appointments.waiting_offered",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "time", "date", "place", "until", "link"),
    derived={
        "time": _offered(lambda slot: show_minutes(slot.starts)),
        "date": _offered(lambda slot: show_date(slot.session.date)),
        "place": _offered(lambda slot: slot.session.place_name),
        "until": _until,
        "link": _waiting_link,
    },
)
INTAKE_OPENED = Notice(
    key="appointments.intake_opened",
    message_class="transactional",
    purpose="intake_news",
    audience="citizen",
    parameters=("unit", "campaign_name", "link"),
    derived={"campaign_name": _campaign_name, "link": _campaign_link},
)

CARD_READY = Notice(
    key="appointments.card_ready",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "code", "code_tail"),
    derived={"code": _code, "code_tail": _code_tail},
    must_reach=True,
)
BOOKING_CANCELLED_BY_UNIT = Notice(
    key="appointments.booking_cancelled_by_unit",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", *_FACTS, "code_tail"),
    derived=_FACTS | {"number": _cancelled_numbers, "code_tail": _code_tail},
    must_reach=True,
)


def register_notices() -> None:
    register_notice(BOOKING_CONFIRMED)
    register_notice(BOOKING_CANCELLED)
    register_notice(CONFIRM_BY_CALL)
    register_notice(CARD_READY)
    register_notice(VISIT_MOVED)
    register_notice(VISIT_RESCHEDULED)
    register_notice(VISIT_REMINDER)
    register_notice(BOOKING_CANCELLED_BY_UNIT)
    register_notice(VISIT_DISPLACED)
    register_notice(WAITING_JOINED)
    register_notice(WAITING_OFFERED)
    register_notice(INTAKE_OPENED)
