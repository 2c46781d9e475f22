"""Reads across the room: finding a unit, its address, its hours, its calendar."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.common.clock import LOCAL, local_moment
from portal.common.kept_query import KeptQuery
from portal.units.enums import ContactKind, HoursKind, Level
from portal.units.models import CalendarDay, OpeningHours, Unit, UnitContact, heirs_of
from portal.units.naming import UnitQuery, parse_query, score_name
from portal.units.working_time import DEFAULT_OFFICE_HOURS, Spans, WorkCalendar, merge_spans

OPENING_HORIZON_DAYS = 60
MET, NOISE = 4, 1  # scores of naming.score_name
PARENTS = ("kind", "parent__kind", "parent__parent__kind")


@dataclass(frozen=True)
class UnitMatch:
    """A unit in force; `note` tells why it answers an old name ("… nay thuộc …"), "" otherwise."""

    unit: Unit
    note: str
    matched: Unit


def find_units(text: str, *, limit: int = 10, open_only: bool = False) -> list[UnitMatch]:
    """Units in force for what a citizen typed: without accents, abbreviated, or by an old name.

    Best first, each unit once. `open_only` keeps the units that run this portal. Fewer than two
    letters or digits find nothing.
    """
    query = parse_query(text)
    if len("".join(set(query.words))) < 2 and not (query.kinds and query.words):
        return []
    found: dict[int, UnitMatch] = {}
    ranked = _ranked(query, text)
    for start in range(0, len(ranked), limit * 2):
        for match in _resolved(ranked[start : start + limit * 2]):
            if match.unit.is_open or not open_only:
                found.setdefault(match.unit.pk, match)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def unit_by_slug(slug: str, *, alone: bool = False) -> tuple[Unit | None, Unit | None]:
    """(unit, redirect_to). An old unit with one heir redirects; with several, show `heirs_today`.

    `alone` leaves out what only pages show, kind and parents: reading them costs more than the unit.
    """
    unit = next(iter((_alone_by_slug if alone else _by_slug)(slug)), None)
    if unit is None or not unit.is_historic:
        return unit, None
    heirs = heirs_today(unit)
    return unit, heirs[0] if len(heirs) == 1 else None


def _slug() -> Any:
    return Unit._meta.get_field("slug")


_alone_by_slug = KeptQuery(
    lambda slug: Unit.objects.order_by().filter(slug=slug), field=_slug, example="vi-du"
)
_by_slug = KeptQuery(
    lambda slug: Unit.objects.order_by().filter(slug=slug).select_related(*PARENTS),
    field=_slug,
    example="vi-du",
)


def heirs_today(unit: Unit) -> list[Unit]:
    """Units in force that took over from a closed unit, the main one first; [] for a unit in force."""
    if not unit.is_historic:
        return []
    pks = heirs_of([unit.pk]).get(unit.pk, [])
    units = Unit.objects.select_related(*PARENTS).in_bulk(pks)
    return [units[pk] for pk in pks]


def full_name(unit: Unit) -> str:
    """`Phường An Hải Bắc, Quận Sơn Trà, Thành phố Đà Nẵng`; the ministry is left out."""
    names = [unit.display_name]
    parent = unit.parent
    while parent is not None and parent.kind.level != Level.MINISTRY:
        names.append(parent.display_name)
        parent = parent.parent
    return ", ".join(names)


def work_calendar(unit: Unit | None) -> WorkCalendar:
    """The deadline calendar of a unit, or the national one: holidays, make-up days, office hours."""
    days = CalendarDay.objects.for_unit(unit).filter(moves_deadlines=True)
    hours = _hours(unit, HoursKind.OFFICE) if unit else {}
    return WorkCalendar(dict(days.values_list("date", "is_working")), hours or DEFAULT_OFFICE_HOURS)


def reception_spans(unit: Unit, day: dt.date) -> Spans:
    """When citizens may come on a local date, in minutes after midnight; () when not at all."""
    return reception_between(unit, day, day).get(day, ())


def reception_between(unit: Unit, first: dt.date, last: dt.date) -> dict[dt.date, Spans]:
    """Spans per date. A holiday closes; a make-up day without hours of its own has those of a Monday."""
    hours = _hours(unit, HoursKind.RECEPTION)
    special = dict(
        CalendarDay.objects.for_unit(unit).filter(date__range=(first, last)).values_list("date", "is_working")
    )
    found = {}
    for step in range((last - first).days + 1):
        day = first + dt.timedelta(days=step)
        own = hours.get(day.weekday(), ())
        found[day] = (own or hours.get(0, ()) if special[day] else ()) if day in special else own
    return found


def open_now(unit: Unit, at: dt.datetime) -> bool:
    """Whether the counter receives citizens at this moment."""
    local = at.astimezone(LOCAL)
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in reception_spans(unit, local.date()))


def next_opening(unit: Unit, at: dt.datetime) -> dt.datetime | None:
    """The next moment after `at` when the counter opens; None when nothing is announced for 60 days."""
    first = at.astimezone(LOCAL).date()
    last = first + dt.timedelta(days=OPENING_HORIZON_DAYS)
    for day, spans in sorted(reception_between(unit, first, last).items()):
        for opens, _closes in spans:
            if (moment := local_moment(day, opens)) > at:
                return moment
    return None


def public_contacts(unit: Unit) -> list[dict[str, str]]:
    """Name, phone and note of what citizens may call; the duty phone when nothing is listed."""
    listed = UnitContact.objects.public().filter(unit=unit).order_by("order", "pk")
    found = [{"name": contact.name, "phone": contact.phone, "note": contact.note} for contact in listed]
    if not found and unit.duty_phone:
        found = [{"name": str(ContactKind.DUTY.label), "phone": unit.duty_phone, "note": ""}]
    return found


def _hours(unit: Unit, kind: HoursKind) -> dict[int, Spans]:
    rows = OpeningHours.objects.filter(unit=unit, kind=kind).values_list("weekday", "opens", "closes")
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for weekday, opens, closes in rows:
        spans[weekday].append((opens, closes))
    return {weekday: merge_spans(found) for weekday, found in spans.items()}


def _ranked(query: UnitQuery, text: str) -> list[tuple[int, bool]]:
    """(pk, in force) of fitting units, best first: the name itself, its kind, today's before old ones."""
    rows = Unit.objects.worded(text).order_by("kind__level", "official_code", "pk")
    columns = ("pk", "folded_name", "folded_path", "display_name", "kind__code", "valid_to")
    scored = []
    for place, (pk, name, path, shown, kind, valid_to) in enumerate(rows.values_list(*columns)):
        score = score_name(query, name, path, kind)
        key = (
            -score,
            kind not in query.kinds if query.kinds else False,
            query.accented not in shown.lower(),
            valid_to is not None,
            place,
        )
        scored.append((key, pk, valid_to is None))
    scored.sort()
    # Once the name itself was met, units that only share a syllable are noise.
    worst = NOISE if scored and -scored[0][0][0] >= MET else 0
    return [(pk, in_force) for key, pk, in_force in scored if -key[0] > worst]


def _resolved(ranked: list[tuple[int, bool]]) -> list[UnitMatch]:
    old = [pk for pk, in_force in ranked if not in_force]
    heirs = heirs_of(old)
    wanted = {pk for pk, _in_force in ranked} | {heir for found in heirs.values() for heir in found}
    units = Unit.objects.select_related(*PARENTS).in_bulk(list(wanted))
    matches = []
    for pk, in_force in ranked:
        if in_force:
            matches.append(UnitMatch(units[pk], "", units[pk]))
        matches.extend(_inherited(units[pk], [units[heir] for heir in heirs.get(pk, [])]))
    return matches


def _inherited(old: Unit, heirs: list[Unit]) -> list[UnitMatch]:
    """Heirs of an old unit with a note; one that kept the name comes first."""
    template = _("%(old)s nay thuộc %(new)s") if len(heirs) == 1 else _("Một phần %(old)s nay thuộc %(new)s")
    by_name = sorted(heirs, key=lambda heir: heir.folded_name != old.folded_name)
    return [
        UnitMatch(heir, template % {"old": full_name(old), "new": heir.display_name}, old) for heir in by_name
    ]
