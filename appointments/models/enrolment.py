"""Hamlet heads and others who register people that have no phone or cannot use one (mission D5)."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedTextField
from portal.common.models import Row
from portal.units.models import UnitScopedQuerySet


class HelperQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_helper"

    def current(self, day: dt.date) -> "HelperQuerySet":
        return self.filter(ended_at=None, valid_to__gte=day)


class Helper(Row):
    """A contact whom an officer enrolled; `quota` people per campaign, until the end of `valid_to`."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    contact = models.ForeignKey(
        "citizens.Contact", models.PROTECT, related_name="+", verbose_name=_("liên hệ")
    )
    full_name = EncryptedTextField(_("họ và tên"), label="appointments.helper.full_name")
    hamlet = models.ForeignKey(
        "units.Hamlet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("thôn, tổ dân phố"),
    )
    quota = models.PositiveSmallIntegerField(_("số người được đặt hộ mỗi đợt"))
    valid_to = models.DateField(_("đến hết ngày"))
    ended_at = models.DateTimeField(_("ngừng lúc"), null=True, blank=True, editable=False)
    enrolled_by = models.CharField(_("người ghi"), max_length=60, editable=False)

    objects = HelperQuerySet.as_manager()

    class Meta:
        verbose_name = _("người đặt hộ")
        verbose_name_plural = _("người đặt hộ")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "contact"], condition=Q(ended_at=None), name="helper_once_per_unit"
            ),
            models.CheckConstraint(condition=Q(quota__gte=1), name="helper_has_quota"),
        ]

    def __str__(self) -> str:
        return str(self.full_name)
