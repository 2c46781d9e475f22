"""The officers' page of organisations: enrolled from papers on the desk, members added and ended."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.citizens.actions.members import end_member
from portal.citizens.actions.organisations import end_organisation
from portal.citizens.enums import OrganisationStatus
from portal.citizens.forms import CorrectionForm, EnrolmentForm, MemberForm
from portal.citizens.models import Membership, Organisation
from portal.citizens.queries import search_organisations
from portal.citizens.rules import can_change_organisation
from portal.citizens.workflow import ORGANISATION_WORKFLOW
from portal.common.admin import PrivateSearch, SavedByAction, ScopedAdmin, TransitionButtons
from portal.common.clock import local_today, show_date
from portal.common.errors import DomainError
from portal.common.phones import show_phone


def _gate(*, obj: Organisation, to: str, by: Any, reason: str = "") -> Organisation:
    return end_organisation(organisation=obj, by=by)


@admin.register(Organisation)
class OrganisationAdmin(SavedByAction, PrivateSearch, TransitionButtons, ScopedAdmin):
    """Forms call actions; members stand below the page with a button each."""

    workflow = ORGANISATION_WORKFLOW
    gate = _gate
    audit_reads = True
    change_form_outer_after_template = "admin/citizens/members.html"
    list_display = ["shown_name", "shown_tax_code", "shown_unit", "member_count", "shown_status"]
    list_filter = ["status"]
    list_select_related = ["unit"]
    search_fields = ["pk"]
    search_help_text = _("Mã số thuế, hoặc tên đầy đủ của tổ chức")
    readonly_fields = ["shown_tax_code", "unit", "status_text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        today = local_today()
        current = Q(
            memberships__ended_at=None,
            memberships__valid_from__lte=today,
            memberships__valid_to__gte=today,
        )
        rows = super().get_queryset(request).select_related("unit")
        return rows.annotate(acting=Count("memberships", filter=current))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_organisations(queryset, search_term), False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"unit": request.user.unit_id, **super().get_changeform_initial_data(request)}

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        base = EnrolmentForm if obj is None else CorrectionForm
        return type(base.__name__, (base,), {"by": request.user})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return EnrolmentForm.FIELDSETS
        return [*CorrectionForm.FIELDSETS, (None, {"fields": self.readonly_fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context = context | self._member_rows(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Leads to the page where more members are added."""
        messages.success(request, _("Đã ghi nhận tổ chức và người quản lý."))
        return HttpResponseRedirect(self._page("change", obj.pk))

    # ---- members

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<uuid:uid>/them-thanh-vien/",
                wrap(self.add_member_view),
                name="citizens_organisation_add_member",
            ),
            path("ket-thuc/<uuid:uid>/", wrap(self.end_member_view), name="citizens_organisation_end_member"),
            *super().get_urls(),
        ]

    def add_member_view(self, request: HttpRequest, uid: Any) -> HttpResponse:
        """A form; a refusal stays on it with what was typed."""
        organisation = self._changeable(request, uid=uid)
        form = MemberForm(request.POST or None)
        if (
            request.method == "POST"
            and form.is_valid()
            and form.run(organisation=organisation, by=request.user)
        ):
            messages.success(request, _("Đã thêm thành viên."))
            return HttpResponseRedirect(self._page("change", organisation.pk))
        return self._question(
            request,
            organisation,
            title=_("Thêm thành viên"),
            button=_("Thêm thành viên"),
            lines=[str(organisation), _("Xin xem giấy giới thiệu hoặc giấy ủy quyền trước khi thêm.")],
            form=form,
        )

    def end_member_view(self, request: HttpRequest, uid: Any) -> HttpResponse:
        """GET asks once more, POST ends; a refusal becomes a message."""
        rows = Membership.objects.visible_to(request.user).select_related("contact__contact_point")
        membership = rows.filter(uid=uid).first()
        organisation = self._changeable(request, memberships__uid=uid)
        if membership is None:
            raise Http404
        if request.method == "POST":
            try:
                end_member(membership=membership, by=request.user)
                messages.success(request, _("Đã kết thúc. Người này không còn thay mặt tổ chức."))
            except DomainError as refusal:
                messages.error(request, refusal.message)
            return HttpResponseRedirect(self._page("change", organisation.pk))
        facts = f"{show_phone(membership.contact.contact_point.phone)} · {membership.get_role_display()}"
        return self._question(
            request,
            organisation,
            title=_("Kết thúc thành viên"),
            button=_("Kết thúc"),
            lines=[str(organisation), facts, _("Người này mất quyền thay mặt tổ chức ngay.")],
        )

    def _changeable(self, request: HttpRequest, **wanted: Any) -> Organisation:
        """A row of another unit and no row at all look the same."""
        organisation = self.get_queryset(request).filter(**wanted).first()
        if organisation is None:
            raise Http404
        if not can_change_organisation(request.user, organisation):
            raise PermissionDenied
        return organisation

    def _question(self, request: HttpRequest, organisation: Organisation, **context: Any) -> TemplateResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        back = self._page("change", organisation.pk)
        return TemplateResponse(request, "admin/citizens/question.html", {**frame, "back": back, **context})

    def _member_rows(self, request: HttpRequest, obj: Organisation) -> dict[str, Any]:
        may = obj.status == OrganisationStatus.ACTIVE and can_change_organisation(request.user, obj)
        rows = obj.memberships.select_related("contact__contact_point").order_by("-pk")
        add = reverse("admin:citizens_organisation_add_member", args=[obj.uid]) if may else ""
        return {"members": [self._member(row, may=may) for row in rows], "add_member_url": add}

    def _member(self, row: Membership, *, may: bool) -> dict[str, Any]:
        end = reverse("admin:citizens_organisation_end_member", args=[row.uid]) if may and row.is_open else ""
        state = "" if row.is_current else _("chưa bắt đầu") if row.is_open else _("đã kết thúc")
        return {
            "phone": show_phone(row.contact.contact_point.phone),
            "role": row.get_role_display(),
            "period": f"{show_date(row.valid_from)} – {show_date(row.valid_to)}",
            "state": state,
            "end_url": end,
        }

    # ---- columns

    @admin.display(description=_("Tên tổ chức"))
    def shown_name(self, obj: Organisation) -> str:
        return str(obj.name)

    @admin.display(description=_("Mã số thuế"))
    def shown_tax_code(self, obj: Organisation) -> str:
        return str(obj.tax_code)

    @admin.display(description=_("Đơn vị"), ordering="unit")
    def shown_unit(self, obj: Organisation) -> str:
        return str(obj.unit)

    @admin.display(description=_("Người thay mặt"))
    def member_count(self, obj: Any) -> int:
        return obj.acting

    @display(
        description=_("Trạng thái"),
        label={OrganisationStatus.ACTIVE: "success", OrganisationStatus.ENDED: "warning"},
    )
    def shown_status(self, obj: Organisation) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Trạng thái"))
    def status_text(self, obj: Organisation) -> str:
        return str(obj.get_status_display())
