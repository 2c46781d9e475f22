"""What the tests of this room do again and again: hold, confirm, look at the sums."""

import re
import uuid
from collections import Counter
from collections.abc import Sequence
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


def family(size: int, seed: int = 0) -> list[dict[str, str]]:
    """`size` more people who come along."""
    names = ["Bích", "Chi", "Dung", "Hoa", "Lan", "Mai", "Nga", "Oanh"]
    return [
        {"full_name": f"Trần {names[n]}", "birth_date": f"0{n + 1}/02/{1970 + seed}", "request_kind": "swap"}
        for n in range(size)
    ]


def hold(
    slot: Slot, number: int = 0, *, unit: Unit | None = None, people: Sequence[Any] = (), **changes: str
) -> Booking:
    """The `number`-th citizen holds a place, or several for `people` who come along."""
    booking, _challenge = hold_visit(
        unit=unit or slot.session.unit,
        slot=str(slot.uid),
        data=visit_data(number, **changes),
        people=people,
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


def book(
    slot: Slot,
    number: int = 0,
    *,
    people: Sequence[Any] = (),
    attested: bool = False,
    by: Any = COMMAND,
    **changes: str,
) -> Booking:
    """A booking without a code."""
    return book_visit(
        unit=slot.session.unit,
        slot=slot.uid,
        data=visit_data(number, **changes),
        people=people,
        attested=attested,
        by=by,
    )


def slots_in_order(session: Session) -> list[Slot]:
    return list(session.slots.select_related("session__campaign", "session__unit").order_by("starts"))


def check_sums() -> None:
    """Places taken = live bookings, numbers gapless per session, one live booking per person.

    Archived bookings count as what they were when they were archived.
    """
    slots = Slot.objects.annotate(live=_places(False), live_reserve=_places(True))
    assert {slot.pk: (slot.taken, slot.reserve_taken) for slot in slots} == {
        slot.pk: (slot.live, slot.live_reserve) for slot in slots
    }
    assert all(0 <= slot.taken <= slot.capacity for slot in slots)
    assert all(0 <= slot.reserve_taken <= slot.reserve for slot in slots)
    for session in Session.objects.all():
        numbers = [
            *session.bookings.exclude(number=None).values_list("number", flat=True),
            *session.archived.exclude(number=None).values_list("number", flat=True),
        ]
        assert sorted(numbers) == list(range(1, session.last_number + 1))
    people = Counter(Booking.objects.filter(status__in=LIVE).values_list("person_key", flat=True))
    assert set(people.values()) <= {1}


def _places(from_reserve: bool) -> Any:
    """Live bookings of a slot, among them those archived since."""
    counts = [
        Count(
            kind,
            filter=Q(**{f"{kind}__status__in": LIVE, f"{kind}__from_reserve": from_reserve}),
            distinct=True,
        )
        for kind in ("bookings", "archived")
    ]
    return counts[0] + counts[1]


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The SQL without the words that open and close transactions."""
    return [query["sql"] for query in captured.captured_queries if not _TRANSACTION.match(query["sql"])]


def row_counts(*models: Any) -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model.objects.count() for model in models}


UNKNOWN = uuid.UUID("00000000-0000-4000-8000-000000000000")
