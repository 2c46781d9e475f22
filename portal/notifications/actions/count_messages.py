"""Counting what was sent into one row per unit, day and channel.

Days are counted anew as a whole and written over what stood there: running twice, together or after a crash
gives the same figures. Each unit's days are read by an index, so the cost grows with what was sent in these
days, not with what was ever sent.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from portal.common.actors import Actor
from portal.common.clock import LOCAL, local_moment, local_today
from portal.notifications.enums import State
from portal.notifications.models import DailyFigure, OutboxMessage
from portal.units.models import Unit

# Providers are asked for three days what became of a message; afterwards a day stays as it is.
STILL_MOVING = dt.timedelta(days=4)
_ARRIVED, _LOST = (State.DELIVERED, State.SEEN), (State.FAILED, State.EXPIRED)
_FIGURES = ["messages", "arrived", "seen", "failed", "cost", "counted_at"]
Tally = dict[str, int]


@dataclass(frozen=True)
class _Span:
    """Local days `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    def within(self, column: str) -> Q:
        """Rows whose moment in `column` lies in these days."""
        start, end = local_moment(self.first, 0), local_moment(self.last + dt.timedelta(days=1), 0)
        return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def count_days(*, first: dt.date, last: dt.date, by: Actor) -> int:
    """Count these local days anew; returns how many units had messages or figures in them."""
    span = _Span(first, last)
    units = list(_units_with_something(span))
    for unit_id in units:
        _write(unit_id, span, _tallies(unit_id, span))
    return len(units)


def count_recent_days(*, by: Actor) -> int:
    """The days whose messages may still change; after a standstill all days since the last count."""
    today = local_today()
    first = today - STILL_MOVING
    last_counted = DailyFigure.objects.aggregate(day=Max("day"))["day"] or _first_day()
    return count_days(first=min(first, last_counted or first), last=today, by=by)


def _first_day() -> dt.date | None:
    """Nothing was ever counted: the day of the oldest message."""
    moments = OutboxMessage.objects.aggregate(sent=Min("accepted_at"), ended=Min("finished_at"))
    return min((moment.astimezone(LOCAL).date() for moment in moments.values() if moment), default=None)


def _units_with_something(span: _Span) -> Iterator[int]:
    messages = OutboxMessage.objects.filter(unit=OuterRef("pk"))
    counted = DailyFigure.objects.filter(unit=OuterRef("pk"), day__range=(span.first, span.last))
    wanted = Exists(messages.filter(span.within("accepted_at"))) | Exists(_never_accepted(messages, span))
    units = Unit.objects.filter(wanted | Exists(counted)).order_by("pk")
    yield from units.values_list("pk", flat=True)


def _never_accepted(rows: QuerySet, span: _Span) -> QuerySet:
    """Ended without any provider having taken them; cancelled ones were not to be sent."""
    ended = rows.filter(span.within("finished_at"), accepted_at__isnull=True)
    return ended.filter(state__in=[*_ARRIVED, *_LOST])


def _tallies(unit_id: int, span: _Span) -> dict[tuple[dt.date, str], Tally]:
    rows = OutboxMessage.objects.filter(unit_id=unit_id)
    tallies: dict[tuple[dt.date, str], Tally] = defaultdict(lambda: dict.fromkeys(_FIGURES[:-1], 0))
    for found in _groups(rows.filter(span.within("accepted_at")), "accepted_at"):
        _add(tallies[found["on"], found["plan"][found["hop"]]], found)
    for found in _groups(_never_accepted(rows, span), "finished_at"):
        _add(tallies[found["on"], found["plan"][found["hop"]]], found)
    return tallies


def _groups(rows: QuerySet, moment: str) -> QuerySet:
    """By day, state and place in the plan: a handful of rows however many messages."""
    days = rows.order_by().annotate(on=TruncDate(moment, tzinfo=LOCAL))
    return days.values("on", "plan", "hop", "state").annotate(number=Count("pk"), sum=Sum("cost"))


def _add(tally: Tally, found: dict[str, Any]) -> None:
    tally["messages"] += found["number"]
    tally["cost"] += found["sum"] or 0
    for name, states in (("arrived", _ARRIVED), ("seen", (State.SEEN,)), ("failed", _LOST)):
        tally[name] += found["number"] if found["state"] in states else 0


@transaction.atomic
def _write(unit_id: int, span: _Span, tallies: dict[tuple[dt.date, str], Tally]) -> None:
    """Over what stands there. A channel whose messages of a day were sent on by another loses its row."""
    now = timezone.now()
    standing = DailyFigure.objects.filter(unit_id=unit_id).between(span.first, span.last)
    gone = [row.pk for row in standing if (row.day, row.channel) not in tallies]
    DailyFigure.objects.filter(pk__in=gone).delete()
    DailyFigure.objects.bulk_create(
        [
            DailyFigure(unit_id=unit_id, day=day, channel=channel, counted_at=now, **tally)
            for (day, channel), tally in sorted(tallies.items())
        ],
        update_conflicts=True,
        unique_fields=["unit", "day", "channel"],
        update_fields=_FIGURES,
    )
