"""What a unit may spend on messages."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.models import Unit


class MessageBudgetQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        return self.filter(unit_id__in=officer.unit_ids("notifications.view_messagebudget"))


class MessageBudget(Row):
    """đồng a month. Used up: mass messages stop, notices go on with a warning, codes never notice."""

    unit = models.OneToOneField(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="message_budget"
    )
    monthly_limit = models.PositiveIntegerField(_("ngân sách tháng (đồng)"))

    objects = MessageBudgetQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngân sách tin nhắn")
        verbose_name_plural = _("ngân sách tin nhắn")
        ordering = ("unit",)

    def __str__(self) -> str:
        return str(self.unit)
