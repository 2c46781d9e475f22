"""The hall as JSON for the page of a desk. Names are asked for apart, so that each look is recorded."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone

from appointments.actions.sync_desk import Answer
from appointments.floor import (
    counters_of,
    expected_people,
    latest_priorities,
    rules_of,
    silent_stations,
    turns_of_day,
)
from appointments.models import Booking, DeskDay, Session, Station, Turn
from portal.common.clock import show_minutes
from portal.common.text import fold, show_name


def hall_state(request: HttpRequest, session: Session, station: Station) -> dict[str, Any]:
    """Numbers, counters and this desk; `csrf` lets a page that was loaded without the network write again."""
    rules = rules_of(session.unit)
    turns = list(turns_of_day(session))
    return {
        "now": int(timezone.now().timestamp() * 1000),
        "csrf": get_token(request),
        "closed": DeskDay.objects.filter(session=session, closed_at__isnull=False).exists(),
        "station": {
            "uid": str(station.uid),
            "number": station.number,
            "prefix": station.prefix,
            "last_walk_in": station.last_walk_in,
            "counter": station.counter.number if station.counter else None,
        },
        "counters": counter_rows(session, station),
        "turns": [_turn_row(turn, station) for turn in turns],
        "silent": [{"number": one.number, "waiting": one.waiting} for one in silent_stations(session)],  # type: ignore[attr-defined]
        "every": rules.priority_every,
        "recent": latest_priorities(session, most=rules.priority_every + 1),
    }


def counter_rows(session: Session, station: Station) -> list[dict[str, Any]]:
    """Counters of the unit; `taken` by another desk of this session."""
    held = Station.objects.filter(session=session, counter__isnull=False).exclude(pk=station.pk)
    taken = set(held.values_list("counter_id", flat=True))
    return [
        {"number": counter.number, "name": counter.name, "taken": counter.pk in taken}
        for counter in counters_of(session.unit)
    ]


def _turn_row(turn: Turn, station: Station) -> dict[str, Any]:
    return {
        "uid": str(turn.uid),
        "label": turn.label,
        "status": turn.status,
        "priority": turn.is_priority,
        "due": turn.due,
        "late": turn.is_late,
        "order": turn.order,
        "counter": turn.counter.number if turn.counter else None,
        "redirected": turn.redirected_to.number if turn.redirected_to else None,
        "booking": str(turn.booking.uid) if turn.booking else None,
        "mine": turn.station_id == station.pk,
    }


def people_rows(session: Session) -> list[dict[str, Any]]:
    """Who comes today, with the name: the only part that says who somebody is."""
    return [_person_row(booking) for booking in expected_people(session)]


def person_name(booking: Booking) -> str:
    subject = booking.declaration.subject
    return show_name(subject.full_name) if subject else "–"


def _person_row(booking: Booking) -> dict[str, Any]:
    name = person_name(booking)
    return {
        "booking": str(booking.uid),
        "party": str(booking.party),
        "number": booking.number,
        "name": name,
        "folded": fold(name),
        "code": booking.declaration.code,
        "starts": booking.slot.starts,
        "ends": booking.slot.starts + booking.slot.minutes,
        "time": show_minutes(booking.slot.starts),
        "status": booking.status,
    }


def answer_rows(answers: list[Answer]) -> list[dict[str, Any]]:
    """What became of each operation."""
    return [
        {
            "uid": str(answer.uid),
            "outcome": answer.outcome,
            "turn": str(answer.turn.uid) if answer.turn else None,
            "label": answer.turn.label if answer.turn else None,
            "code": answer.code,
            "message": str(answer.message),
        }
        for answer in answers
    ]
