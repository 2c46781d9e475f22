"""What a plan would create, looked at before anything is written; and the writing itself."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Min
from django.utils.translation import gettext_lazy as _

from appointments.enums import SessionStatus
from appointments.models import Campaign, Session, SessionService, Slot
from appointments.timetable import PlannedSession, Round, days_of, planned_session
from appointments.validators import MOST_SLOTS, check_round
from portal.common.clock import local_today, show_date
from portal.common.text import fold
from portal.units.models import CalendarDay, Unit
from procedures.models import Procedure

Services = Sequence[tuple[Procedure, int]]


@dataclass(frozen=True)
class Layout:
    """Every session a plan would create, in order; the days off it skips, by name; what it collides with.

    `clashes` are sessions of other campaigns of the unit at the same place and hour: a warning, no refusal.
    """

    sessions: tuple[PlannedSession, ...]
    holidays: tuple[tuple[dt.date, str], ...]
    clashes: tuple[Session, ...]

    @property
    def days(self) -> int:
        return len({session.date for session in self.sessions})

    @property
    def slots(self) -> int:
        return sum(len(session.starts) for session in self.sessions)

    @property
    def places(self) -> int:
        return sum(session.places for session in self.sessions)

    @property
    def reserved(self) -> int:
        return sum(session.reserved for session in self.sessions)

    def figures(self) -> dict[str, int]:
        """What the journal says about it."""
        return {
            "days": self.days,
            "sessions": len(self.sessions),
            "slots": self.slots,
            "places": self.places,
            "reserve": self.reserved,
        }


def lay_out(
    *, unit: Unit, rounds: Sequence[Round], skip_holidays: bool, campaign: Campaign | None = None
) -> Layout:
    """The layout of these lines; `campaign` is the one they are added to, None for a new one.

    ValidationError {"<line>-<field>": …} with the codes of `check_round` and `no_days`, `place_twice`,
    `session_exists`; {"rounds": `too_many_slots`}; five queries at most, however long the plan.
    """
    today = local_today()
    check_lines(rounds, today)
    first, last = min(line.first_date for line in rounds), max(line.last_date for line in rounds)
    off = days_off(unit, first, last) if skip_holidays else {}
    planned = _planned(rounds, off)
    if sum(len(session.starts) for _line, session in planned) > MOST_SLOTS:
        raise ValidationError({"rounds": ValidationError(_("Quá nhiều khung giờ."), code="too_many_slots")})
    _refuse_twice(planned, _existing(campaign))
    sessions = sorted((session for _line, session in planned), key=lambda one: (one.date, one.place_name))
    skipped = {day for line in rounds for day in _wanted_days(line) if day in off}
    return Layout(
        tuple(sessions),
        tuple((day, off[day]) for day in sorted(skipped)),
        tuple(clashes(unit, sessions, campaign)),
    )


def check_lines(rounds: Sequence[Round], today: dt.date) -> None:
    """Every fault of every line at once."""
    errors: dict[str, list[ValidationError]] = {}
    for number, line in enumerate(rounds):
        try:
            check_round(line, today)
        except ValidationError as error:
            errors |= {f"{number}-{field}": found for field, found in error.error_dict.items()}
    if not rounds:
        errors["rounds"] = [ValidationError(_("Xin ghi ít nhất một địa điểm."), code="required")]
    if errors:
        raise ValidationError(errors)


def _wanted_days(line: Round) -> list[dt.date]:
    return days_of(line.first_date, line.last_date, line.weekdays)


def days_off(unit: Unit, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Name of each day off; also the unit's own closures, which move no legal deadline."""
    rows = CalendarDay.objects.for_unit(unit).filter(date__range=(first, last))
    named: dict[dt.date, str | None] = {}
    for date, worked, name in rows.values_list("date", "is_working", "name"):  # the unit's own word is last
        named[date] = None if worked else name
    return {date: name for date, name in named.items() if name is not None}


