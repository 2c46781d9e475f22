"""Officers' screen of those who register people on others' behalf."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from appointments.actions.enrol_helper import end_helper
from appointments.forms.enrolment import HelperForm
from appointments.models import Helper
from portal.common.admin import SavedByAction, ScopedAdmin
from portal.common.clock import local_today, show_date
from portal.common.errors import DomainError
from portal.common.phones import show_phone
from portal.common.text import show_name


@admin.register(Helper)
class HelperAdmin(SavedByAction, ScopedAdmin):
    """Enrolled by form, ended by button; never rewritten."""

    audit_reads = True
    change_form_outer_before_template = "admin/appointments/helper/end.html"
    list_display = ["shown_name", "shown_hamlet", "quota", "until", "shown_state"]
    list_select_related = ["hamlet", "unit"]
    readonly_fields = ["shown_name", "phone", "unit", "shown_hamlet", "quota", "until", "shown_state_text"]
    fields = readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("hamlet", "unit", "contact__contact_point")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, **kwargs)
        return type("HelperForm", (HelperForm,), {"officer": request.user})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"unit": request.user.unit_id, **super().get_changeform_initial_data(request)}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return HelperForm.Meta.fields if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        context = context | {"show_save": obj is None}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = require_POST(self.admin_site.admin_view(self.end_view))
        return [path("<uuid:uid>/ngung/", view, name="appointments_helper_end"), *super().get_urls()]

    def end_view(self, request: HttpRequest, uid: Any) -> HttpResponse:
        helper = get_object_or_404(self.get_queryset(request), uid=uid)
        try:
            end_helper(helper=helper, by=request.user)
            messages.success(request, _("Đã ngừng quyền đặt hộ."))
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect("../../")

    @admin.display(description=_("Họ và tên"))
    def shown_name(self, obj: Helper) -> str:
        return show_name(obj.full_name)

    @admin.display(description=_("Điện thoại"))
    def phone(self, obj: Helper) -> str:
        return show_phone(obj.contact.contact_point.phone)

    @admin.display(description=_("Thôn, tổ dân phố"))
    def shown_hamlet(self, obj: Helper) -> str:
        return str(obj.hamlet) if obj.hamlet else "–"

    @admin.display(description=_("Đến hết ngày"), ordering="valid_to")
    def until(self, obj: Helper) -> str:
        return show_date(obj.valid_to)

    def _state(self, obj: Helper) -> tuple[str, Any]:
        if obj.ended_at is not None:
            return "ended", _("Đã ngừng")
        if obj.valid_to < local_today():
            return "over", _("Hết hạn")
        return "current", _("Đang đặt hộ")

    @display(description=_("Trạng thái"), label={"current": "success", "over": "warning", "ended": "danger"})
    def shown_state(self, obj: Helper) -> tuple[str, Any]:
        return self._state(obj)

    @admin.display(description=_("Trạng thái"))
    def shown_state_text(self, obj: Helper) -> str:
        return str(self._state(obj)[1])
