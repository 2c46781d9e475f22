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
    own = sorted(wanted.filter(unit_id__in=list(order)), key=lambda row: order[row.unit_id or 0])
    return own[0] if own else wanted.filter(unit__isnull=True).first()


def sms_brand(unit: Unit) -> str:
    """The sender name of the unit or of the nearest unit above it; "" when none has one."""
    return next((one.sms_brand for one in lineage(unit) if one.sms_brand), "")
