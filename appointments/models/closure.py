"""A session that was called off: what is still to be done for its people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.campaign import Session
from portal.common.fields import EncryptedTextField
from portal.common.models import Row
from portal.units.models import UnitScopedQuerySet


class SessionClosureQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_session"

    def unfinished(self) -> "SessionClosureQuerySet":
        return self.filter(finished_at=None)


class SessionClosure(Row):
    """One per cancelled session. `target` is the session everybody is to move to, None when all choose.

    The counters grow with every batch that was committed; `finished_at` is set when nobody is left.
    """

    session = models.OneToOneField(Session, models.PROTECT, related_name="closure", verbose_name=_("buổi"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    target = models.ForeignKey(
        Session, models.PROTECT, null=True, related_name="+", verbose_name=_("chuyển sang buổi")
    )
    reason = EncryptedTextField(_("lý do"), label="appointments.session_closure.reason")
    closed_by = models.CharField(_("người hủy"), max_length=60)
    people = models.PositiveIntegerField(_("số người"), default=0)
    moved = models.PositiveIntegerField(_("đã có lịch mới"), default=0)
    displaced = models.PositiveIntegerField(_("chờ chọn lịch khác"), default=0)
    finished_at = models.DateTimeField(_("xong lúc"), null=True)

    objects = SessionClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("buổi đã hủy")
        verbose_name_plural = _("buổi đã hủy")
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(finished_at=None), name="closure_open")
        ]
