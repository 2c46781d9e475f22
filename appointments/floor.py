"""What is going on in the hall: who waits, who stands where, what the screen and the citizens are told."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from appointments.desk_rules import call_words, minutes_per_person, place_in_line, wait_range
from appointments.enums import BookingStatus, SessionStatus, TurnStatus
from appointments.models import Booking, Counter, DeskDay, DeskRules, Session, Slot, Station, Turn
from appointments.queries import search_bookings
from portal.citizens.models.persons import birth_hash_of
from portal.common.clock import LOCAL, MINUTES_OF_DAY, local_now, local_today, parse_date
from portal.units.models import Unit

MEASURED_MOST = 30
ON_SCREEN = 6
SOON_MINUTES = 90
# Whoever comes to the desk today, whatever became of the visit.
OF_THE_DAY = (
    BookingStatus.BOOKED,
    BookingStatus.CHECKED_IN,
    BookingStatus.FINISHED,
    BookingStatus.MISSED,
)


def rules_of(unit: Unit) -> DeskRules:
    """The unit's rules, or the usual ones."""
    return DeskRules.objects.filter(unit=unit).first() or DeskRules(unit=unit)


def counters_of(unit: Unit) -> list[Counter]:
    return list(Counter.objects.filter(unit=unit, is_active=True).order_by("number"))


def last_end(session: Session) -> int:
    """When the last slot ends, in minutes after midnight; the end of the day when there is none."""
    ends = Slot.objects.filter(session=session).aggregate(last=Max(F("starts") + F("minutes")))["last"]
    return MINUTES_OF_DAY - 1 if ends is None else min(ends, MINUTES_OF_DAY - 1)


# ---- whom may a counter call


def callable_turns(
    session: Session, *, counter: Counter | None, station: Station | None, now: dt.datetime
) -> QuerySet[Turn, Any]:
    """Waiting people this counter may call: not kept for another counter, and not checked in by a desk that
    has fallen silent, because that one may be calling them from its own copy."""
    silent = Station.objects.filter(session=session).silent(now)
    mine = Q(station=station) if station is not None else Q(pk__in=[])
    waiting = Turn.objects.filter(session=session, status=TurnStatus.WAITING)
    for_me = Q(redirected_to=None) & (mine | Q(station=None) | ~Q(station__in=silent))
    return waiting.filter(for_me | Q(redirected_to=counter, redirected_to__isnull=False))


def is_kept_elsewhere(turn: Turn, *, counter: Counter | None, now: dt.datetime) -> bool:
    """May a desk without network be serving this person at another counter than this one?"""
    silent = Station.objects.filter(session=turn.session).silent(now)
    if counter is not None:
        silent = silent.exclude(counter=counter)
    if turn.status == TurnStatus.WAITING and turn.redirected_to_id is None:
        return turn.station_id is not None and silent.filter(pk=turn.station_id).exists()
    place = turn.redirected_to_id or turn.counter_id
    return place is not None and silent.filter(counter=place).exists()


def latest_priorities(session: Session, *, most: int) -> list[bool]:
    """Was each of the latest calls one with priority? Newest first."""
    called = Turn.objects.filter(session=session, called_at__isnull=False, call_count__gte=1)
    return list(called.order_by("-called_at", "-pk").values_list("is_priority", flat=True)[:most])


# ---- the desk


def expected_people(session: Session) -> QuerySet[Booking, Any]:
    """Everybody with a number for this session, by hour and number, with what the list shows."""
    bookings = Booking.objects.filter(session=session, status__in=OF_THE_DAY)
    return bookings.select_related("slot", "declaration__subject").order_by("slot__starts", "number")


def find_people(session: Session, text: str) -> list[Booking]:
    """People of this session by number, declaration code or ticket address, phone, birth date, name."""
    people = expected_people(session)
    wanted = text.strip()
    if not wanted:
        return []
    try:
        birth = parse_date(wanted)
    except ValidationError:
        return list(search_bookings(people, ticket_code(wanted) or wanted))
    return list(people.filter(declaration__subject__birth_hash=birth_hash_of(birth.isoformat())))


def ticket_code(text: str) -> str:
    """The declaration code in a ticket's address (`…/phieu/<code>/`), "" in anything else."""
    _before, found, rest = text.partition("/phieu/")
    return rest.split("/")[0].split("?")[0] if found else ""


def people_by_code(session: Session, code: str) -> list[Booking]:
    """The whole party behind a scanned code when it belongs to this session; [] otherwise."""
    holder = Booking.objects.filter(session=session, declaration__code=code).exclude(number=None).first()
    return list(expected_people(session).filter(party=holder.party)) if holder else []


def turns_of_day(session: Session) -> QuerySet[Turn, Any]:
    """Everybody who came, with the counter."""
    turns = Turn.objects.filter(session=session).select_related("counter", "redirected_to", "booking")
    return turns.order_by("due", "is_late", "order")


def silent_stations(session: Session) -> list[Station]:
    """Desks out of touch, each with `waiting`: how many people only it may call."""
    found = list(Station.objects.filter(session=session).silent(timezone.now()).order_by("number"))
    for station in found:
        waiting = Turn.objects.filter(station=station, status=TurnStatus.WAITING, redirected_to=None)
        station.waiting = waiting.count()  # type: ignore[attr-defined]
    return [station for station in found if station.waiting or station.counter_id]  # type: ignore[attr-defined]


# ---- the screen: numbers and counters, nothing else


