"""Reads across tables: which template, which brand, how well providers work, what a month cost."""

import datetime as dt
import functools
import operator
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Aggregate, Count, IntegerField, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from portal.notifications.enums import Channel, Outcome
from portal.notifications.limits import month_start
from portal.notifications.models import (
    DailyFigure,
    DeliveryAttempt,
    MassMessage,
    MessageTemplate,
    ShortLinkDay,
)
from portal.notifications.models.figures import DailyFigureQuerySet
from portal.officers.models import Officer
from portal.units.models import Unit
from portal.zalo.models import Broadcast

NEWEST, MOST_ERRORS = 5000, 20  # how far back a page looks, how many lines it shows
_DEEPEST = 8  # a parent loop in the data must not become an endless one here


def lineage(unit: Unit) -> Iterator[Unit]:
    """The unit, its parent, its parent's parent …"""
    current: Unit | None = unit
    for _level in range(_DEEPEST):
        if current is None:
            return
        yield current
        current = current.parent


def find_template(*, unit: Unit, channel: str, notice: str) -> MessageTemplate | None:
    """The active template of the unit, else of the nearest unit above it, else the default."""
    order = {one.pk: place for place, one in enumerate(lineage(unit))}
    wanted = MessageTemplate.objects.active().filter(channel=channel, notice=notice)
    own = sorted(wanted.filter(unit_id__in=list(order)), key=lambda row: order[row.unit_id or 0])
    return own[0] if own else wanted.filter(unit__isnull=True).first()


def active_version(template: MessageTemplate) -> MessageTemplate | None:
    """What stands now where `template` will stand; of a unit's first text the default."""
    rows = MessageTemplate.objects.active().filter(channel=template.channel, notice=template.notice)
    own = rows.filter(unit=template.unit_id).first() if template.unit_id else None
    return own or rows.filter(unit__isnull=True).first()


def version_before(template: MessageTemplate) -> MessageTemplate | None:
    """The version that `template` replaced; of a unit's first text the default it replaced."""
    rows = MessageTemplate.objects.filter(channel=template.channel, notice=template.notice)
    own = rows.filter(unit=template.unit_id, version__lt=template.version).order_by("-version").first()
    return own or (rows.active().filter(unit__isnull=True).first() if template.unit_id else None)


def sms_brand(unit: Unit) -> str:
    """The sender name of the unit or of the nearest unit above it; "" when none has one."""
    return next((one.sms_brand for one in lineage(unit) if one.sms_brand), "")


def code_channels() -> list[str]:
    """The ways a citizen may ask a one-time code by, in the order a page lists them."""
    return [Channel.SMS.value]


def _figure(rows: QuerySet, key: str, figure: Aggregate) -> Subquery:
    return Subquery(rows.order_by().values(key).annotate(it=figure).values("it"), output_field=IntegerField())


def with_last_hour(states: QuerySet, now: dt.datetime) -> QuerySet:
    """Providers with the calls of the last hour: hour_calls, hour_failed, hour_slowest (ms or None)."""
    rows = DeliveryAttempt.objects.filter(
        provider=OuterRef("provider"), started_at__gt=now - dt.timedelta(hours=1), finished_at__isnull=False
    )
    bad = rows.exclude(outcome=Outcome.ACCEPTED)
    return states.annotate(
        hour_calls=Coalesce(_figure(rows, "provider", Count("pk")), 0),
        hour_failed=Coalesce(_figure(bad, "provider", Count("pk")), 0),
        hour_slowest=_figure(rows, "provider", Max("took_ms")),
    )


def with_month(budgets: QuerySet, now: dt.datetime) -> QuerySet:
    """Budgets with their unit's figures of this month: month_cost, month_sent, month_arrived and _failed."""
    first, last = month_days(month_start(now).date())
    rows = DailyFigure.objects.filter(unit=OuterRef("unit")).between(first, last)
    return budgets.annotate(
        month_cost=Coalesce(_figure(rows, "unit", Sum("cost")), 0),
        month_sent=Coalesce(_figure(rows, "unit", Sum("messages")), 0),
        month_arrived=Coalesce(_figure(rows, "unit", Sum("arrived")), 0),
        month_failed=Coalesce(_figure(rows, "unit", Sum("failed")), 0),
    )


# ---- cost and reach by month


