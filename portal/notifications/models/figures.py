"""What was sent, day by day: small rows for pages that must not count millions of messages."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.notifications.enums import Channel
from portal.units.models import Unit


class DailyFigureQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        """Of the units whose messages the officer may count."""
        return self.filter(unit_id__in=officer.unit_ids("notifications.count_outboxmessage"))

    def between(self, first: dt.date, last: dt.date) -> Self:
        """Both days included."""
        return self.filter(day__range=(first, last))


class DailyFigure(Row):
    """One unit, one local day, one channel; written only by actions/count_messages.

    A message stands on the day a provider accepted it, or, when none did, on the day it ended. `messages`
    counts all of them, the others are parts of it; `cost` in đồng.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="message_figures"
    )
    day = models.DateField(_("ngày"))
    channel = models.CharField(_("kênh"), max_length=20, choices=Channel.choices)
    messages = models.PositiveIntegerField(_("tin"))
    arrived = models.PositiveIntegerField(_("tới người nhận"), default=0)
    seen = models.PositiveIntegerField(_("đã xem"), default=0)
    failed = models.PositiveIntegerField(_("không tới"), default=0)
    cost = models.PositiveBigIntegerField(_("chi phí (đồng)"), default=0)
    counted_at = models.DateTimeField(_("tính lúc"))

    objects = DailyFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("số liệu gửi tin theo ngày")
        verbose_name_plural = _("số liệu gửi tin theo ngày")
        constraints = [
            models.UniqueConstraint(fields=["unit", "day", "channel"], name="notifications_figure_once")
        ]
        indexes = [models.Index(fields=["day"], name="notifications_figure_day")]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} · {self.channel}"
