"""Value checks of campaigns and of the lines they are planned with."""

import datetime as dt
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.timetable import OfficeSettings, Round, Spans

MOST_DAYS = 62
MOST_SLOTS = 20_000
MOST_PLACES = 1_000
MOST_COUNTERS = 100
LONGEST_PLACE, LONGEST_ADDRESS = 150, 250


def _refuse(field: str, text: Any, code: str) -> None:
    raise ValidationError({field: ValidationError(text, code=code)})


def check_round(line: Round, today: dt.date) -> None:
    """All checks of one line of a plan, by the names of its fields; codes as below."""
    check_dates(line.first_date, line.last_date, today)
    check_place(line.place_name, line.place_address)
    check_spans(line.spans, line.slot_minutes)
    check_places(line.capacity, line.reserve)


def check_dates(first: dt.date, last: dt.date, today: dt.date) -> None:
    """Codes `date_past`, `dates_reversed`, `too_many_days`."""
    if first < today:
        _refuse("first_date", _("Ngày đầu đã qua."), "date_past")
    if last < first:
        _refuse("last_date", _("Ngày cuối phải từ ngày đầu trở đi."), "dates_reversed")
    if (last - first).days >= MOST_DAYS:
        text = _("Một đợt không quá %(days)s ngày.") % {"days": MOST_DAYS}
        _refuse("last_date", text, "too_many_days")


def check_place(name: str, address: str) -> None:
    """Codes `required`, `text_too_long`."""
    for field, text, most in (
        ("place_name", name, LONGEST_PLACE),
        ("place_address", address, LONGEST_ADDRESS),
    ):
        if not text.strip():
            _refuse(field, _("Xin ghi mục này."), "required")
        if len(text) > most:
            _refuse(
                field, _("Xin viết ngắn hơn: nhiều nhất %(most)s ký tự.") % {"most": most}, "text_too_long"
            )


def check_spans(spans: Spans, slot_minutes: int) -> None:
    """Minutes after midnight; codes `hours_required`, `hours_reversed`, `hours_overlap`, `slot_too_long`."""
    if not spans:
        _refuse("spans", _("Xin ghi giờ tiếp nhận, ví dụ 07:30-11:30."), "hours_required")
    if any(closes <= opens for opens, closes in spans):
        _refuse("spans", _("Giờ kết thúc phải sau giờ bắt đầu."), "hours_reversed")
    ordered = sorted(spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        _refuse("spans", _("Các buổi trong ngày bị trùng giờ nhau."), "hours_overlap")
    if slot_minutes < 1 or any(closes - opens < slot_minutes for opens, closes in spans):
        _refuse("slot_minutes", _("Khung giờ dài hơn buổi làm việc."), "slot_too_long")


def check_places(capacity: int, reserve: int) -> None:
    """Places of one slot; codes `places_required`, `too_many_places`, `number_negative`."""
    if capacity < 0 or reserve < 0:
        _refuse("capacity" if capacity < 0 else "reserve", _("Số chỗ không thể là số âm."), "number_negative")
    if capacity + reserve < 1:
        _refuse("capacity", _("Mỗi khung giờ cần ít nhất một chỗ."), "places_required")
    if capacity + reserve > MOST_PLACES:
        text = _("Mỗi khung giờ không quá %(most)s chỗ.") % {"most": MOST_PLACES}
        _refuse("capacity" if capacity > reserve else "reserve", text, "too_many_places")


# Field: least, most, what is said, code.
_OFFICE_LIMITS: dict[str, tuple[int, int, Any, str]] = {
    "days_ahead": (1, 90, _("Cho đặt trước từ 1 đến 90 ngày."), "days_ahead_invalid"),
    "counters": (1, MOST_COUNTERS, _("Số bàn tiếp nhận từ 1 đến 100."), "counters_invalid"),
    "minutes_per_person": (1, 480, _("Số phút mỗi người từ 1 đến 480."), "minutes_invalid"),
    "slot_minutes": (5, 480, _("Khung giờ dài từ 5 đến 480 phút."), "slot_minutes_invalid"),
    "reserve": (0, MOST_PLACES, _("Số chỗ dự phòng từ 0 đến 1000."), "reserve_invalid"),
}


def check_office(settings: OfficeSettings) -> None:
    """All faults at once: the codes above, and `places_required` when nobody would fit into a slot."""
    errors = {
        field: ValidationError(text, code=code)
        for field, (least, most, text, code) in _OFFICE_LIMITS.items()
        if not least <= getattr(settings, field) <= most
    }
    if not errors and not 1 <= settings.capacity <= MOST_PLACES:
        text = _("Với số bàn, số phút và số chỗ dự phòng này, mỗi khung giờ không có chỗ cho công dân.")
        errors["counters"] = ValidationError(text, code="places_required")
    if errors:
        raise ValidationError(errors)


# A card takes 7 working days (Law 26/2023/QH15, article 26); a slip half a year away is a typing error.
FARTHEST_PICKUP_DAYS = 180


def check_pickup(day: dt.date, *, visited: dt.date) -> None:
    """The date on a slip CC02; codes `pickup_before_visit`, `pickup_too_far`."""
    if day < visited:
        raise ValidationError(_("Ngày hẹn trả trước ngày đến làm."), code="pickup_before_visit")
    if (day - visited).days > FARTHEST_PICKUP_DAYS:
        raise ValidationError(_("Ngày hẹn trả quá xa. Xin xem lại năm trên giấy hẹn."), code="pickup_too_far")


MOST_HELPER_QUOTA = 500
HELPER_DAYS = 365


def check_helper(*, unit: Any, hamlet: Any, quota: int, last: dt.date, today: dt.date) -> None:
    """All faults at once: codes `quota_invalid`, `period_invalid`, `hamlet_elsewhere`."""
    errors = {}
    if not 1 <= quota <= MOST_HELPER_QUOTA:
        text = _("Số người được đặt hộ từ 1 đến %(most)s.") % {"most": MOST_HELPER_QUOTA}
        errors["quota"] = ValidationError(text, code="quota_invalid")
    if not today <= last <= today + dt.timedelta(days=HELPER_DAYS):
        errors["valid_to"] = ValidationError(
            _("Thời hạn từ hôm nay và nhiều nhất một năm."), code="period_invalid"
        )
    if hamlet is not None and hamlet.unit_id != unit.pk:
        errors["hamlet"] = ValidationError(
            _("Thôn, tổ dân phố này thuộc đơn vị khác."), code="hamlet_elsewhere"
        )
    if errors:
        raise ValidationError(errors)
