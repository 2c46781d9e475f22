"""Officers' screens of this room: campaigns, their days, and who is coming."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from appointments.actions.edit_campaign import edit_campaign
from appointments.actions.open_campaign import move_campaign
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus, CampaignStatus
from appointments.forms import CampaignPlanForm
from appointments.models import Booking, Campaign, Session, Slot, StatusEntry
from appointments.queries import search_bookings
from appointments.workflow import BOOKING_WORKFLOW, CAMPAIGN_WORKFLOW
from portal.common.admin import PrivateSearch, ReadOnlyAdmin, ScopedAdmin, TransitionButtons
from portal.common.clock import show_minutes
from portal.common.codes import show_code
from portal.common.errors import DomainError
from portal.common.phones import show_phone
from portal.common.text import show_name


def _gate_campaign(*, obj: Campaign, to: str, by: Any, reason: str = "") -> Campaign:
    return move_campaign(campaign=obj, to=to, by=by, reason=reason)


def _gate_booking(*, obj: Booking, to: str, by: Any, reason: str = "") -> Booking:
    return move_booking(booking=obj, to=to, by=by, reason=reason)


@admin.register(Campaign)
class CampaignAdmin(TransitionButtons, ScopedAdmin):
    """A new campaign is laid out from one form and stays a draft until it is opened by its button."""

    workflow = CAMPAIGN_WORKFLOW
    gate = _gate_campaign
    list_display = ["name", "unit", "shown_status", "days", "places", "intake_closes_at"]
    list_filter = ["status"]
    list_select_related = ["unit"]
    readonly_fields = ["unit", "procedure", "slug", "status", "days", "places"]
    fields = ["name", "description", "intake_opens_at", "intake_closes_at", *readonly_fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        figures = {
            "day_count": Count("sessions", distinct=True),
            "place_count": Sum("sessions__slots__capacity"),
            "taken_count": Sum("sessions__slots__taken"),
        }
        return super().get_queryset(request).select_related("unit", "procedure").annotate(**figures)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, **kwargs)
        form = type("CampaignPlanForm", (CampaignPlanForm,), {"officer": request.user})
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return CampaignPlanForm.FIELDSETS if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.save(commit=False) if change else form.plan_campaign()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:  # a new one was written by its action
            edit_campaign(
                campaign=obj,
                name=obj.name,
                description=obj.description,
                opens_at=obj.intake_opens_at,
                closes_at=obj.intake_closes_at,
                by=request.user,
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change:
            super().save_related(request, form, formsets, change)

    @display(
        description=_("trạng thái"),
        label={
            CampaignStatus.OPEN: "success",
            CampaignStatus.CLOSED: "warning",
            CampaignStatus.DRAFT: "info",
        },
    )
    def shown_status(self, obj: Campaign) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("số buổi"))
    def days(self, obj: Any) -> int:
        return obj.day_count

    @admin.display(description=_("đã đặt / số chỗ"))
    def places(self, obj: Any) -> str:
        return f"{obj.taken_count or 0} / {obj.place_count or 0}"


class SlotInline(TabularInline):
    """Hours of a session; capacity is laid out by the campaign form."""

    model = Slot
    extra = 0
    can_delete = False
    fields = readonly_fields = ["hours", "capacity", "taken"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("appointments.view_session", obj)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """One day at one place: its hours and how many numbers were given."""

    list_display = ["date", "place_name", "campaign", "last_number"]
    list_filter = ["date"]
    list_select_related = ["campaign"]
    date_hierarchy = "date"
    inlines = [SlotInline]


class HistoryInline(TabularInline):
    model = StatusEntry
    extra = 0
    can_delete = False
    fields = readonly_fields = ["created_at", "frm", "to", "actor", "reason"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("appointments.view_booking", obj)


class DayFilter(admin.SimpleListFilter):
    """The day's list is what a desk works with; today comes first."""

    title = _("ngày hẹn")
    parameter_name = "ngay"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("hom-nay", _("Hôm nay")), ("ngay-mai", _("Ngày mai")), ("sap-toi", _("Sắp tới"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.on_day(self.value()) if self.value() else queryset


@admin.register(Booking)
class BookingAdmin(PrivateSearch, TransitionButtons, ReadOnlyAdmin):
    """Who is coming, in the order of the numbers; check-in is one tap."""

    workflow = BOOKING_WORKFLOW
    gate = _gate_booking
    audit_reads = True
    list_display = ["shown_number", "person", "time", "place", "shown_status"]
    list_filter = [DayFilter, "status"]
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
        "shown_status",
        "booked_at",
        "filed_by",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).numbered().select_related(*self.JOINED)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["session__date", "session_id", "number"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_bookings(queryset, search_term), False

    @admin.action(description=_("Xác nhận đã đến"))
    def check_in_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        for booking in queryset:
            try:
                move_booking(booking=booking, to=BookingStatus.CHECKED_IN, by=request.user)
                messages.success(request, _("Số %(number)s đã đến.") % {"number": booking.number})
            except (DomainError, ValidationError) as error:
                text = getattr(error, "message", "")
                messages.error(request, f"{booking}: {text}")

    def has_check_in_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("appointments.check_in_booking")

    check_in_selected.allowed_permissions = ("check_in",)  # type: ignore[attr-defined]

    @admin.display(description=_("số"), ordering="number")
    def shown_number(self, obj: Booking) -> int | None:
        return obj.number

    @admin.display(description=_("người đến làm"))
    def person(self, obj: Booking) -> str:
        subject = obj.declaration.subject
        return show_name(subject.full_name) if subject else "–"

    @admin.display(description=_("điện thoại"))
    def phone(self, obj: Booking) -> str:
        return show_phone(obj.contact.contact_point.phone) if obj.contact else "–"

    @admin.display(description=_("mã tờ khai"))
    def code(self, obj: Booking) -> str:
        return show_code(obj.declaration.code)

    @admin.display(description=_("yêu cầu"))
    def shown_request(self, obj: Booking) -> str:
        return obj.declaration.get_request_kind_display()

    @admin.display(description=_("giờ"), ordering="slot__starts")
    def time(self, obj: Booking) -> str:
        return f"{show_minutes(obj.slot.starts)} {obj.session.date:%d/%m/%Y}"

    @admin.display(description=_("địa điểm"))
    def place(self, obj: Booking) -> str:
        return obj.session.place_name

    @display(
        description=_("trạng thái"),
        label={
            BookingStatus.BOOKED: "info",
            BookingStatus.CHECKED_IN: "success",
            BookingStatus.FINISHED: "success",
            BookingStatus.CANCELLED: "danger",
            BookingStatus.MISSED: "warning",
        },
    )
    def shown_status(self, obj: Booking) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()
