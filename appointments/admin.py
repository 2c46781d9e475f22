"""Officers' screens of this room: campaigns, their days, and who is coming."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.actions.edit_campaign import edit_campaign
from appointments.actions.open_campaign import move_campaign
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus, CampaignStatus
from appointments.forms import CampaignPlanForm
from appointments.models import Booking, Campaign, Session
from appointments.pages import DayFilter, HistoryInline, SessionFilter, SlotInline, actor_labels, show_moment
from appointments.queries import campaign_figures, search_bookings
from appointments.workflow import BOOKING_WORKFLOW, CAMPAIGN_WORKFLOW
from portal.common.admin import PrivateSearch, ReadOnlyAdmin, ScopedAdmin, TransitionButtons
from portal.common.clock import show_date, show_minutes
from portal.common.codes import show_code
from portal.common.errors import DomainError
from portal.common.phones import show_phone
from portal.common.text import show_name
from procedures.models import Procedure


def _gate_campaign(*, obj: Campaign, to: str, by: Any, reason: str = "") -> Campaign:
    return move_campaign(campaign=obj, to=to, by=by, reason=reason)


def _gate_booking(*, obj: Booking, to: str, by: Any, reason: str = "") -> Booking:
    return move_booking(booking=obj, to=to, by=by, reason=reason)


@admin.register(Campaign)
class CampaignAdmin(TransitionButtons, ScopedAdmin):
    """A new campaign is laid out from one form and stays a draft until it is opened by its button."""

    workflow = CAMPAIGN_WORKFLOW
    gate = _gate_campaign
    change_form_before_template = "admin/campaign_draft.html"
    list_display = ["shown_name", "shown_unit", "shown_status", "days", "places", "intake_until"]
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

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The officer's own unit, and the procedure when there is only one: nothing to choose there."""
        procedures = list(Procedure.objects.values_list("pk", flat=True)[:2])
        only = {"procedure": procedures[0]} if len(procedures) == 1 else {}
        return {"unit": request.user.unit_id, **only, **super().get_changeform_initial_data(request)}

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

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One button: what is saved is looked at next, and opened from there."""
        single = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context | single, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Says how much was laid out, and leads to the page with the button that opens it."""
        figures = campaign_figures(obj)
        text = _("Đã lập đợt tiếp nhận: %(days)s ngày làm, tổng cộng %(places)s chỗ.")
        messages.success(request, text % {"days": figures["days"], "places": figures["capacity"]})
        return HttpResponseRedirect(self._page("change", obj.pk))

    @admin.display(description=_("Tên đợt"), ordering="name")
    def shown_name(self, obj: Campaign) -> str:
        return obj.name

    @admin.display(description=_("Đơn vị"), ordering="unit")
    def shown_unit(self, obj: Campaign) -> str:
        return str(obj.unit)

    @admin.display(description=_("Nhận đăng ký đến"), ordering="intake_closes_at")
    def intake_until(self, obj: Campaign) -> str:
        return show_moment(obj.intake_closes_at) if obj.intake_closes_at else str(_("khi bấm đóng"))

    @display(
        description=_("Trạng thái"),
        label={
            CampaignStatus.OPEN: "success",
            CampaignStatus.CLOSED: "warning",
            CampaignStatus.DRAFT: "info",
        },
    )
    def shown_status(self, obj: Campaign) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Số ngày làm"))
    def days(self, obj: Any) -> int:
        return obj.day_count

    @admin.display(description=_("Đã đặt / số chỗ"))
    def places(self, obj: Any) -> str:
        return f"{obj.taken_count or 0} / {obj.place_count or 0}"


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """One day at one place: its hours, how many numbers were given, and the way to who is coming."""

    list_display = ["day", "place", "shown_campaign", "numbers", "visits"]
    list_filter = ["date"]
    list_select_related = ["campaign"]
    date_hierarchy = "date"
    fields = ["date", "place_name", "place_address", "campaign", "unit", "numbers", "visits"]
    readonly_fields = ["numbers", "visits"]
    inlines = [SlotInline]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return self._permitted(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self._permitted(request, super().get_fields(request, obj))

    def _permitted(self, request: HttpRequest, names: Iterable[str]) -> list[str]:
        """No link to visits for roles that may not see citizens."""
        may = request.user.has_perm("appointments.view_booking")
        return [name for name in names if may or name != "visits"]

    @admin.display(description=_("Ngày"), ordering="date")
    def day(self, obj: Session) -> str:
        return show_date(obj.date)

    @admin.display(description=_("Địa điểm"), ordering="place_name")
    def place(self, obj: Session) -> str:
        return obj.place_name

    @admin.display(description=_("Đợt"))
    def shown_campaign(self, obj: Session) -> str:
        return obj.campaign.name

    @admin.display(description=_("Số thứ tự đã cấp"), ordering="last_number")
    def numbers(self, obj: Session) -> str:
        return str(obj.last_number)

    @admin.display(description=_("Lịch hẹn"))
    def visits(self, obj: Session) -> str:
        address = (
            f"{reverse('admin:appointments_booking_changelist')}?{SessionFilter.parameter_name}={obj.uid}"
        )
        return format_html('<a class="desk-link" href="{}">{}</a>', address, _("Xem danh sách"))


@admin.register(Booking)
class BookingAdmin(PrivateSearch, TransitionButtons, ReadOnlyAdmin):
    """Who is coming, in the order of the numbers; check-in is one tap."""

    workflow = BOOKING_WORKFLOW
    gate = _gate_booking
    audit_reads = True
    list_before_template = "admin/day_choice.html"
    list_display = ["shown_number", "person", "time", "place", "shown_status"]
    list_display_links = ["shown_number", "person"]
    list_filter = [DayFilter, SessionFilter, "status"]
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
                move_booking(booking=booking, to=BookingStatus.CHECKED_IN, by=request.user)
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
