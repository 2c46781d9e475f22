"""What this room may say to a citizen. The words stand in templates/messages/; here only which facts go in.

The context holds nothing but the booking's uid and the unit's name: number, time and place are read when the
message is sent, so that an outbox row says nothing by itself and a moved visit is never announced with its
old time.
"""

import uuid
from typing import Any

from appointments.models import Booking
from portal.common.clock import show_date, show_minutes
from portal.common.codes import show_code
from portal.notifications.notices import Notice, register_notice

Context = dict[str, Any]


def _booking(context: Context) -> Booking:
    return Booking.objects.select_related("slot", "session", "unit", "declaration").get(
        uid=uuid.UUID(context["booking"])
    )


def _number(context: Context) -> str:
    return str(_booking(context).number)


def _time(context: Context) -> str:
    return show_minutes(_booking(context).slot.starts)


def _date(context: Context) -> str:
    return show_date(_booking(context).session.date)


def _place(context: Context) -> str:
    return _booking(context).session.place_name


def _code(context: Context) -> str:
    return show_code(_booking(context).declaration.code)


_FACTS = {"number": _number, "time": _time, "date": _date, "place": _place, "code": _code}

BOOKING_CONFIRMED = Notice(
    key="appointments.booking_confirmed",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "time", "date", "place", "code"),
    derived=_FACTS,
)
BOOKING_CANCELLED = Notice(
    key="appointments.booking_cancelled",
    message_class="transactional",
    purpose="appointments",
    audience="citizen",
    parameters=("unit", "number", "date", "code"),
    derived={"number": _number, "date": _date, "code": _code},
)


def register_notices() -> None:
    register_notice(BOOKING_CONFIRMED)
    register_notice(BOOKING_CANCELLED)
