"""Reads across tables: which template, which brand."""

from collections.abc import Iterator

from portal.notifications.models import MessageTemplate
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
    rows = list(wanted.filter(unit_id__in=order)) + list(wanted.filter(unit__isnull=True))
    return min(rows, key=lambda row: order.get(row.unit_id, _DEEPEST), default=None)


def sms_brand(unit: Unit) -> str:
    """The sender name of the unit or of the nearest unit above it; "" when none has one."""
    return next((one.sms_brand for one in lineage(unit) if one.sms_brand), "")
