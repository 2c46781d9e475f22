"""The officers' site: log-in, own password, start page."""

from typing import Any

from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

from portal.officers.actions.note_login import note_login
from portal.officers.attention import attention_of
from portal.officers.forms import LoginForm, OwnPasswordForm


class OfficersSite(UnfoldAdminSite):
    """Everything an officer may open, in his own words."""

    index_title = gettext_lazy("Bàn làm việc")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form = LoginForm

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Menu groups without a single permitted page are left out: an empty heading says nothing."""
        context = super().each_context(request)
        context["sidebar_navigation"] = [
            group
            for group in context["sidebar_navigation"]
            if any(item["has_permission"] for item in group["items"])
        ]
        return context

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().login(request, {"title": _("Đăng nhập"), **(extra_context or {})})
        if request.method == "POST" and response.status_code == 302:
            note_login(officer=request.user)
        return response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Whoever goes leaves no copy behind: pages that work without the network keep one."""
        response = super().logout(request, extra_context)
        response["Clear-Site-Data"] = '"storage"'
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        request.current_app = self.name
        return PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            template_name="officers/own_password.html",
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The start page: who am I, where, what is wrong, and what can I do here."""
        mine = sorted({str(assignment.get_role_display()) for assignment in request.user.current_assignments})
        context = {
            "my_unit": request.user.unit,
            "my_roles": mine,
            "attention": attention_of(request.user),
            **(extra_context or {}),
        }
        return super().index(request, context)
