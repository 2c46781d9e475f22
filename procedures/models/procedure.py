"""The catalogue as dated data: what to bring, what it costs, what law says so."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from procedures.enums import AgeBand, FilingMode, Grade, PaperForm, RequestKind, TimeUnit


class ProcedureQuerySet(models.QuerySet):
    def in_force(self, day: dt.date) -> "ProcedureQuerySet":
        return self.filter(valid_from__lte=day).filter(models.Q(valid_to=None) | models.Q(valid_to__gte=day))


class Procedure(Row):
    """One administrative procedure in the words of its legal basis, with the day somebody checked it."""

    key = models.SlugField(_("khóa"), unique=True)
    slug = models.SlugField(_("đường dẫn"), unique=True)
    name = models.CharField(_("tên thủ tục"), max_length=200)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=200, blank=True)
    summary = models.TextField(_("tóm tắt"), blank=True)
    field = models.CharField(_("lĩnh vực"), max_length=60)
    filing_mode = models.CharField(
        _("cách nộp"), max_length=10, choices=FilingMode.choices, default=FilingMode.OFFICIAL
    )
    official_code = models.CharField(_("mã thủ tục quốc gia"), max_length=20, blank=True)
    time_value = models.PositiveSmallIntegerField(_("thời hạn"), null=True, blank=True)
    time_unit = models.CharField(_("đơn vị thời hạn"), max_length=20, choices=TimeUnit.choices, blank=True)
    legal_basis = models.TextField(_("căn cứ pháp lý"))
    grade = models.CharField(_("độ tin cậy"), max_length=12, choices=Grade.choices, default=Grade.UNVERIFIED)
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("hết hiệu lực"), null=True, blank=True)
    checked_on = models.DateField(_("ngày rà soát gần nhất"))
    checked_by = models.CharField(_("người rà soát"), max_length=100)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")
        ordering = ["field", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="procedure_valid_to_after_from",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Paper(Row):
    """One thing to bring; empty conditions mean everybody brings it."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="papers", verbose_name=_("thủ tục"))
    text = models.CharField(_("giấy tờ"), max_length=300)
    form = models.CharField(_("dạng"), max_length=10, choices=PaperForm.choices, default=PaperForm.ORIGINAL)
    request_kind = models.CharField(_("loại yêu cầu"), max_length=20, choices=RequestKind.choices, blank=True)
    age_band = models.CharField(_("độ tuổi"), max_length=20, choices=AgeBand.choices, blank=True)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    class Meta:
        verbose_name = _("giấy tờ cần mang")
        verbose_name_plural = _("giấy tờ cần mang")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Fee(Row):
    """What a request costs from a day on, in đồng."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="fees", verbose_name=_("thủ tục"))
    request_kind = models.CharField(_("loại yêu cầu"), max_length=20, choices=RequestKind.choices, blank=True)
    amount = models.PositiveIntegerField(_("mức thu (đồng)"))
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("hết hiệu lực"), null=True, blank=True)

    class Meta:
        verbose_name = _("lệ phí")
        verbose_name_plural = _("lệ phí")
        ordering = ["request_kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "request_kind", "valid_from"], name="fee_one_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} đ"
