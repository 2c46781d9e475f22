"""Officers' screens of who is coming."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.actions.visit_at_desk import move_visit_at_desk
from appointments.admin.moving import MoveVisitPage
from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.pages import DayFilter, HistoryInline, ListedStatusFilter, SessionFilter, actor_labels
from appointments.queries import search_bookings
from appointments.workflow import BOOKING_WORKFLOW, BY_OWN_ACTION
from portal.common.admin import PrivateSearch, ReadOnlyAdmin, TransitionButtons
from portal.common.clock import show_minutes
from portal.common.codes import show_code
from portal.common.errors import DomainError
from portal.common.phones import show_phone
from portal.common.text import show_name
from portal.common.workflow import Move


def _gate_booking(*, obj: Booking, to: str, by: Any, reason: str = "") -> Booking:
    return move_visit_at_desk(booking=obj, to=to, by=by, reason=reason)


@admin.register(Booking)
class BookingAdmin(MoveVisitPage, PrivateSearch, TransitionButtons, ReadOnlyAdmin):
    """Who is coming, in the order of the numbers; check-in is one tap."""

    workflow = BOOKING_WORKFLOW
    gate = _gate_booking
    audit_reads = True
    list_before_template = "admin/day_choice.html"
    list_display = ["shown_number", "person", "time", "place", "shown_status"]
    list_display_links = ["shown_number", "person"]
    list_filter = [DayFilter, SessionFilter, ListedStatusFilter]
    search_fields = ["number"]
    search_help_text = _("Số thứ tự, mã tờ khai, số điện thoại hoặc họ tên")
    # Not list_select_related: Django ignores it once the queryset has joins of its own.
    JOINED = ("slot", "session__campaign", "declaration__subject")
    actions = ["check_in_selected"]
    inlines = [HistoryInline]
    fields = readonly_fields = [
        "shown_number",
        "person",
        "phone",
        "code",
        "shown_request",
        "time",
        "place",
        "status_text",
        "booked_at",
        "shown_filer",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).numbered().select_related(*self.JOINED)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["session__date", "session_id", "number"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_bookings(queryset, search_term), False

    def moves(self, request: HttpRequest, obj: Booking) -> list[Move]:
        """Without those that have a page of their own."""
        return [move for move in super().moves(request, obj) if (move.frm, move.to) not in BY_OWN_ACTION]

    def move_view(self, request: HttpRequest, object_id: str, to: str) -> HttpResponse:
        """The page that asks once more names hour and place: number 1 exists in every session."""
        response = super().move_view(request, object_id, to)
        if isinstance(response, TemplateResponse):
            booking = response.context_data["original"]
            response.context_data["row_facts"] = f"{self.time(booking)} · {self.place(booking)}"
        return response

    @admin.action(description=_("Xác nhận đã đến"))
    def check_in_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        for booking in queryset:
            try:
                move_visit_at_desk(booking=booking, to=BookingStatus.CHECKED_IN, by=request.user)
                messages.success(request, _("Số %(number)s đã đến.") % {"number": booking.number})
            except (DomainError, ValidationError) as error:
                text = getattr(error, "message", "")
                messages.error(request, f"{booking}: {text}")

    def has_check_in_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("appointments.check_in_booking")

    check_in_selected.allowed_permissions = ("check_in",)  # type: ignore[attr-defined]

    @admin.display(description=_("Số"), ordering="number")
    def shown_number(self, obj: Booking) -> int | None:
        return obj.number

    @admin.display(description=_("Người đến làm"))
    def person(self, obj: Booking) -> str:
        subject = obj.declaration.subject
        return show_name(subject.full_name) if subject else "–"

    @admin.display(description=_("Điện thoại"))
    def phone(self, obj: Booking) -> str:
        return show_phone(obj.contact.contact_point.phone) if obj.contact else "–"

    @admin.display(description=_("Mã tờ khai"))
    def code(self, obj: Booking) -> str:
        return show_code(obj.declaration.code)

    @admin.display(description=_("Yêu cầu"))
    def shown_request(self, obj: Booking) -> str:
        return obj.declaration.get_request_kind_display()

    @admin.display(description=_("Giờ"), ordering="slot__starts")
    def time(self, obj: Booking) -> str:
        return f"{show_minutes(obj.slot.starts)} {obj.session.date:%d/%m/%Y}"

    @admin.display(description=_("Địa điểm"))
    def place(self, obj: Booking) -> str:
        return obj.session.place_name

    @display(
        description=_("Trạng thái"),
        label={
            BookingStatus.BOOKED: "info",
            BookingStatus.CHECKED_IN: "success",
            BookingStatus.FINISHED: "success",
            BookingStatus.CANCELLED: "danger",
            BookingStatus.MISSED: "warning",
            BookingStatus.DISPLACED: "warning",
        },
    )
    def shown_status(self, obj: Booking) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Trạng thái"))
    def status_text(self, obj: Booking) -> str:
        """For the page of one visit: the theme's coloured labels exist in lists only."""
        return str(obj.get_status_display())

    @admin.display(description=_("Người đặt"))
    def shown_filer(self, obj: Booking) -> str:
        return actor_labels([obj.filed_by])[obj.filed_by]
