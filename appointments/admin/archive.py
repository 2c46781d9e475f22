"""Visits long past: numbers, hours and results, and nobody's name."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.enums import BookingStatus
from appointments.models import ArchivedBooking
from portal.common.admin import ReadOnlyAdmin
from portal.common.clock import show_date
from procedures.enums import AgeBand, RequestKind

FILERS = {"contact": _("Công dân"), "officer": _("Cán bộ"), "system": _("Hệ thống")}


@admin.register(ArchivedBooking)
class ArchivedBookingAdmin(ReadOnlyAdmin):
    """Opened by whoever may see sessions: there is no personal data left."""

    list_display = ["shown_number", "day", "hours", "place", "shown_status"]
    list_filter = ["status", "request_kind"]
    list_select_related = ["slot", "session"]
    date_hierarchy = "session__date"
    fields = readonly_fields = [
        "shown_number",
        "day",
        "hours",
        "place",
        "unit",
        "status_text",
        "shown_request",
        "age",
        "filer",
        "checked_in_at",
        "finished_at",
        "card_ready_at",
        "card_collected_at",
    ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("appointments.view_session", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.display(description=_("Số"), ordering="number")
    def shown_number(self, obj: ArchivedBooking) -> str:
        return str(obj.number or "–")

    @admin.display(description=_("Ngày"), ordering="session__date")
    def day(self, obj: ArchivedBooking) -> str:
        return show_date(obj.session.date)

    @admin.display(description=_("Giờ"))
    def hours(self, obj: ArchivedBooking) -> str:
        obj.slot.session = obj.session
        return obj.slot.hours

    @admin.display(description=_("Địa điểm"))
    def place(self, obj: ArchivedBooking) -> str:
        return obj.session.place_name

    @display(
        description=_("Trạng thái"),
        label={
            BookingStatus.FINISHED: "success",
            BookingStatus.CANCELLED: "danger",
            BookingStatus.MISSED: "warning",
        },
    )
    def shown_status(self, obj: ArchivedBooking) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Trạng thái"))
    def status_text(self, obj: ArchivedBooking) -> str:
        return str(obj.get_status_display())

    @admin.display(description=_("Yêu cầu"))
    def shown_request(self, obj: ArchivedBooking) -> str:
        return str(dict(RequestKind.choices).get(obj.request_kind, "–"))

    @admin.display(description=_("Nhóm tuổi"))
    def age(self, obj: ArchivedBooking) -> str:
        return str(dict(AgeBand.choices).get(obj.age_band, "–"))

    @admin.display(description=_("Người đặt"))
    def filer(self, obj: ArchivedBooking) -> str:
        return str(FILERS.get(obj.filed_by_kind, "–"))
