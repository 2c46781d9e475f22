"""Days that differ from the week: holidays, make-up working days, a unit's own closures."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.models.units import HoldsUnits, Unit, UnitScopedQuerySet


class CalendarDayQuerySet(UnitScopedQuerySet):
    def visible_to(self, officer: HoldsUnits) -> "CalendarDayQuerySet":
        """National days are everybody's; a unit's own days follow its reach."""
        return self.filter(Q(unit__isnull=True) | Q(unit__in=self.reach_for(officer)))

    def for_unit(self, unit: Unit | None) -> "CalendarDayQuerySet":
        """National days first, so that a unit's own entry for the same date wins when read in order."""
        own = Q(unit__isnull=True) if unit is None else Q(unit__isnull=True) | Q(unit=unit)
        return self.filter(own).order_by(models.F("unit").asc(nulls_first=True), "date")


class CalendarDay(Row):
    """One date that is off although a weekday, or worked although a weekend."""

    date = models.DateField(_("ngày"))
    is_working = models.BooleanField(_("là ngày làm việc"), default=False)
    name = models.CharField(_("tên"), max_length=120)
    source = models.CharField(_("căn cứ"), max_length=200)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("chỉ cho đơn vị"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="calendar_days",
    )
    moves_deadlines = models.BooleanField(
        _("tính vào thời hạn"),
        default=False,
        help_text=_("Bỏ chọn nếu chỉ nghỉ tiếp dân: thời hạn giải quyết theo luật không được kéo dài."),
    )

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngày nghỉ, ngày làm bù")
        verbose_name_plural = _("ngày nghỉ, ngày làm bù")
        ordering = ("date",)
        constraints = [
            models.UniqueConstraint(fields=["unit", "date"], name="units_day_once_per_unit"),
            # NULL is distinct from NULL in both databases, so national days need a rule of their own.
            models.UniqueConstraint(
                fields=["date"], condition=Q(unit__isnull=True), name="units_day_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"