def _planned(rounds: Sequence[Round], off: dict[dt.date, str]) -> list[tuple[int, PlannedSession]]:
    """Sessions with the number of their line; `no_days` for a line without any."""
    planned: list[tuple[int, PlannedSession]] = []
    for number, line in enumerate(rounds):
        days = [day for day in _wanted_days(line) if day not in off]
        if not days:
            text = _("Không có ngày nào phù hợp.")
            raise ValidationError({f"{number}-weekdays": ValidationError(text, code="no_days")})
        planned += [(number, planned_session(line, day)) for day in days]
    return planned


def _existing(campaign: Campaign | None) -> set[tuple[dt.date, str]]:
    if campaign is None:
        return set()
    return {(day, fold(place)) for day, place in campaign.sessions.values_list("date", "place_name")}


def _refuse_twice(planned: list[tuple[int, PlannedSession]], existing: set[tuple[dt.date, str]]) -> None:
    """A place has one session a day: two lines for it would give every number twice."""
    seen = set(existing)
    for number, session in planned:
        key = (session.date, fold(session.place_name))
        if key in seen:
            facts = {"day": show_date(session.date), "place": session.place_name}
            known = key in existing
            text = (
                _("Ngày %(day)s tại %(place)s đã có trong đợt này.")
                if known
                else _("Ngày %(day)s tại %(place)s có ở hai dòng. Xin ghi các giờ vào cùng một dòng.")
            )
            code = "session_exists" if known else "place_twice"
            raise ValidationError({f"{number}-place_name": ValidationError(text % facts, code=code)})
        seen.add(key)


def clashes(unit: Unit, sessions: Sequence[PlannedSession], campaign: Campaign | None) -> list[Session]:
    """The unit's sessions of other campaigns at the same place whose hours overlap a planned one."""
    wanted: dict[tuple[dt.date, str], PlannedSession] = {
        (session.date, fold(session.place_name)): session for session in sessions
    }
    rows = (
        Session.objects.filter(unit=unit, status=SessionStatus.PLANNED)
        .filter(date__range=(sessions[0].date, sessions[-1].date))
        .exclude(campaign=campaign)
        .select_related("campaign")
        .annotate(first=Min("slots__starts"), last=Max(F("slots__starts") + F("slots__minutes")))
        .order_by("date", "place_name")
    )
    return [row for row in rows if _overlaps(row, wanted.get((row.date, fold(row.place_name))))]


def _overlaps(row: Session, planned: PlannedSession | None) -> bool:
    first, last = getattr(row, "first", None), getattr(row, "last", None)
    if planned is None or first is None or last is None:
        return False
    return planned.starts[0] < last and first < planned.starts[-1] + planned.slot_minutes


def write_sessions(
    *, campaign: Campaign, planned: Iterable[PlannedSession], services: Services
) -> list[Session]:
    """Insert sessions, their services and their slots; as many statements for one day as for thirty."""
    wanted = list(planned)
    sessions = Session.objects.bulk_create(
        Session(
            campaign=campaign,
            unit=campaign.unit,
            date=one.date,
            place_name=one.place_name,
            place_address=one.place_address,
        )
        for one in wanted
    )
    SessionService.objects.bulk_create(
        SessionService(session=session, procedure=procedure, minutes_per_person=minutes)
        for session in sessions
        for procedure, minutes in services
    )
    Slot.objects.bulk_create(
        new_slot(session, start, one)
        for session, one in zip(sessions, wanted, strict=True)
        for start in one.starts
    )
    return sessions


def new_slot(session: Session, start: int, planned: PlannedSession) -> Slot:
    return Slot(
        session=session,
        starts=start,
        minutes=planned.slot_minutes,
        capacity=planned.capacity,
        reserve=planned.reserve,
    )


def services_of_campaign(campaign: Campaign) -> list[tuple[Procedure, int]]:
    """What the campaign's newest session works on; the main procedure when it has none yet."""
    newest = campaign.sessions.order_by("-date").first()
    rows = SessionService.objects.filter(session=newest).select_related("procedure") if newest else ()
    found = [(row.procedure, row.minutes_per_person) for row in rows]
    return found or [(campaign.procedure, SessionService._meta.get_field("minutes_per_person").default)]
