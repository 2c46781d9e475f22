"""Reads across tables: which template, which brand, how well providers work, what a month cost."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Aggregate, Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from portal.notifications.enums import Channel, Outcome, State
from portal.notifications.limits import month_start
from portal.notifications.models import DeliveryAttempt, MessageTemplate, OutboxMessage
from portal.units.models import Unit

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
    """Budgets with their unit's messages of this month: month_cost, month_sent, month_arrived and _failed."""
    rows = OutboxMessage.objects.filter(unit=OuterRef("unit"), accepted_at__gte=month_start(now))
    arrived = Count("pk", filter=Q(state__in=[State.DELIVERED, State.SEEN]))
    return budgets.annotate(
        month_cost=Coalesce(_figure(rows, "unit", Sum("cost")), 0),
        month_sent=Coalesce(_figure(rows, "unit", Count("pk")), 0),
        month_arrived=Coalesce(_figure(rows, "unit", arrived), 0),
        month_failed=Coalesce(_figure(rows, "unit", Count("pk", filter=Q(state=State.FAILED))), 0),
    )
