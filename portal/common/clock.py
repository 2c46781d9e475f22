"""Vietnamese time: UTC in the database, Asia/Ho_Chi_Minh (no summer time) on screen."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTES_OF_DAY = 24 * 60
_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})|(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def local_now() -> dt.datetime:
    return timezone.now().astimezone(LOCAL)


def local_today() -> dt.date:
    return local_now().date()


def local_moment(day: dt.date, minutes: int) -> dt.datetime:
    """The aware moment `minutes` after local midnight of `day`."""
    return dt.datetime.combine(day, dt.time(minutes // 60, minutes % 60), tzinfo=LOCAL)


def show_date(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


def show_minutes(minutes: int) -> str:
    """`08:30` for 510 minutes after midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_date(text: str) -> dt.date:
    """dd/mm/yyyy, d-m-yyyy, ddmmyyyy or yyyy-mm-dd; ValidationError `date_invalid`."""
    wanted = text.strip()
    try:
        if iso := _ISO.fullmatch(wanted):
            return dt.date(*(int(part) for part in iso.groups()))
        if found := _DATE.fullmatch(wanted):
            day, month, year = (int(part) for part in found.groups() if part is not None)
            return dt.date(year, month, day)
    except ValueError:
        pass
    raise ValidationError(_("Ngày viết theo dạng ngày/tháng/năm, ví dụ 05/09/1990."), code="date_invalid")
