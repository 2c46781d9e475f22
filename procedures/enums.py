"""Choices of this room; identifiers in English, words in Vietnamese."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    """What a person asks of the ID-card desk (Law 26/2023/QH15, articles 19, 21, 24; TT 73/2024/TT-BTC)."""

    FIRST_ISSUE = "first_issue", _("Cấp thẻ căn cước lần đầu")
    SWAP = "swap", _("Đổi từ thẻ CCCD sang thẻ căn cước")
    EXCHANGE = "exchange", _("Cấp đổi (đến tuổi đổi thẻ, sai hoặc thay đổi thông tin)")
    REISSUE = "reissue", _("Cấp lại (mất thẻ, hỏng không dùng được)")


class Gender(models.TextChoices):
    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class AgeBand(models.TextChoices):
    """Law 26/2023/QH15, articles 19 and 23: who comes, and with whom."""

    UNDER_6 = "under_6", _("Dưới 6 tuổi")
    FROM_6_TO_13 = "from_6_to_13", _("Từ 6 đến dưới 14 tuổi")
    FROM_14 = "from_14", _("Từ 14 tuổi trở lên")


class FilingMode(models.TextChoices):
    """How a procedure is filed; data per procedure and unit (docs/glossary.md)."""

    OFFICIAL = "official", _("Nộp trên Cổng Dịch vụ công quốc gia hoặc VNeID")
    PREPARE = "prepare", _("Chuẩn bị tờ khai và hẹn ngày tại đây")
    ACCEPT = "accept", _("Đơn vị nhận hồ sơ trực tuyến tại đây")


class DeclarationStatus(models.TextChoices):
    DRAFT = "draft", _("Chưa xác nhận")
    SUBMITTED = "submitted", _("Đã xác nhận")
    DROPPED = "dropped", _("Đã bỏ")


class PaperForm(models.TextChoices):
    ORIGINAL = "original", _("Bản chính")
    COPY = "copy", _("Bản sao")
    NONE = "none", _("Không cần nếu đã có trong cơ sở dữ liệu")


class TimeUnit(models.TextChoices):
    """Deadlines are never converted between units."""

    WORKING_DAY = "working_day", _("ngày làm việc")
    HALF_WORKING_DAY = "half_working_day", _("nửa ngày làm việc")
    CALENDAR_DAY = "calendar_day", _("ngày")
    HOUR = "hour", _("giờ")


class Grade(models.TextChoices):
    """How sure a fact is; anything below CONFIRMED is shown only after an officer confirmed it."""

    CONFIRMED = "confirmed", _("Đã xác nhận")
    ONE_SOURCE = "one_source", _("Một nguồn")
    UNVERIFIED = "unverified", _("Chưa kiểm chứng")
