"""The month's cost and reach as a table to take away."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.notifications.models import DailyFigure
from portal.notifications.queries import Reach, reach_of_month


def export_reach(*, month: dt.date, by: Any) -> list[Sequence[Any]]:
    """Heading, and a row per unit and channel that the officer may count; the journal knows he took it."""
    groups = reach_of_month(DailyFigure.objects.visible_to(by), month)
    rows = [_row(reach) for group in groups for reach in group if reach.channel]
    _note(month, len(rows), by)
    return [_heading(), *rows]


def _heading() -> list[str]:
    words = (_("Đơn vị"), _("Kênh"), _("Tin"), _("Tới người nhận"), _("Đã xem"), _("Không tới"))
    return [str(word) for word in (*words, _("Tỷ lệ tới (%)"), _("Chi phí (đồng)"))]


def _row(reach: Reach) -> list[Any]:
    counts = [reach.messages, reach.arrived, reach.seen, reach.failed]
    return [str(reach.unit), reach.label, *counts, reach.share, reach.cost]


def _note(month: dt.date, rows: int, by: Actor) -> None:
    facts = {"month": f"{month:%Y-%m}", "rows": rows}
    record(action="message_figures.exported", by=by, unit=getattr(by, "unit", None), detail=facts)
