"""Kinds of units and the units themselves."""

import datetime as dt
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.clock import local_today
from portal.common.models import Row
from portal.units.enums import Edition, Level
from portal.units.models.scope import HoldsUnits, UnitScopedQuerySet, reach_of
from portal.units.naming import parse_query, police_name_of


class UnitKind(Row):
    """A kind the law knows or knew (phường, đặc khu, quận …); rows so that a new kind needs no release."""

    code = models.SlugField(_("mã"), max_length=30, unique=True)
    name_vi = models.CharField(_("tên tiếng Việt"), max_length=40)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=60)
    level = models.PositiveSmallIntegerField(_("cấp"), choices=Level.choices)
    is_current = models.BooleanField(_("đang dùng"), default=True)

    class Meta:
        verbose_name = _("loại đơn vị")
        verbose_name_plural = _("loại đơn vị")
        ordering = ("level", "code")

    def __str__(self) -> str:
        return self.name_vi


class UnitQuerySet(UnitScopedQuerySet):
    def visible_to(self, officer: HoldsUnits) -> Self:
        return self.filter(pk__in=reach_of(officer.unit_ids()))

    def open(self) -> Self:
        """Units that run this portal today."""
        return self.filter(is_open=True)

    def current(self, *, on: dt.date | None = None) -> Self:
        """Units in force on a local date (today); one without valid_from is older than our records."""
        day = on or local_today()
        started = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        return self.filter(started & (Q(valid_to__isnull=True) | Q(valid_to__gte=day)))

    def worded(self, text: str) -> Self:
        """Units, current or not, in whose name or parents' names every typed word occurs."""
        found = self
        for word in parse_query(text).words:
            # A number is a whole word (phường 1 is not phường 10); letters may still be being typed.
            found = found.filter(folded_path__contains=f" {word} " if word.isdigit() else f" {word}")
        return found

    def named(self, text: str) -> Self:
        """Current units of this name, and those that took over a unit of this name."""
        from portal.units.models.succession import heirs_of

        query = parse_query(text)
        name = " ".join(query.words)
        hits = self.model.objects.filter(Q(folded_name=name) | Q(folded_path__startswith=f" {query.phrase} "))
        heirs = heirs_of(hits.filter(valid_to__isnull=False).values_list("pk", flat=True))
        ids = {heir for found in heirs.values() for heir in found}
        return self.filter(Q(pk__in=hits) | Q(pk__in=ids)).filter(valid_to__isnull=True)

    def delete(self) -> Any:
        """Never: an address printed on a poster must lead somewhere for ever."""
        raise TypeError("Units are closed, never deleted.")


class Unit(Row):
    """A police unit with the area it serves. It is closed, never deleted, so its slug is never reused."""

    kind = models.ForeignKey(
        UnitKind, verbose_name=_("loại"), on_delete=models.PROTECT, related_name="units"
    )
    official_code = models.CharField(
        _("mã hành chính"),
        max_length=5,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^(\d{2}|\d{3}|\d{5})$", code="official_code_invalid")],
        help_text=_("Giữ nguyên các số 0 ở đầu."),
    )
    edition = models.CharField(_("danh mục"), max_length=10, choices=Edition.choices, default=Edition.OWN)
    name = models.CharField(_("tên riêng"), max_length=80)
    display_name = models.CharField(_("tên đầy đủ"), max_length=120)
    police_title = models.CharField(
        _("tên cơ quan"),
        max_length=160,
        blank=True,
        help_text=_("Chỉ ghi khi khác với “Công an” và tên đơn vị."),
    )
    folded_name = models.CharField(max_length=80, db_index=True, editable=False)
    folded_path = models.CharField(max_length=400, editable=False)
    slug = models.SlugField(_("địa chỉ trang"), max_length=160, unique=True, null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("đơn vị cấp trên"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    is_open = models.BooleanField(_("đang dùng cổng này"), default=False)
    is_demo = models.BooleanField(_("dữ liệu mẫu"), default=False)
    latitude = models.FloatField(_("vĩ độ"), null=True, blank=True)
    longitude = models.FloatField(_("kinh độ"), null=True, blank=True)
    address = models.CharField(_("trụ sở"), max_length=200, blank=True)
    duty_phone = models.CharField(_("điện thoại trực ban"), max_length=20, blank=True)
    sms_brand = models.CharField(_("tên hiển thị SMS"), max_length=11, blank=True)
    code_budget_per_hour = models.PositiveIntegerField(_("số mã xác nhận mỗi giờ"), default=600)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        ordering = ("kind__level", "official_code", "pk")
        indexes = [models.Index(fields=["slug"], condition=Q(is_open=True), name="units_unit_open")]
        constraints = [
            models.UniqueConstraint(fields=["edition", "official_code"], name="units_unit_code_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="units_unit_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(valid_to__isnull=True), name="units_unit_closed_is_not_open"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="units_unit_point_on_earth",
            ),
            models.CheckConstraint(
                condition=~Q(official_code=""), name="units_unit_code_null_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="units_unit_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def police_name(self) -> str:
        """`Công an phường An Hải`."""
        return self.police_title or police_name_of(self.display_name)

    @property
    def is_historic(self) -> bool:
        return self.valid_to is not None

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Never: see UnitQuerySet.delete."""
        raise TypeError("Units are closed, never deleted.")
