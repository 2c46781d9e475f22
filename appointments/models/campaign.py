"""A campaign (several days and places), its sessions (one place on one day) and their slots."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import CampaignKind, CampaignStatus, Numbering, SessionStatus
from appointments.timetable import DEFAULT_MINUTES
from portal.common.clock import MINUTES_OF_DAY, local_moment, show_date, show_minutes
from portal.common.models import Row
from portal.units.models import UnitScopedQuerySet


class CampaignQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_campaign"

    def taking(self, now: dt.datetime) -> "CampaignQuerySet":
        """Open, also while every place is taken just now, and inside the intake time."""
        return self.filter(
            Q(intake_opens_at=None) | Q(intake_opens_at__lte=now),
            Q(intake_closes_at=None) | Q(intake_closes_at__gt=now),
            status__in=(CampaignStatus.OPEN, CampaignStatus.FULL),
        )


class Campaign(Row):
    """Intake for one main procedure; the office calendar is a campaign without an end.

    What a session works on stands in its SessionService rows; `procedure` is the one it is announced for.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, related_name="+", verbose_name=_("thủ tục")
    )
    name = models.CharField(_("tên đợt"), max_length=150)
    slug = models.SlugField(_("đường dẫn"), max_length=80)
    description = models.TextField(_("giới thiệu"), blank=True)
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT
    )
    kind = models.CharField(
        _("loại"), max_length=10, choices=CampaignKind.choices, default=CampaignKind.CAMPAIGN
    )
    numbering = models.CharField(
        _("cách cấp số"), max_length=10, choices=Numbering.choices, default=Numbering.AT_ONCE
    )
    intake_opens_at = models.DateTimeField(_("mở đăng ký từ"), null=True, blank=True)
    intake_closes_at = models.DateTimeField(_("nhận đăng ký đến"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("đợt tiếp nhận")
        verbose_name_plural = _("đợt tiếp nhận")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "slug"], name="campaign_slug_per_unit"),
            models.CheckConstraint(
                condition=Q(intake_closes_at=None)
                | Q(intake_opens_at=None)
                | Q(intake_closes_at__gt=F("intake_opens_at")),
                name="campaign_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_taking(self, now: dt.datetime) -> bool:
        opened = self.intake_opens_at is None or self.intake_opens_at <= now
        still = self.intake_closes_at is None or now < self.intake_closes_at
        return self.status in (CampaignStatus.OPEN, CampaignStatus.FULL) and opened and still


class SessionQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_session"


class Session(Row):
    """One place on one local date. `last_number` is the day's counter: numbers are 1 … last_number."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sessions", verbose_name=_("đợt"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    date = models.DateField(_("ngày"))
    place_name = models.CharField(_("địa điểm"), max_length=150)
    place_address = models.CharField(_("địa chỉ"), max_length=250)
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=SessionStatus.choices, default=SessionStatus.PLANNED
    )
    last_number = models.PositiveIntegerField(_("số thứ tự đã cấp"), default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("buổi làm việc")
        verbose_name_plural = _("buổi làm việc")
        ordering = ["date", "place_name"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "date", "place_name"], name="session_place_per_day")
        ]

    def __str__(self) -> str:
        return f"{show_date(self.date)} · {self.place_name}"


class SessionService(Row):
    """One procedure that a session works on, with the minutes one person takes at the counter.

    Capacity is counted in persons whatever they come for; the minutes say how many counters that needs.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="services", verbose_name=_("buổi"))
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, related_name="+", verbose_name=_("thủ tục")
    )
    minutes_per_person = models.PositiveSmallIntegerField(_("số phút mỗi người"), default=DEFAULT_MINUTES)

    class Meta:
        verbose_name = _("việc làm trong buổi")
        verbose_name_plural = _("việc làm trong buổi")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "procedure"], name="session_service_once"),
            models.CheckConstraint(condition=Q(minutes_per_person__gte=1), name="session_service_takes_time"),
        ]


class Slot(Row):
    """`starts` minutes after local midnight; `taken` counts live bookings and can never pass `capacity`.

    `reserve` more places are for people whom officers book; `reserve_taken` counts those. With
    `open_to_public` off nobody takes a public place any more; who has one keeps it.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="slots", verbose_name=_("buổi"))
    starts = models.PositiveSmallIntegerField(_("bắt đầu (phút)"))
    minutes = models.PositiveSmallIntegerField(_("độ dài (phút)"))
    capacity = models.PositiveIntegerField(_("số chỗ"))
    taken = models.PositiveIntegerField(_("đã giữ"), default=0, editable=False)
    reserve = models.PositiveIntegerField(_("chỗ dự phòng của cán bộ"), default=0)
    reserve_taken = models.PositiveIntegerField(_("chỗ dự phòng đã giữ"), default=0, editable=False)
    open_to_public = models.BooleanField(_("công dân tự đặt được"), default=True)

    class Meta:
        verbose_name = _("khung giờ")
        verbose_name_plural = _("khung giờ")
        ordering = ["session", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts"], name="slot_start_per_session"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_taken_within_capacity"),
            models.CheckConstraint(
                condition=Q(reserve_taken__lte=F("reserve")), name="slot_reserve_within_capacity"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="slot_has_length"),
            models.CheckConstraint(
                condition=Q(starts__lte=MINUTES_OF_DAY - F("minutes")), name="slot_within_the_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.hours}"

    @property
    def hours(self) -> str:
        """`08:00-08:30`."""
        return f"{show_minutes(self.starts)}-{show_minutes(self.starts + self.minutes)}"

    @property
    def starts_at(self) -> dt.datetime:
        return local_moment(self.session.date, self.starts)

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)
