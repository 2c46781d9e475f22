"""Statuses of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Đang soạn")
    OPEN = "open", _("Đang nhận đăng ký")
    FULL = "full", _("Đã đủ chỗ, đang nhận danh sách chờ")
    CLOSED = "closed", _("Đã đóng")


class CampaignKind(models.TextChoices):
    CAMPAIGN = "campaign", _("Đợt tiếp nhận")
    OFFICE = "office", _("Lịch làm việc thường xuyên tại trụ sở")


class Numbering(models.TextChoices):
    AT_ONCE = "at_once", _("Cấp số ngay khi xác nhận")
    BATCHED = "batched", _("Nhận trước, cấp số lần lượt sau ít giây (khi rất đông)")


class SessionStatus(models.TextChoices):
    PLANNED = "planned", _("Theo lịch")
    CANCELLED = "cancelled", _("Đã hủy buổi")


class WaitingStatus(models.TextChoices):
    UNVERIFIED = "unverified", _("Chờ mã xác nhận")
    WAITING = "waiting", _("Đang chờ")
    OFFERED = "offered", _("Đã mời, chờ trả lời")
    TAKEN = "taken", _("Đã nhận chỗ")
    DECLINED = "declined", _("Không nhận")
    EXPIRED = "expired", _("Hết hạn")
    LEFT = "left", _("Đã rời danh sách")


class InterestStatus(models.TextChoices):
    UNVERIFIED = "unverified", _("Chờ mã xác nhận")
    WAITING = "waiting", _("Đang chờ")
    TOLD = "told", _("Đã báo")
    WITHDRAWN = "withdrawn", _("Không nhận nữa")


class BookingStatus(models.TextChoices):
    HELD = "held", _("Đang giữ chỗ, chờ mã xác nhận")
    ACCEPTED = "accepted", _("Đã nhận đăng ký, đang cấp số")
    BOOKED = "booked", _("Đã đặt lịch")
    CHECKED_IN = "checked_in", _("Đã đến")
    FINISHED = "finished", _("Đã làm xong")
    MISSED = "missed", _("Không đến")
    DISPLACED = "displaced", _("Buổi đã hủy, chờ chọn lịch khác")
    MOVED = "moved", _("Đã chuyển sang lịch khác")
    CANCELLED = "cancelled", _("Đã hủy")
    EXPIRED = "expired", _("Hết hạn giữ chỗ")


class CardStatus(models.TextChoices):
    """What a citizen waits for after the visit (mission C6)."""

    IN_PRODUCTION = "in_production", _("Đang làm thẻ")
    READY = "ready", _("Thẻ đã về, mời đến nhận")
    COLLECTED = "collected", _("Đã nhận thẻ")


class TurnStatus(models.TextChoices):
    WAITING = "waiting", _("Đang chờ gọi")
    CALLED = "called", _("Đang ở quầy")
    PARKED = "parked", _("Tạm dừng")
    ABSENT = "absent", _("Gọi không có mặt")
    DONE = "done", _("Đã làm xong")
    LEFT = "left", _("Đã ra về")


class PriorityKind(models.TextChoices):
    """Who goes first, in the words of the posters in the hall."""

    ELDERLY = "elderly", _("Người cao tuổi")
    DISABLED = "disabled", _("Người khuyết tật")
    PREGNANT = "pregnant", _("Phụ nữ có thai")
    INFANT = "infant", _("Có con nhỏ đi cùng")
    MERIT = "merit", _("Người có công")


# In the hall now: each of these counts as one live turn of its booking.
TURN_OPEN = (TurnStatus.WAITING, TurnStatus.CALLED, TurnStatus.PARKED, TurnStatus.ABSENT)

# A person has at most one of these per campaign; a slot's counter counts exactly these.
LIVE = (
    BookingStatus.HELD,
    BookingStatus.ACCEPTED,
    BookingStatus.BOOKED,
    BookingStatus.CHECKED_IN,
    BookingStatus.FINISHED,
    BookingStatus.MISSED,
)
# The place has gone back to its slot.
RELEASED = (
    BookingStatus.DISPLACED,
    BookingStatus.MOVED,
    BookingStatus.CANCELLED,
    BookingStatus.EXPIRED,
)
# These may have no number: not yet, or they were given up before they got one.
NUMBERLESS = (
    BookingStatus.HELD,
    BookingStatus.ACCEPTED,
    BookingStatus.DISPLACED,
    BookingStatus.MOVED,
    BookingStatus.EXPIRED,
    BookingStatus.CANCELLED,
)
