"""The catalogue: a procedure is its name and address; what it says stands in dated versions."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.enums import ReachVia
from portal.units.models import Unit, UnitReach
from portal.units.models.scope import HoldsUnits, UnitScopedQuerySet
from procedures.enums import FilingMode, Grade, VersionStatus


def above(unit: Unit) -> models.QuerySet[Any, Any]:
    """Primary keys (a subquery) of a unit and of all units it belongs to."""
    lines = UnitReach.objects.filter(reaches=unit, via__in=(ReachVia.SELF, ReachVia.DESCENDANT))
    return lines.values("unit_id")


class ProcedureQuerySet(models.QuerySet):
    def visible_to(self, officer: HoldsUnits) -> Self:
        """The catalogue is public: every officer reads all of it."""
        return self

    def current(self) -> Self:
        return self.filter(ended_on=None)


class Procedure(Row):
    """One administrative procedure. What does not exist any more stays, so that its page says what to do.

    `filing_mode` is the mode where no unit decided otherwise (FilingRule). `part_of` names the procedure
    whose sessions it is booked in.
    """

    key = models.SlugField(_("khóa"), unique=True)
    slug = models.SlugField(_("đường dẫn"), unique=True)
    name = models.CharField(_("tên thủ tục"), max_length=200)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=200, blank=True)
    field = models.CharField(_("lĩnh vực"), max_length=60)
    filing_mode = models.CharField(
        _("cách nộp"), max_length=10, choices=FilingMode.choices, default=FilingMode.OFFICIAL
    )
    official_code = models.CharField(_("mã thủ tục quốc gia"), max_length=20, blank=True)
    ended_on = models.DateField(_("không còn từ ngày"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("được thay bằng")
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hẹn lịch chung với")
    )

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")
        ordering = ["field", "name"]

    def __str__(self) -> str:
        return self.name


class VersionQuerySet(models.QuerySet):
    def visible_to(self, officer: HoldsUnits) -> Self:
        """The common edition, and those of the provinces an officer works in or under."""
        units = UnitReach.objects.filter(reaches_id__in=officer.held_unit_ids(None)).values("unit_id")
        return self.filter(Q(province=None) | Q(province__in=units))

    def published_on(self, day: dt.date) -> Self:
        return self.filter(status=VersionStatus.PUBLISHED, valid_from__lte=day)

    def read_in(self, unit: Unit) -> Self:
        """The common edition and those of the units above; who reads takes the nearest (queries)."""
        return self.filter(Q(province=None) | Q(province__in=above(unit)))


class ProcedureVersion(Row):
    """What a procedure says from a day on, in the common edition (`province` None) or a province's own.

    A version is never edited: a change is the next one. `content` as in procedures/content.py.
    """

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="versions", verbose_name=_("thủ tục")
    )
    province = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bản của")
    )
    number = models.PositiveSmallIntegerField(_("bản số"))
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT
    )
    name = models.CharField(_("tên thủ tục"), max_length=200)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=200, blank=True)
    content = models.JSONField(_("nội dung"), default=dict)
    search_text = models.TextField(editable=False, blank=True)
    grade = models.CharField(_("độ tin cậy"), max_length=12, choices=Grade.choices, default=Grade.UNVERIFIED)
    valid_from = models.DateField(_("có hiệu lực từ"))
    checked_on = models.DateField(_("ngày kiểm tra gần nhất"))
    checked_by = models.CharField(_("nơi kiểm tra"), max_length=160)
    review_on = models.DateField(_("phải rà soát trước ngày"))
    change_note = models.CharField(_("lý do thay đổi"), max_length=300, blank=True)
    made_by = models.CharField(_("người soạn"), max_length=60)
    published_at = models.DateTimeField(_("công bố lúc"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("đã nhắc rà soát lúc"), null=True, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản thủ tục")
        verbose_name_plural = _("các bản thủ tục")
        ordering = ["procedure", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "province", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["procedure", "number"], condition=Q(province=None), name="common_version_number_once"
            ),
            models.CheckConstraint(
                condition=Q(review_on__gte=F("checked_on")), name="version_review_after_check"
            ),
        ]
        indexes = [
            models.Index(
                fields=["procedure", "province"], condition=Q(status="published"), name="version_published"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class FilingRuleQuerySet(UnitScopedQuerySet):
    view_permission = "procedures.view_filingrule"


class FilingRule(Row):
    """How one unit, and those below it, lets a procedure be filed; a unit's own rule beats one from above."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+", verbose_name=_("thủ tục"))
    mode = models.CharField(_("cách nộp"), max_length=10, choices=FilingMode.choices)

    objects = FilingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cách nộp tại đơn vị")
        verbose_name_plural = _("cách nộp tại đơn vị")
        ordering = ["unit__display_name", "procedure__name"]
        constraints = [models.UniqueConstraint(fields=["unit", "procedure"], name="filing_rule_once")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.procedure}"


class AuthorisationQuerySet(UnitScopedQuerySet):
    view_permission = "procedures.view_authorisation"

    def valid_on(self, day: dt.date) -> Self:
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))


class Authorisation(Row):
    """The document by which a province lets its units take dossiers of an official procedure here."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("đơn vị cấp tỉnh"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+", verbose_name=_("thủ tục"))
    number = models.CharField(_("số, ký hiệu văn bản"), max_length=80)
    issued_on = models.DateField(_("ngày văn bản"))
    issued_by = models.CharField(_("cơ quan ban hành"), max_length=160)
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("văn bản cho phép tiếp nhận")
        verbose_name_plural = _("văn bản cho phép tiếp nhận")
        ordering = ["-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authorisation_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.number


class ProcedureNoteQuerySet(UnitScopedQuerySet):
    view_permission = "procedures.view_procedurenote"


class ProcedureNote(Row):
    """What a unit adds to a procedure it inherits: where the counter is, on which days, whom to ask."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+", verbose_name=_("thủ tục"))
    text = models.TextField(_("ghi chú cho người dân"), blank=True)
    text_en = models.TextField(_("ghi chú tiếng Anh"), blank=True)

    objects = ProcedureNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("ghi chú của đơn vị")
        verbose_name_plural = _("ghi chú của đơn vị")
        ordering = ["unit__display_name", "procedure__name"]
        constraints = [models.UniqueConstraint(fields=["unit", "procedure"], name="procedure_note_once")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.procedure}"
