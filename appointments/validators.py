"""Value checks of campaigns."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_DAYS = 62
MOST_SLOTS = 20_000


def check_dates(first: dt.date, last: dt.date, today: dt.date) -> None:
    """Codes `date_past`, `dates_reversed`, `too_many_days`."""
    if first < today:
        raise ValidationError({"first_date": ValidationError(_("Ngày đầu đã qua."), code="date_past")})
    if last < first:
        raise ValidationError(
            {"last_date": ValidationError(_("Ngày cuối phải từ ngày đầu trở đi."), code="dates_reversed")}
        )
    if (last - first).days >= MOST_DAYS:
        text = _("Một đợt không quá %(days)s ngày.") % {"days": MOST_DAYS}
        raise ValidationError({"last_date": ValidationError(text, code="too_many_days")})


def check_hours(opens: int, closes: int, minutes: int) -> None:
    """Minutes after midnight; codes `hours_reversed`, `slot_too_long`."""
    if closes <= opens:
        raise ValidationError(
            {"closes": ValidationError(_("Giờ kết thúc phải sau giờ bắt đầu."), code="hours_reversed")}
        )
    if minutes < 1 or minutes > closes - opens:
        raise ValidationError(
            {"slot_minutes": ValidationError(_("Khung giờ dài hơn buổi làm việc."), code="slot_too_long")}
        )
