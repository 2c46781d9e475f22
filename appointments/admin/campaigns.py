"""Officers' screens of campaigns and their days."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.actions.edit_campaign import edit_campaign
from appointments.actions.extend_office import office_changes
from appointments.actions.open_campaign import move_campaign
from appointments.admin.closing import CloseSessionPage
from appointments.admin.planning import (
    MoreDaysPage,
    NewCampaignPage,
    OfficePage,
    OfficeSettingsPage,
    SlotsPage,
)
from appointments.enums import CampaignKind, CampaignStatus
from appointments.models import Campaign, Session
from appointments.pages import SessionFilter, SlotInline, show_moment
from appointments.rules import can_plan
from appointments.workflow import CAMPAIGN_WORKFLOW
from portal.common.admin import ReadOnlyAdmin, ScopedAdmin, TransitionButtons
from portal.common.clock import show_date
from procedures.models import Procedure


def _gate_campaign(*, obj: Campaign, to: str, by: Any, reason: str = "") -> Campaign:
    return move_campaign(campaign=obj, to=to, by=by, reason=reason)


@admin.register(Campaign)
class CampaignAdmin(TransitionButtons, ScopedAdmin):
    """A new campaign is laid out from one form and stays a draft until it is opened by its button."""

    workflow = CAMPAIGN_WORKFLOW
    gate = _gate_campaign
    change_form_before_template = "admin/campaign_draft.html"
    list_display = ["shown_name", "shown_unit", "shown_status", "days", "places", "intake_until"]
    list_before_template = "admin/appointments/campaign/list_links.html"
    list_filter = ["status", "kind"]
    list_select_related = ["unit"]
    readonly_fields = ["unit", "procedure", "slug", "status", "days", "places"]
    fields = ["name", "description", "numbering", "intake_opens_at", "intake_closes_at", *readonly_fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        figures = {
            "day_count": Count("sessions", distinct=True),
            "place_count": Sum("sessions__slots__capacity"),
            "taken_count": Sum("sessions__slots__taken"),
        }
        return super().get_queryset(request).select_related("unit", "procedure").annotate(**figures)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With a button for each move, so that closing the intake is one tap in the list."""

        @admin.display(description=_("Nhận đăng ký"))
        def intake(obj: Campaign) -> str:
            button = '<button class="desk-button" formaction="{}" name="back" value="list">{}</button>'
            moves = self.move_buttons(request, obj)
            return format_html_join(" ", button, ((move["url"], move["label"]) for move in moves))

        return [*super().get_list_display(request), intake]

    def move_view(self, request: HttpRequest, object_id: str, to: str) -> HttpResponse:
        response = super().move_view(request, object_id, to)
        if request.POST.get("back") == "list" and response.status_code == 302:
            return HttpResponseRedirect(self._page("changelist"))
        return response

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The officer's own unit, and the procedure when there is only one: nothing to choose there."""
        procedures = list(Procedure.objects.values_list("pk", flat=True)[:2])
        only = {"procedure": procedures[0]} if len(procedures) == 1 else {}
        return {"unit": request.user.unit_id, **only, **super().get_changeform_initial_data(request)}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return NewCampaignPage(self, request).answer()

    def get_urls(self) -> list[URLPattern]:
        days = self.admin_site.admin_view(self.days_view)
        slots = self.admin_site.admin_view(self.slots_view)
        office = self.admin_site.admin_view(self.office_view)
        settings = self.admin_site.admin_view(self.office_settings_view)
        own = [
            path("lich-tru-so/", office, name="appointments_campaign_office"),
            path("<path:object_id>/them-ngay/", days, name="appointments_campaign_days"),
            path("<path:object_id>/so-cho/", slots, name="appointments_campaign_slots"),
            path("<path:object_id>/lich-tru-so/", settings, name="appointments_campaign_office_settings"),
        ]
        return [*own, *super().get_urls()]

    def days_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return MoreDaysPage(self, request, self.planned(request, object_id)).answer()

    def slots_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return SlotsPage(self, request, self.planned(request, object_id)).answer()

    def office_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return OfficePage(self, request).answer()

    def office_settings_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign = self.planned(request, object_id)
        if campaign.kind != CampaignKind.OFFICE:
            raise Http404
        return OfficeSettingsPage(self, request, campaign).answer()

    def planned(self, request: HttpRequest, object_id: str) -> Campaign:
        """The campaign if this officer may plan it; 404 for another unit's, 403 without the right."""
        campaign = self.get_object(request, object_id)
        if campaign is None:
            raise Http404
        if not can_plan(request.user, campaign):
            raise PermissionDenied
        return campaign

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        edit_campaign(
            campaign=obj,
            name=obj.name,
            description=obj.description,
            numbering=obj.numbering,
            opens_at=obj.intake_opens_at,
            closes_at=obj.intake_closes_at,
            by=request.user,
        )

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """One button to save; what changes days and places has pages of its own."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        context["plan_links"] = self.plan_links(request, obj)
        if obj.kind == CampaignKind.OFFICE:
            context["kept_days"] = office_changes(obj.office).kept
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def plan_links(self, request: HttpRequest, campaign: Campaign) -> list[tuple[str, Any]]:
        if not can_plan(request.user, campaign):
            return []
        slots = (self._page("slots", campaign.pk), _("Đổi số chỗ, đóng khung giờ"))
        if campaign.kind == CampaignKind.OFFICE:
            return [(self._page("office_settings", campaign.pk), _("Sửa lịch trụ sở")), slots]
        return [(self._page("days", campaign.pk), _("Thêm ngày, địa điểm")), slots]

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
            CampaignStatus.FULL: "danger",
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
class SessionAdmin(CloseSessionPage, ReadOnlyAdmin):
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
