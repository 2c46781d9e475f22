"""Closed lists of the room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileState(models.TextChoices):
    """Where a file is on its way. The allowed moves stand in workflow.py."""

    RECEIVING = "receiving", _("Đang nhận")
    RECEIVED = "received", _("Chờ kiểm tra")
    CHECKING = "checking", _("Đang kiểm tra")
    CLEAN = "clean", _("Đã kiểm tra, dùng được")
    REFUSED = "refused", _("Không nhận")
    QUARANTINED = "quarantined", _("Cách ly")


class PutBy(models.TextChoices):
    """Who sent a file."""

    CITIZEN = "citizen", _("Công dân")
    OFFICER = "officer", _("Cán bộ")
    ANONYMOUS = "anonymous", _("Không đăng nhập")
    SYSTEM = "system", _("Hệ thống")


class BlobRole(models.TextChoices):
    """What the bytes are of a file."""

    ORIGINAL = "original", _("Bản gửi lên")
    CLEAN = "clean", _("Bản đã làm sạch")
    THUMBNAIL = "thumbnail", _("Ảnh nhỏ")
