"""Closed lists of the room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConversationState(models.TextChoices):
    """Whose turn it is. The allowed moves stand in workflow.py."""

    UNASSIGNED = "unassigned", _("Chưa ai nhận")
    ASSIGNED = "assigned", _("Đang trả lời")
    WAITING = "waiting", _("Chờ công dân")
    CLOSED = "closed", _("Đã xong")


class Direction(models.TextChoices):
    IN = "in", _("Công dân gửi")
    OUT = "out", _("Đơn vị gửi")


class MessageKind(models.TextChoices):
    """What a message is; the first ten are named as Zalo names them. [2]"""

    TEXT = "text", _("Tin nhắn")
    IMAGE = "image", _("Ảnh")
    GIF = "gif", _("Ảnh động")
    LINK = "link", _("Liên kết")
    AUDIO = "audio", _("Tin thoại")
    VIDEO = "video", _("Video")
    STICKER = "sticker", _("Nhãn dán")
    FILE = "file", _("Tệp")
    LOCATION = "location", _("Vị trí")
    CARD = "business_card", _("Danh thiếp")
    FOLLOW = "follow", _("Quan tâm OA")
    CLICK = "click", _("Bấm nút nhắn tin")
    INFO = "info", _("Chia sẻ thông tin liên hệ")
    OTHER = "other", _("Tin khác")


class SendState(models.TextChoices):
    """Where a message to a citizen is; "" for one that came from him."""

    QUEUED = "queued", _("Chờ gửi")
    SENDING = "sending", _("Đang gửi")
    SENT = "sent", _("Đã gửi")
    DELIVERED = "delivered", _("Đã đến máy")
    SEEN = "seen", _("Đã xem")
    FAILED = "failed", _("Không gửi được")
    UNSURE = "unsure", _("Chưa rõ đã gửi chưa")


# What an officer may send again, and what keeps later messages of the same conversation waiting.
BROKEN = (SendState.FAILED, SendState.UNSURE)
ON_THE_WAY = (SendState.QUEUED, SendState.SENDING)
