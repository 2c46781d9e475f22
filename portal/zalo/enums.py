"""Closed lists of the room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountState(models.TextChoices):
    """Whether the portal may speak as an Official Account. The allowed moves stand in workflow.py."""

    NEEDS_CONSENT = "needs_consent", _("Cần cấp quyền")
    CONNECTED = "connected", _("Đang kết nối")
    DISABLED = "disabled", _("Đã tắt")


class EventState(models.TextChoices):
    """Where a received event is."""

    WAITING = "waiting", _("Chờ xử lý")
    CLAIMED = "claimed", _("Đang xử lý")
    DONE = "done", _("Đã xử lý")
    FAILED = "failed", _("Xử lý không được")


class ErrorKind(models.TextChoices):
    """What to do about an error of Zalo."""

    RETRY = "retry", _("Gửi lại sau")
    REFRESH = "refresh", _("Làm mới quyền truy cập")
    REUPLOAD = "reupload", _("Tải tệp lên lại")
    RESCHEDULE = "reschedule", _("Gửi vào giờ khác")
    FALLBACK = "fallback", _("Chuyển kênh khác")
    CONFIG = "config", _("Cần sửa cấu hình")
    PERMANENT = "permanent", _("Không gửi lại")
    UNKNOWN = "unknown", _("Lỗi chưa biết, gửi lại thưa dần")


class TokenEvent(models.TextChoices):
    """What happened to an account's tokens."""

    CONSENT_STARTED = "consent_started", _("Bắt đầu xin quyền")
    CONSENTED = "consented", _("Đã cấp quyền")
    REFRESHED = "refreshed", _("Đã làm mới")
    REFRESH_FAILED = "refresh_failed", _("Làm mới chưa được, sẽ thử lại")
    ROTATION_UNCLEAR = "rotation_unclear", _("Zalo không trả mã làm mới tiếp theo, giữ mã cũ")
    LOST = "lost", _("Mất quyền, cần cấp lại")
    DISABLED = "disabled", _("Cán bộ tắt kết nối")


class TemplateState(models.TextChoices):
    """Zalo's words for a template's life. [2] Only ENABLE is sent."""

    ENABLE = "ENABLE", _("Đã duyệt, dùng được")
    PENDING_REVIEW = "PENDING_REVIEW", _("Đang chờ Zalo duyệt")
    REJECT = "REJECT", _("Bị từ chối")
    DISABLE = "DISABLE", _("Bị Zalo tắt")
    DELETE = "DELETE", _("Không còn trên Zalo")


class UploadKind(models.TextChoices):
    IMAGE = "image", _("Ảnh")
    GIF = "gif", _("Ảnh động")
    FILE = "file", _("Tệp")


class MenuKind(models.TextChoices):
    """The types the menu page of oa.zalo.me offers."""

    URL = "oa.open.url", _("Mở liên kết")
    QUERY = "oa.query.show", _("Gửi tin nhắn cho OA")
    PHONE = "oa.open.phone", _("Gọi điện")


class Window(models.TextChoices):
    """What a message to somebody costs now, by his last interaction."""

    FREE = "free", _("Miễn phí (trong 48 giờ)")
    PAID = "paid", _("Có phí (từ 48 giờ đến 7 ngày)")
    CLOSED = "closed", _("Không nhắn được (quá 7 ngày hoặc chưa từng nhắn)")


class BroadcastState(models.TextChoices):
    """Where an article to all followers is. The allowed moves stand in workflow.py."""

    WAITING = "waiting", _("Chờ gửi")
    CALLING = "calling", _("Đang gọi Zalo")
    SENT = "sent", _("Zalo đã nhận để gửi")
    FAILED = "failed", _("Không gửi được")
    UNCLEAR = "unclear", _("Chưa rõ Zalo đã gửi chưa")
    CANCELLED = "cancelled", _("Đã hủy")
