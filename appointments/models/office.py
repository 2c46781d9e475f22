"""How the office calendar of a unit is laid out, day after day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.campaign import Campaign
from appointments.timetable import DEFAULT_MINUTES, OfficeSettings
from portal.common.models import Row
from portal.units.models import UnitScopedQuerySet


class OfficeCalendarQuerySet(UnitScopedQuerySet):
    unit_path = "campaign__unit"
    view_permission = "appointments.view_campaign"


class OfficeCalendar(Row):
    """Settings of a campaign of kind office: its days follow the unit's reception hours and holidays."""

    campaign = models.OneToOneField(
        Campaign, models.CASCADE, related_name="office", verbose_name=_("lịch trụ sở")
    )
    place_name = models.CharField(_("địa điểm"), max_length=150)
    place_address = models.CharField(_("địa chỉ"), max_length=250)
    days_ahead = models.PositiveSmallIntegerField(_("cho đặt trước (ngày)"), default=30)
    counters = models.PositiveSmallIntegerField(_("số bàn tiếp nhận"), default=1)
    minutes_per_person = models.PositiveSmallIntegerField(_("số phút mỗi người"), default=DEFAULT_MINUTES)
    slot_minutes = models.PositiveSmallIntegerField(_("mỗi khung giờ (phút)"), default=30)
    reserve = models.PositiveSmallIntegerField(_("chỗ dự phòng mỗi khung giờ"), default=0)

    objects = OfficeCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("cách lập lịch trụ sở")
        verbose_name_plural = _("cách lập lịch trụ sở")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    counters__gte=1, minutes_per_person__gte=1, slot_minutes__gte=1, days_ahead__gte=1
                ),
                name="office_settings_positive",
            )
        ]

    @property
    def settings(self) -> OfficeSettings:
        return OfficeSettings(
            days_ahead=self.days_ahead,
            counters=self.counters,
            minutes_per_person=self.minutes_per_person,
            slot_minutes=self.slot_minutes,
            reserve=self.reserve,
        )