@dataclass(frozen=True)
class Reach:
    """Messages of a unit (None: of all) by one channel ("" for all) in a month."""

    unit: Unit | None
    channel: str
    messages: int
    arrived: int
    seen: int
    failed: int
    cost: int

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label) if self.channel else ""

    @property
    def share(self) -> int | None:
        """Of a hundred messages that many arrived; None when there were none."""
        return round(100 * self.arrived / self.messages) if self.messages else None

    def __add__(self, other: "Reach") -> "Reach":
        """Both together, without their channels."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in REACH_FIGURES}
        return Reach(self.unit if self.unit == other.unit else None, "", **sums)


REACH_FIGURES = ("messages", "arrived", "seen", "failed", "cost")


def month_days(month: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the month that `month` lies in."""
    first = month.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def reach_of_month(figures: DailyFigureQuerySet, month: dt.date) -> list[list[Reach]]:
    """A list per unit, by name: one entry per channel, then the unit's total when there are several.

    `figures` are the rows the reader may see (DailyFigure.objects.visible_to).
    """
    sums = {name: Sum(name) for name in REACH_FIGURES}
    found = figures.between(*month_days(month)).order_by().values("unit", "channel").annotate(**sums)
    units = Unit.objects.in_bulk({row["unit"] for row in found})
    order = {channel: place for place, channel in enumerate(Channel.values)}
    rows = [Reach(units[row["unit"]], row["channel"], *(row[one] for one in REACH_FIGURES)) for row in found]
    rows.sort(key=lambda row: (str(row.unit), row.unit.pk if row.unit else 0, order[row.channel]))
    groups = [list(group) for _unit, group in groupby(rows, key=lambda row: row.unit)]
    return [group if len(group) == 1 else [*group, sum_of(group)] for group in groups]


def sum_of(rows: Sequence[Reach]) -> Reach:
    """All of them together; they are at least one."""
    return functools.reduce(operator.add, rows)


def counted_until(figures: DailyFigureQuerySet, month: dt.date) -> dt.datetime | None:
    """When the figures of a month were last counted."""
    return figures.between(*month_days(month)).aggregate(last=Max("counted_at"))["last"]


# ---- what goes wrong


def errors_of_last_hour(now: dt.datetime) -> list[tuple[str, str, int]]:
    """(provider, error code, calls) of the last hour, the most frequent first."""
    calls = DeliveryAttempt.objects.filter(started_at__gt=now - dt.timedelta(hours=1)).exclude(error_code="")
    counted = calls.order_by().values("provider", "error_code").annotate(number=Count("pk"))
    rows = counted.order_by("-number", "provider", "error_code")[:MOST_ERRORS]
    return [(row["provider"], row["error_code"], row["number"]) for row in rows]


def recent_errors(messages: QuerySet) -> list[str]:
    """Error codes of the newest of these messages, for a filter: all of them may be millions."""
    newest = messages.exclude(last_error="").order_by("-pk").values("last_error")[:NEWEST]
    return sorted(set(newest.values_list("last_error", flat=True)))


def errors_met(codes: Collection[str], unit_ids: set[int], now: dt.datetime) -> list[str]:
    """Those of these errors that calls for messages of these units ended with in the last hour."""
    calls = DeliveryAttempt.objects.filter(error_code__in=codes, started_at__gt=now - dt.timedelta(hours=1))
    newest = calls.order_by("-started_at").values_list("error_code", "message__unit_id")[:NEWEST]
    return sorted({code for code, unit_id in newest if unit_id in unit_ids})


@dataclass(frozen=True)
class Moved:
    """One line of what happened to a mass message."""

    when: dt.datetime
    state: Any
    who: str
    reason: str


def mass_history(mass: MassMessage) -> list[Moved]:
    """Who did what with it, the oldest first; two statements."""
    entries = list(mass.history.all())
    uids = [entry.actor.partition(":")[2] for entry in entries if entry.actor.startswith("officer:")]
    names = {one.actor_ref: one.username for one in Officer.objects.filter(uid__in=uids)}
    return [
        Moved(entry.created_at, entry.get_to_display(), names.get(entry.actor, ""), entry.reason or "")
        for entry in entries
    ]


def link_openings(mass: MassMessage) -> dict[str, int]:
    """How often each short address was opened: {use: number}."""
    days = ShortLinkDay.objects.filter(link__mass=mass).order_by().values_list("link__use")
    return dict(days.annotate(number=Sum("opened")))


def article_of(mass: MassMessage) -> Broadcast | None:
    """The article of a message to followers, None for all others and before it was started."""
    return Broadcast.objects.filter(about=mass.uid).first()
