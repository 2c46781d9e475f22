"""Visits that are long over, without a word about the person (docs/adr/0018-growth-and-files.md)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import BookingStatus
from appointments.models.campaign import Session, Slot
from portal.common.models import AppendOnly
from portal.units.models import UnitScopedQuerySet


class ArchivedBookingQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_session"


class ArchivedBooking(AppendOnly):
    """What is left of a booking: `uid` is the booking's, so the journal still says what happened to it.

    Day, hours and place are those of `session` and `slot`, which carry no personal data and stay.
    `request_kind` and `age_band` are of the declaration, "" where they were unknown; `filed_by_kind` is
    "contact", "officer" or "system".
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="archived", verbose_name=_("buổi"))
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="archived", verbose_name=_("khung giờ"))
    number = models.PositiveIntegerField(_("số thứ tự"), null=True)
    status = models.CharField(_("trạng thái"), max_length=12, choices=BookingStatus.choices)
    from_reserve = models.BooleanField(_("chỗ dự phòng"), default=False)
    request_kind = models.CharField(_("loại yêu cầu"), max_length=20, blank=True)
    age_band = models.CharField(_("nhóm tuổi"), max_length=12, blank=True)
    filed_by_kind = models.CharField(_("ai đặt"), max_length=10)
    booked_at = models.DateTimeField(_("đặt lúc"), null=True)
    checked_in_at = models.DateTimeField(_("đến lúc"), null=True)
    finished_at = models.DateTimeField(_("xong lúc"), null=True)
    card_ready_at = models.DateTimeField(_("thẻ về lúc"), null=True)
    card_collected_at = models.DateTimeField(_("trả thẻ lúc"), null=True)

    objects = ArchivedBookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("lịch hẹn đã lưu trữ")
        verbose_name_plural = _("lịch hẹn đã lưu trữ")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], condition=~Q(number=None), name="archived_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"Số {self.number}" if self.number else str(self.uid)
