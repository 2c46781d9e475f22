"""Closed lists of the room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message is. The allowed moves stand in workflow.py."""

    QUEUED = "queued", _("Chờ gửi")
    CLAIMED = "claimed", _("Đang gửi")
    ACCEPTED = "accepted", _("Nhà cung cấp đã nhận")
    CALLING = "calling", _("Chờ cán bộ gọi")
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

    ZALO_OA = "zalo_oa", _("Tin tư vấn Zalo OA")
    ZALO_USER = "zalo_user", _("Tin mẫu Zalo theo người dùng")
    ZALO_PHONE = "zalo_phone", _("Tin mẫu Zalo theo số điện thoại")
    SMS = "sms", _("Tin nhắn SMS")
    CALL = "call", _("Gọi điện")


ZALO_CHANNELS = (Channel.ZALO_OA, Channel.ZALO_USER, Channel.ZALO_PHONE)


class Window(models.TextChoices):
    """May the account still write freely to a person who wrote to it?"""

    FREE = "free", _("Miễn phí")
    PAID = "paid", _("Tính phí")
    CLOSED = "closed", _("Đã đóng")


class LinkedBy(models.TextChoices):
    """How somebody showed that a phone and a Zalo user are his."""

    CODE = "code", _("Nhắn mã cho OA")
    SIGNED_LINK = "signed_link", _("Mở liên kết đã ký")
    SHARED_INFO = "shared_info", _("Chia sẻ số điện thoại cho OA")


class CallState(models.TextChoices):
    """Where a call is. The allowed moves stand in workflow.py."""

    WAITING = "waiting", _("Cần gọi")
    CALLING = "calling", _("Đang gọi")
    NO_ANSWER = "no_answer", _("Không nghe máy, gọi lại sau")
    REACHED = "reached", _("Đã gặp")
    UNREACHABLE = "unreachable", _("Không gọi được")
    EXPIRED = "expired", _("Quá hạn gọi")
    CANCELLED = "cancelled", _("Không cần gọi nữa")


class CallOutcome(models.TextChoices):
    """What an officer says after one call; the buttons of the call's page."""

    REACHED = "reached", _("Đã gặp")
    NO_ANSWER = "no_answer", _("Không nghe máy")
    LATER = "later", _("Gọi lại sau")
    WRONG_NUMBER = "wrong_number", _("Sai số")


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
    REFRESH = "refresh", _("Làm mới mã truy cập rồi gửi lại")
    RESCHEDULE = "reschedule", _("Dời sang giờ khác")
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


class MassState(models.TextChoices):
    """Where a mass message is. The allowed moves stand in workflow.py."""

    DRAFT = "draft", _("Đang soạn")
    CHECKED = "checked", _("Đã chạy thử, chờ gửi")
    QUEUED = "queued", _("Đang lập danh sách người nhận")
    RUNNING = "running", _("Đang gửi")
    PAUSED = "paused", _("Tạm dừng")
    STOPPED = "stopped", _("Đã dừng hẳn")
    DONE = "done", _("Đã gửi xong")


class LinkUse(models.TextChoices):
    """Where a short link of a mass message was read."""

    MESSAGE = "message", _("Trong tin gửi đi")
    FORWARD = "forward", _("Trong tin chuyển tiếp vào nhóm Zalo")
