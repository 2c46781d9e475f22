"""Closed lists of the room. Unit kinds are rows, not an enum: the law changes them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """Tiers of the police; a smaller number is nearer to the ministry. Districts ended on 1 July 2025."""

    MINISTRY = 0, _("Bộ")
    PROVINCE = 1, _("Cấp tỉnh")
    DISTRICT = 2, _("Cấp huyện")
    COMMUNE = 3, _("Cấp xã")


class Edition(models.TextChoices):
    """The code list an official code belongs to: code 27 is Bắc Ninh in one and unused in the other."""

    UNTIL_JUNE_2025 = "2025-06", _("Danh mục 63 tỉnh, thành phố (đến 30/06/2025)")
    SINCE_JULY_2025 = "2025-07", _("Danh mục 34 tỉnh, thành phố (từ 01/07/2025)")
    OWN = "own", _("Đơn vị tự khai báo")
    DEMO = "demo", _("Dữ liệu mẫu")


class ReachVia(models.TextChoices):
    SELF = "self", _("Chính đơn vị")
    DESCENDANT = "descendant", _("Đơn vị cấp dưới")
    PREDECESSOR = "predecessor", _("Đơn vị cũ đã sáp nhập")


class HamletKind(models.TextChoices):
    THON = "thon", _("Thôn")
    AP = "ap", _("Ấp")
    TO_DAN_PHO = "to_dan_pho", _("Tổ dân phố")
    KHU_PHO = "khu_pho", _("Khu phố")


class HoursKind(models.TextChoices):
    """Reception is when citizens may come; office is what deadlines in minutes are counted in."""

    RECEPTION = "reception", _("Giờ tiếp công dân")
    OFFICE = "office", _("Giờ hành chính")


class ContactKind(models.TextChoices):
    DUTY = "duty", _("Trực ban")
    CHIEF = "chief", _("Chỉ huy")
    TEAM = "team", _("Tổ nghiệp vụ")
    AREA = "area", _("Cảnh sát khu vực")
    PARENT = "parent", _("Công an cấp trên")


class Weekday(models.IntegerChoices):
    """As datetime.date.weekday() counts."""

    MONDAY = 0, _("Thứ Hai")
    TUESDAY = 1, _("Thứ Ba")
    WEDNESDAY = 2, _("Thứ Tư")
    THURSDAY = 3, _("Thứ Năm")
    FRIDAY = 4, _("Thứ Sáu")
    SATURDAY = 5, _("Thứ Bảy")
    SUNDAY = 6, _("Chủ Nhật")


class TimeUnit(models.TextChoices):
    """How a deadline is written in the law. They are never converted into one another."""

    WORKING_DAY = "working_day", _("ngày làm việc")
    HALF_WORKING_DAY = "half_working_day", _("nửa ngày làm việc")
    HOUR = "hour", _("giờ")
    CALENDAR_DAY = "calendar_day", _("ngày")
