"""What hangs on a unit: hamlets, hours, contacts."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.clock import MINUTES_OF_DAY, show_minutes
from portal.common.models import Row
from portal.common.text import clean_text
from portal.units.enums import ContactKind, HamletKind, HoursKind, Weekday
from portal.units.models.units import Unit, UnitScopedQuerySet
from portal.units.naming import plain


class HamletQuerySet(UnitScopedQuerySet):
    def active(self) -> "HamletQuerySet":
        return self.filter(is_active=True)


class Hamlet(Row):
    """Thôn, ấp, tổ dân phố or khu phố: the smallest area an officer is responsible for."""

    unit = models.ForeignKey(Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="hamlets")
    name = models.CharField(_("tên"), max_length=80)
    kind = models.CharField(_("loại"), max_length=12, choices=HamletKind.choices)
    folded_name = models.CharField(max_length=80, editable=False, db_index=True)
    is_active = models.BooleanField(_("đang dùng"), default=True)

    objects = HamletQuerySet.as_manager()

    class Meta:
        verbose_name = _("thôn, tổ dân phố")
        verbose_name_plural = _("thôn, tổ dân phố")
        ordering = ("unit", "folded_name")
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "folded_name"], name="units_hamlet_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def clean(self) -> None:
        """One spelling, and no second hamlet of the same name (`hamlet_exists`)."""
        self.name = clean_text(self.name)
        self.folded_name = plain(self.name)
        same = Hamlet.objects.filter(unit_id=self.unit_id, kind=self.kind, folded_name=self.folded_name)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError({"name": ValidationError(_("Tên này đã có."), code="hamlet_exists")})


class OpeningHours(Row):
    """One span of a weekday in minutes after local midnight; a day may have several."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="opening_hours"
    )
    weekday = models.PositiveSmallIntegerField(_("thứ"), choices=Weekday.choices)
    opens = models.PositiveSmallIntegerField(_("mở cửa (phút)"))
    closes = models.PositiveSmallIntegerField(
        _("đóng cửa (phút)"), validators=[MaxValueValidator(MINUTES_OF_DAY)]
    )
    kind = models.CharField(_("loại"), max_length=10, choices=HoursKind.choices, default=HoursKind.RECEPTION)

    objects = UnitScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("giờ làm việc")
        verbose_name_plural = _("giờ làm việc")
        ordering = ("unit", "kind", "weekday", "opens")
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "weekday", "opens"], name="units_hours_once"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="units_hours_close_after_open"),
            models.CheckConstraint(condition=Q(closes__lte=MINUTES_OF_DAY), name="units_hours_in_one_day"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="units_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {show_minutes(self.opens)}–{show_minutes(self.closes)}"


class UnitContactQuerySet(UnitScopedQuerySet):
    def public(self) -> "UnitContactQuerySet":
        """What citizens may see; shared desks by default, no private numbers."""
        return self.filter(public=True)


class UnitContact(Row):
    """A telephone a citizen may call. `name` is a post or a desk ("Trực ban"), not necessarily a person."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="contacts"
    )
    kind = models.CharField(_("loại"), max_length=8, choices=ContactKind.choices)
    name = models.CharField(_("tên gọi"), max_length=120)
    phone = models.CharField(_("điện thoại"), max_length=20)
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)
    public = models.BooleanField(_("công khai"), default=False)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    objects = UnitContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("đầu mối liên hệ")
        verbose_name_plural = _("đầu mối liên hệ")
        ordering = ("unit", "order", "pk")

    def __str__(self) -> str:
        return self.name
