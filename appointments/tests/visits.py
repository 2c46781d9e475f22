"""What the tests of this room do again and again: hold, confirm, look at the sums."""

import re
import uuid
from collections import Counter
from typing import Any

from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext

from appointments.actions.book_visit import book_visit
from appointments.actions.confirm_visit import confirm_visit
from appointments.actions.hold_visit import hold_visit, latest_challenge
from appointments.enums import LIVE
from appointments.models import Booking, Session, Slot
from portal.citizens.enums import Channel
from portal.citizens.one_time import code_of
from portal.common.actors import ANONYMOUS_CITIZEN, SystemActor
from portal.units.models import Unit
from tests.people import visit_data

ADDRESS = "198.51.100.7"
COMMAND = SystemActor("tests")
_TRANSACTION = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.IGNORECASE)


def hold(slot: Slot, number: int = 0, *, unit: Unit | None = None, **changes: str) -> Booking:
    """The `number`-th citizen holds a place."""
    booking, _challenge = hold_visit(
        unit=unit or slot.session.unit,
        slot=str(slot.uid),
        data=visit_data(number, **changes),
        address=f"198.51.{number % 250}.7",
        proof=None,
        by=ANONYMOUS_CITIZEN,
    )
    return booking


def code_for(booking: Booking) -> str:
    """The six digits in the newest message for this hold."""
    return code_of(latest_challenge(booking).uid)


def wrong_code_for(booking: Booking) -> str:
    return f"{(int(code_for(booking)) + 1) % 10**6:06d}"


def confirm(booking: Booking, *, code: str = "", slot: str = "") -> Booking:
    """Enter the right code, or `code`."""
    return confirm_visit(
        booking_uid=booking.uid,
        code=code or code_for(booking),
        slot=slot,
        channel=Channel.WEB,
        by=ANONYMOUS_CITIZEN,
    )


def book(slot: Slot, number: int = 0, *, by: Any = COMMAND, **changes: str) -> Booking:
    """A booking without a code."""
    return book_visit(unit=slot.session.unit, slot=slot.uid, data=visit_data(number, **changes), by=by)


def slots_in_order(session: Session) -> list[Slot]:
    return list(session.slots.select_related("session__campaign", "session__unit").order_by("starts"))


def check_sums() -> None:
    """Places taken = live bookings, numbers gapless per session, one live booking per person."""
    live = Count("bookings", filter=Q(bookings__status__in=LIVE))
    slots = Slot.objects.annotate(live=live)
    assert {slot.pk: slot.taken for slot in slots} == {slot.pk: slot.live for slot in slots}
    assert all(0 <= slot.taken <= slot.capacity for slot in slots)
    for session in Session.objects.all():
        numbers = (
            Booking.objects.filter(session=session).exclude(number=None).values_list("number", flat=True)
        )
        assert sorted(numbers) == list(range(1, session.last_number + 1))
    people = Counter(Booking.objects.filter(status__in=LIVE).values_list("person_key", flat=True))
    assert set(people.values()) <= {1}


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The SQL without the words that open and close transactions."""
    return [query["sql"] for query in captured.captured_queries if not _TRANSACTION.match(query["sql"])]


def row_counts(*models: Any) -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model.objects.count() for model in models}


UNKNOWN = uuid.UUID("00000000-0000-4000-8000-000000000000")
