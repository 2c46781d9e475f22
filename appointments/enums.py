"""Statuses of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Đang soạn")
    OPEN = "open", _("Đang nhận đăng ký")
    CLOSED = "closed", _("Đã đóng")


class BookingStatus(models.TextChoices):
    HELD = "held", _("Đang giữ chỗ, chờ mã xác nhận")
    BOOKED = "booked", _("Đã đặt lịch")
    CHECKED_IN = "checked_in", _("Đã đến")
    FINISHED = "finished", _("Đã làm xong")
    MISSED = "missed", _("Không đến")
    CANCELLED = "cancelled", _("Đã hủy")
    EXPIRED = "expired", _("Hết hạn giữ chỗ")


# A person has at most one of these per campaign; a slot's counter counts exactly these.
LIVE = (
    BookingStatus.HELD,
    BookingStatus.BOOKED,
    BookingStatus.CHECKED_IN,
    BookingStatus.FINISHED,
    BookingStatus.MISSED,
)
# The place has gone back to its slot.
RELEASED = (BookingStatus.CANCELLED, BookingStatus.EXPIRED)
