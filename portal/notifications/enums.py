"""Closed lists of the room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message is. The allowed moves stand in workflow.py."""

    QUEUED = "queued", _("Chờ gửi")
    CLAIMED = "claimed", _("Đang gửi")
    ACCEPTED = "accepted", _("Nhà cung cấp đã nhận")
    DELIVERED = "delivered", _("Đã tới máy")
    SEEN = "seen", _("Đã xem")
    FAILED = "failed", _("Không gửi được")
    EXPIRED = "expired", _("Hết hạn gửi")
    CANCELLED = "cancelled", _("Đã hủy")


class MessageClass(models.TextChoices):
    """How urgent a message is. The value is also the name of its queue, `code` aside (see QUEUE_OF)."""

    CODE = "code", _("Mã xác nhận")
    TRANSACTIONAL = "transactional", _("Thông báo công việc")
    BULK = "bulk", _("Thông báo hàng loạt")


QUEUE_OF = {
    MessageClass.CODE: "codes",
    MessageClass.TRANSACTIONAL: "transactional",
    MessageClass.BULK: "bulk",
}


class Channel(models.TextChoices):
    """A way to a person; a delivery plan is a list of these. Which vendor carries it is a setting."""

    SMS = "sms", _("Tin nhắn SMS")


class Audience(models.TextChoices):
    CITIZEN = "citizen", _("Công dân")
    OFFICER = "officer", _("Cán bộ")


class Outcome(models.TextChoices):
    """What one call to a channel ended with. STARTED that stays means: nobody knows."""

    STARTED = "started", _("Đang gọi")
    ACCEPTED = "accepted", _("Đã nhận")
    RETRY = "retry", _("Sẽ gửi lại")
    FALLBACK = "fallback", _("Chuyển kênh khác")
    FAILED = "failed", _("Không gửi được")


class ErrorKind(models.TextChoices):
    """What to do about an error of a channel."""

    SUCCESS = "success", _("Đã gửi từ trước")
    RETRY = "retry", _("Gửi lại sau")
    CONFIG = "config", _("Cần sửa cấu hình")
    FALLBACK = "fallback", _("Chuyển kênh khác")
    PERMANENT = "permanent", _("Không gửi lại")
    UNKNOWN = "unknown", _("Lỗi chưa biết, gửi lại thưa dần")


class Receipt(models.TextChoices):
    """What a provider tells later about an accepted message."""

    PENDING = "pending", _("Chưa có kết quả")
    DELIVERED = "delivered", _("Đã tới máy")
    SEEN = "seen", _("Đã xem")
    FAILED = "failed", _("Không tới máy")
