"""Units, what became of them, and whose rows are visible from where: one web, so one module."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Protocol, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.clock import local_today
from portal.common.models import Row
from portal.units.enums import Edition, Level, ReachVia
from portal.units.naming import parse_query, police_name_of


class HoldsUnits(Protocol):
    """An officer, as this room needs him."""

    def held_unit_ids(self, permission: str | None = None) -> Collection[int]:
        """Primary keys of the units in which a role grants `permission` (None: any role)."""
        ...


class UnitScopedQuerySet(models.QuerySet):
    """Base for rows that carry a unit.

    A room with a longer path sets `unit_path` ("booking__unit"); one whose rows not every role may see
    sets `view_permission` ("appointments.view_booking"), so that a role held elsewhere opens nothing here.
    """

    unit_path = "unit"
    view_permission: str | None = None

    def visible_to(self, officer: HoldsUnits) -> Self:
        """Rows of the officer's units, of the units below them and of those merged into them."""
        return self.filter(**{f"{self.unit_path}__in": self.reach_for(officer)})

    def reach_for(self, officer: HoldsUnits) -> models.QuerySet[Any, Any]:
        """Units (a subquery) whose rows of this kind the officer may see."""
        return reach_of(officer.held_unit_ids(self.view_permission))


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
        return self.filter(pk__in=self.reach_for(officer))

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
        for word in dict.fromkeys(parse_query(text).words):
            # A number is a whole word (phường 1 is not phường 10); letters may still be being typed.
            found = found.filter(folded_path__contains=f" {word} " if word.isdigit() else f" {word}")
        return found

    def named(self, text: str) -> Self:
        """Current units of this name, and those that took over a unit of this name."""
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

    kind = models.ForeignKey(UnitKind, verbose_name=_("loại"), on_delete=models.PROTECT, related_name="units")
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
                # A comparison with NULL is no violation, so both must be said to be there.
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="units_unit_point_on_earth",
            ),
            models.CheckConstraint(condition=~Q(official_code=""), name="units_unit_code_null_not_empty"),
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


class SuccessionQuerySet(UnitScopedQuerySet):
    unit_path = "successor"


class Succession(Row):
    """`successor` took over from `predecessor`, wholly or in part, on a date."""

    predecessor = models.ForeignKey(
        Unit, verbose_name=_("đơn vị cũ"), on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Unit, verbose_name=_("đơn vị tiếp nhận"), on_delete=models.PROTECT, related_name="inheritances"
    )
    on = models.DateField(_("từ ngày"))
    inherits_records = models.BooleanField(
        _("tiếp nhận hồ sơ"),
        default=True,
        help_text=_("Bỏ chọn khi chỉ tiếp nhận một phần địa bàn: cán bộ không xem được hồ sơ của đơn vị cũ."),
    )
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("kế thừa đơn vị")
        verbose_name_plural = _("kế thừa đơn vị")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="units_succession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="units_succession_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class UnitReach(Row):
    """Closure: an officer of `unit` may see rows made for `reaches`. Only rebuild_reach writes it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="reach", verbose_name=_("đơn vị"))
    reaches = models.ForeignKey(
        Unit, on_delete=models.CASCADE, related_name="reached_from", verbose_name=_("xem được")
    )
    via = models.CharField(_("vì"), max_length=12, choices=ReachVia.choices)

    objects = UnitScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("phạm vi xem")
        verbose_name_plural = _("phạm vi xem")
        constraints = [models.UniqueConstraint(fields=["unit", "reaches"], name="units_reach_once")]

    def __str__(self) -> str:
        return f"{self.unit} → {self.reaches}"


def reach_of(unit_ids: Iterable[int]) -> models.QuerySet[Any, Any]:
    """Primary keys (a subquery) of every unit whose rows may be seen from the given units."""
    return UnitReach.objects.filter(unit_id__in=list(unit_ids)).values("reaches_id")


def heirs_of(unit_ids: Iterable[int]) -> dict[int, list[int]]:
    """Follow successions to units still in force: {old pk: [today's pks, the main heir first]}.

    Chains are followed to their end (closed in 2025, closed again in 2027); one query per step.
    """
    origins: dict[int, set[int]] = {pk: {pk} for pk in unit_ids}
    heirs: dict[int, list[int]] = defaultdict(list)
    seen: set[int] = set()
    while origins:
        following: dict[int, set[int]] = defaultdict(set)
        seen |= set(origins)
        for old, new, ends in _steps(origins):
            for origin in origins[old]:
                if ends is None:
                    heirs[origin].append(new)
                elif new not in seen:
                    following[new].add(origin)
        origins = following
    return {origin: list(dict.fromkeys(found)) for origin, found in heirs.items()}


def _steps(origins: Iterable[int]) -> Iterable[tuple[int, int, object]]:
    rows = Succession.objects.order_by("predecessor_id", "-inherits_records", "pk")
    pks = list(origins)
    for start in range(0, len(pks), 500):  # SQLite allows a bounded number of parameters
        yield from rows.filter(predecessor__in=pks[start : start + 500]).values_list(
            "predecessor_id", "successor_id", "successor__valid_to"
        )
