"""What a unit may spend on codes, and the queue before it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedJSONField
from portal.common.models import Row
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet


class CodeBudget(Row):
    """Codes a unit sent in one clock hour. Only a conditional UPDATE moves `used`."""

    unit = models.ForeignKey(Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(_("giờ bắt đầu"))
    used = models.PositiveIntegerField(_("đã gửi"), default=0)
    queued = models.PositiveIntegerField(_("trong đó qua hàng chờ"), default=0)

    objects: ClassVar = UnitScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngân sách mã xác nhận")
        verbose_name_plural = _("ngân sách mã xác nhận")
        ordering = ("-hour", "unit_id")
        constraints = [
            models.UniqueConstraint(fields=["unit", "hour"], name="citizens_code_budget_once"),
            models.CheckConstraint(condition=Q(queued__lte=F("used")), name="citizens_code_budget_parts"),
        ]


class CodeQueue(Row):
    """When the next turn of a unit's queue is free; moved forward by a conditional UPDATE."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="+")
    next_free_at = models.DateTimeField()


class SpentProof(Row):
    """SHA-256 of a proof or ticket that already bought a code; kept until it would have expired anyway."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)


class WaitingRequest(Row):
    """What somebody without JavaScript typed before waiting, kept for minutes so that nothing is lost.

    Found only by the cookie whose SHA-256 is `token_hash`.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=300)
    fields = EncryptedJSONField(label="citizens.waitingrequest.fields")
    ticket = models.CharField(max_length=120)
    turn_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
