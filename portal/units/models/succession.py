"""What became of a unit, and the closure that says whose rows are visible from where."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.enums import ReachVia
from portal.units.models.units import Unit


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

    class Meta:
        verbose_name = _("phạm vi xem")
        verbose_name_plural = _("phạm vi xem")
        constraints = [models.UniqueConstraint(fields=["unit", "reaches"], name="units_reach_once")]

    def __str__(self) -> str:
        return f"{self.unit} → {self.reaches}"


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
