"""Which officer holds which role, where and since when."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.common.clock import local_today
from portal.common.models import Row
from portal.officers.models.officers import Officer
from portal.officers.roles import ROLE_CHOICES, ROLES, Role
from portal.units.models import Hamlet, Unit


class RoleAssignmentQuerySet(models.QuerySet):
    def open(self, *, on: dt.date | None = None) -> Self:
        """In force on a local date (today) or later."""
        lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=on or local_today())
        return self.filter(lasting, ended_at__isnull=True)

    def current(self, *, on: dt.date | None = None) -> Self:
        """In force on a local date (today) and not ended since."""
        day = on or local_today()
        return self.open(on=day).filter(valid_from__lte=day).prefetch_related("hamlets")

    def visible_to(self, officer: Officer) -> Self:
        return self.filter(unit__in=officer.reach("officers.view_roleassignment"))


class RoleAssignment(Row):
    """One role of one officer in one unit. Ended, never deleted: it explains later what he was shown."""

    officer = models.ForeignKey(
        Officer, verbose_name=_("cán bộ"), on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("vai trò"), max_length=24, choices=ROLE_CHOICES)
    unit = models.ForeignKey(
        Unit, verbose_name=_("tại đơn vị"), on_delete=models.PROTECT, related_name="role_assignments"
    )
    hamlets = models.ManyToManyField(
        Hamlet,
        verbose_name=_("địa bàn phụ trách"),
        blank=True,
        related_name="role_assignments",
        help_text=_("Chỉ dùng cho cảnh sát khu vực."),
    )
    valid_from = models.DateField(_("từ ngày"), default=local_today)
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    ended_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True, editable=False)
    granted_by = models.CharField(_("người giao"), max_length=80, editable=False)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công vai trò")
        verbose_name_plural = _("phân công vai trò")
        ordering = ("officer", "role", "unit")
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "role", "unit"],
                condition=Q(valid_to__isnull=True),
                name="officers_role_open_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="officers_role_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer}: {self.get_role_display()}"

    @property
    def definition(self) -> Role | None:
        """None for a role that an older release had: it grants nothing."""
        return ROLES.get(self.role)

    @property
    def permissions(self) -> frozenset[str]:
        return self.definition.permissions if self.definition else frozenset()

    @cached_property
    def hamlet_ids(self) -> list[int]:
        return [hamlet.pk for hamlet in self.hamlets.all()]

    @property
    def is_current(self) -> bool:
        today = local_today()
        lasting = self.valid_to is None or self.valid_to >= today
        return self.ended_at is None and self.valid_from <= today and lasting