def screen_state(session: Session) -> dict[str, Any]:
    """Latest calls, newest first: `label`, `counter`, `here` (still at the counter), `call` (changes with
    every call) and `say`. No names: everybody in the street may read this."""
    announced = Turn.objects.filter(session=session, announced_at__isnull=False, counter__isnull=False)
    shown = announced.filter(status__in=(TurnStatus.CALLED, TurnStatus.PARKED, TurnStatus.DONE))
    latest = shown.select_related("counter").order_by("-announced_at", "-pk")[:ON_SCREEN]
    return {
        "calls": [
            {
                "label": turn.label,
                "counter": turn.counter.number,
                "here": turn.status == TurnStatus.CALLED,
                "call": f"{turn.label}:{turn.counter.number}:{turn.call_count}",
                "say": call_words(turn.label, turn.counter.number),
            }
            for turn in latest
            if turn.counter is not None
        ],
        "waiting": Turn.objects.filter(session=session, status=TurnStatus.WAITING).count(),
    }


def day_by_screen(unit: Unit, code: str) -> DeskDay | None:
    """The day whose screen has this code, or None."""
    days = DeskDay.objects.select_related("session__unit", "session__campaign")
    return days.filter(screen_code=code, session__unit=unit).first()


# ---- what citizens at home are told


@dataclass(frozen=True)
class LiveDay:
    """One session of today. `serving`: the number called last ("" before the first call); `least` to `most`
    minutes for somebody who would come to the end of the line now."""

    session: Session
    serving: str
    waiting: int
    least: int
    most: int
    is_closed: bool


def measured_minutes(session: Session) -> list[float]:
    """How long the latest finished people stood at a counter."""
    done = Turn.objects.filter(session=session, status=TurnStatus.DONE, called_at__isnull=False)
    times = done.order_by("-finished_at").values_list("called_at", "finished_at")[:MEASURED_MOST]
    return [(end - start).total_seconds() / 60 for start, end in times if start and end]


def open_counters(session: Session) -> int:
    """Counters that called somebody in the last hour; at least one."""
    since = timezone.now() - dt.timedelta(hours=1)
    recent = Turn.objects.filter(session=session, called_at__gte=since, counter__isnull=False)
    return max(recent.order_by().values("counter").distinct().count(), 1)


def _waits(session: Session, ahead: int) -> tuple[int, int]:
    minutes = minutes_per_person(
        measured_minutes(session), fallback=rules_of(session.unit).minutes_per_person
    )
    return wait_range(ahead=ahead, counters=open_counters(session), minutes=minutes)


def now_serving(session: Session) -> str:
    """The number of an appointment called last, or "" before the first."""
    called = Turn.objects.filter(session=session, called_at__isnull=False, booking__isnull=False)
    latest = called.order_by("-called_at", "-pk").values_list("label", flat=True).first()
    return latest or ""


def live_day(session: Session) -> LiveDay:
    """How far the desks are."""
    waiting = Turn.objects.filter(session=session, status=TurnStatus.WAITING).count()
    least, most = _waits(session, waiting)
    closed = DeskDay.objects.filter(session=session, closed_at__isnull=False).exists()
    return LiveDay(session, now_serving(session), waiting, least, most, closed)


def live_days(unit: Unit) -> list[LiveDay]:
    """Today's sessions of a unit."""
    sessions = Session.objects.filter(unit=unit, date=local_today(), status=SessionStatus.PLANNED)
    return [live_day(session) for session in sessions.select_related("unit", "campaign").order_by("pk")]


def sessions_today(unit_ids: QuerySet[Any, Any]) -> QuerySet[Session, Any]:
    """Today's sessions of some units, for the officers' list."""
    today = Session.objects.filter(unit__in=unit_ids, date=local_today(), status=SessionStatus.PLANNED)
    return today.select_related("unit", "campaign").order_by("unit", "place_name")


@dataclass(frozen=True)
class LiveTurn:
    """One visit of today for its ticket; `least` and `most` are None while its hour is far."""

    serving: str
    ahead: int
    status: str
    counter: int | None
    least: int | None
    most: int | None
    asked_at: dt.datetime


def live_turn(booking: Booking) -> LiveTurn | None:
    """How long this person still waits; None unless the visit is today and still to come."""
    if booking.session.date != local_today() or booking.status not in ("booked", "checked_in"):
        return None
    turn = Turn.objects.filter(booking=booking).open().select_related("counter").first()
    if turn is not None and turn.status != TurnStatus.WAITING:
        number = turn.counter.number if turn.status == TurnStatus.CALLED and turn.counter else None
        return LiveTurn(now_serving(booking.session), 0, turn.status, number, None, None, timezone.now())
    return _still_waiting(booking, turn)


def _still_waiting(booking: Booking, turn: Turn | None) -> LiveTurn:
    place = (
        place_in_line(turn)
        if turn is not None
        else place_in_line(Turn(due=booking.slot.starts, is_late=False, order=booking.number or 0))
    )
    waiting = Turn.objects.filter(session=booking.session, status=TurnStatus.WAITING)
    ahead = sum(place_in_line(other) < place for other in waiting.only("due", "is_late", "order"))
    least: int | None
    most: int | None
    least, most = _waits(booking.session, ahead)
    if turn is None:
        least, most = _not_before_the_hour(booking, least, most)
    status = turn.status if turn is not None else ""
    return LiveTurn(now_serving(booking.session), ahead, status, None, least, most, timezone.now())


def _not_before_the_hour(booking: Booking, least: int, most: int) -> tuple[int | None, int | None]:
    """Nobody is called before the hour of his slot; hours before it, minutes would only mislead."""
    local = local_now().astimezone(LOCAL)
    to_come = booking.slot.starts - (local.hour * 60 + local.minute)
    if to_come > SOON_MINUTES:
        return None, None
    later = max(to_come, 0) // 5 * 5
    return max(least, later), max(most, later + 10)
