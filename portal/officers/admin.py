"""Accounts and role assignments on the officers' desk. Every change goes through an action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.admin import SavedByAction, ScopedAdmin
from portal.common.errors import DomainError
from portal.officers.actions.deactivate_officer import deactivate_officer, reactivate_officer
from portal.officers.actions.end_role import end_role
from portal.officers.actions.reset_password import reset_password
from portal.officers.forms import OfficerForm, RoleAssignmentForm
from portal.officers.models import Officer, RoleAssignment

admin.site.unregister(Group)  # roles are the one table of portal.officers.roles


@dataclass(frozen=True)
class Step:
    """A verb with a page of its own that asks once more. `run(obj, by)` may answer a one-time password."""

    slug: str
    label: Any
    question: Any
    done: Any
    run: Callable[[Any, Officer], str | None]
    fits: Callable[[Any], bool]


OFFICER_STEPS = (
    Step(
        "cap-lai-mat-khau",
        gettext_lazy("Cấp lại mật khẩu"),
        gettext_lazy("Mật khẩu hiện tại mất hiệu lực ngay và các phiên đang mở bị đóng."),
        gettext_lazy("Đã cấp lại mật khẩu."),
        lambda officer, by: reset_password(officer=officer, by=by),
        lambda officer: officer.is_active,
    ),
    Step(
        "ngung-su-dung",
        gettext_lazy("Ngừng sử dụng tài khoản"),
        gettext_lazy("Cán bộ không đăng nhập được nữa và các phiên đang mở bị đóng ngay."),
        gettext_lazy("Đã ngừng sử dụng tài khoản."),
        lambda officer, by: deactivate_officer(officer=officer, by=by) and None,
        lambda officer: officer.is_active,
    ),
    Step(
        "su-dung-lai",
        gettext_lazy("Sử dụng lại tài khoản"),
        gettext_lazy("Tài khoản có lại các vai trò còn hiệu lực và được cấp mật khẩu dùng một lần."),
        gettext_lazy("Đã mở lại tài khoản."),
        lambda officer, by: reactivate_officer(officer=officer, by=by),
        lambda officer: not officer.is_active,
    ),
)
ROLE_STEPS = (
    Step(
        "ket-thuc",
        gettext_lazy("Kết thúc phân công"),
        gettext_lazy("Cán bộ mất quyền của vai trò này ngay. Phân công vẫn được giữ lại để tra cứu."),
        gettext_lazy("Đã kết thúc phân công."),
        lambda assignment, by: end_role(assignment=assignment, by=by) and None,
        lambda assignment: assignment.ended_at is None,
    ),
)


class ActionAdmin(SavedByAction, ScopedAdmin):
    """A form whose save() is the whole change, and steps below it; the admin itself writes nothing."""

    steps: tuple[Step, ...] = ()
    change_form_outer_after_template = "officers/steps.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        step = path("<uuid:uid>/<slug:slug>/", self.admin_site.admin_view(self.step_view), name=name)
        return [step, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        context = context | {"steps": self._links(request, obj) if obj else []}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _links(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        if not request.user.has_perm(f"officers.change_{self.opts.model_name}", obj):
            return []
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        return [
            {"label": step.label, "url": reverse(name, args=[obj.uid, step.slug])}
            for step in self.steps
            if step.fits(obj)
        ]

    def step_view(self, request: HttpRequest, uid: Any, slug: str) -> HttpResponse:
        obj = self.get_queryset(request).filter(uid=uid).first()
        step = next((step for step in self.steps if step.slug == slug), None)
        if obj is None or step is None:
            raise Http404
        if request.method == "POST":
            return self._run(request, step, obj)
        context = {"title": step.label, "step": step, "obj": obj, "back": self._page_of(obj)}
        return self._page(request, "officers/step.html", context)

    def _run(self, request: HttpRequest, step: Step, obj: Any) -> HttpResponse:
        try:
            password = step.run(obj, request.user)
        except DomainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(self._page_of(obj))
        if password:
            return self.show_password(request, obj, password, step.done)
        messages.success(request, str(step.done))
        return HttpResponseRedirect(self._page_of(obj))

    def show_password(
        self, request: HttpRequest, officer: Officer, password: str, title: Any
    ) -> HttpResponse:
        """The only time it is seen: in this answer, not in a message, cookie or session."""
        context = {"title": title, "officer": officer, "password": password, "back": self._page_of(officer)}
        return self._page(request, "officers/one_time_password.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )

    def _page_of(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


@admin.register(Officer)
class OfficerAdmin(ActionAdmin):
    form = OfficerForm
    steps = OFFICER_STEPS
    list_display = ("username", "shown_name", "rank_title", "unit", "shown_roles", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username",)
    search_help_text = gettext_lazy("Tìm theo tên đăng nhập.")
    list_select_related = ("unit",)
    fields = ("username", "full_name", "rank_title", "unit", "state", "shown_roles")
    readonly_fields = ("state", "shown_roles")

    def get_fields(self, request: HttpRequest, obj: Officer | None = None) -> tuple[str, ...]:
        return self.fields if obj else self.fields[:4]

    def get_readonly_fields(self, request: HttpRequest, obj: Officer | None = None) -> tuple[str, ...]:
        return ("username", *self.readonly_fields) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Officer]:
        current = RoleAssignment.objects.current().select_related("unit")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("assignments", current, "shown_assignments"))
        )

    @admin.display(description=gettext_lazy("Họ và tên"))
    def shown_name(self, officer: Officer) -> str:
        return officer.full_name or "–"

    @admin.display(description=gettext_lazy("Vai trò hiện nay"))
    def shown_roles(self, officer: Officer) -> str:
        held = [f"{item.get_role_display()} ({item.unit})" for item in officer.shown_assignments]
        return "; ".join(held) or _("Chưa có vai trò")

    @admin.display(description=gettext_lazy("Trạng thái"))
    def state(self, officer: Officer) -> str:
        if not officer.is_active:
            return _("Đã ngừng sử dụng")
        return _("Chờ đổi mật khẩu dùng một lần") if officer.must_change_password else _("Đang sử dụng")

    def response_add(
        self, request: HttpRequest, obj: Officer, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.show_password(request, obj, obj.one_time_password, _("Đã tạo tài khoản."))


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ActionAdmin):
    form = RoleAssignmentForm
    steps = ROLE_STEPS
    list_display = ("officer", "role", "unit", "valid_from", "valid_to", "in_force")
    list_filter = ("role",)
    search_fields = ("officer__username",)
    search_help_text = gettext_lazy("Tìm theo tên đăng nhập.")
    list_select_related = ("officer", "unit")
    fields = ("officer", "role", "unit", "hamlets", "valid_from", "valid_to")

    def has_change_permission(self, request: HttpRequest, obj: RoleAssignment | None = None) -> bool:
        """An assignment is ended, not rewritten: it tells who could see what, and when."""
        return False

    @admin.display(description=gettext_lazy("Còn hiệu lực"), boolean=True)
    def in_force(self, assignment: RoleAssignment) -> bool:
        return assignment.is_current
