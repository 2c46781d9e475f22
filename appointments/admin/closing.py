"""The page on which an officer calls a whole session off: look first, then act."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appointments.actions.cancel_session import REASON_LIMIT, cancel_session, check_reason, check_target
from appointments.actions.empty_session import preview_closing
from appointments.models import Session, SessionClosure
from appointments.queries import other_sessions
from appointments.workflow import SESSION_WORKFLOW
from portal.common.errors import DomainError, field_errors


class CloseSessionPage:
    """Mixin before the session's admin: the button "Hủy buổi này", its page, and how far it has come."""

    change_form_outer_before_template = "admin/appointments/session_head.html"

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context = context | {
                "close_url": self._close_page(obj) if may_cancel(request, obj) else "",
                "closure": SessionClosure.objects.filter(session=obj).first(),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)  # type: ignore[misc]

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "POST"])(self.admin_site.admin_view(self.close_view))  # type: ignore[attr-defined]
        page = path("<path:object_id>/huy-buoi/", view, name="appointments_session_close")
        return [page, *super().get_urls()]  # type: ignore[misc]

    def close_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks, POST without `sure` shows what would happen, POST with it does it."""
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, obj):  # type: ignore[attr-defined]
            raise PermissionDenied
        if not may_cancel(request, obj):
            messages.error(request, _("Không thể hủy buổi này."))
            return HttpResponseRedirect(self._session_page(obj))
        asked = Asked(request, obj)
        if request.method == "POST" and "sure" in request.POST and asked.cancel():
            return HttpResponseRedirect(self._session_page(obj))
        return self._close_form(request, obj, asked)

    def _close_form(self, request: HttpRequest, obj: Session, asked: "Asked") -> HttpResponse:
        looked = request.method == "POST" and asked.is_right()
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": obj,
            "title": _("Hủy buổi này"),
            "asked": asked,
            "preview": preview_closing(obj, target=asked.target) if looked else None,
            "reason_max": REASON_LIMIT,
            "back_url": self._session_page(obj),
        }
        return TemplateResponse(request, "admin/appointments/close_session.html", context)

    def _session_page(self, obj: Session) -> str:
        return self._address("change", obj)

    def _close_page(self, obj: Session) -> str:
        return self._address("close", obj)

    def _address(self, name: str, obj: Session) -> str:
        return reverse(f"admin:appointments_session_{name}", args=[obj.pk])


def may_cancel(request: HttpRequest, session: Session) -> bool:
    return bool(SESSION_WORKFLOW.targets(session.status, by=request.user, obj=session))  # type: ignore[arg-type]


class Asked:
    """What stands in the officer's form, and what is wrong with it."""

    def __init__(self, request: HttpRequest, session: Session) -> None:
        self.request, self.session = request, session
        self.reason = request.POST.get("reason", "").strip()
        self.others = other_sessions(session)
        self.wanted = request.POST.get("target", "")
        self.target = next((one for one in self.others if str(one.uid) == self.wanted), None)
        self.errors: list[str] = []

    def is_right(self) -> bool:
        """True when the preview may be shown; the action asks the same questions."""
        if not self.errors:
            self._try(self._check)
        return not self.errors

    def _check(self) -> None:
        check_reason(self.reason)
        check_target(self.session, self._target())

    def _target(self) -> Session | None:
        """A session nobody may choose is refused like the session itself."""
        return self.session if self.wanted and self.target is None else self.target

    def cancel(self) -> bool:
        """Do it and say how far it has come."""
        return self._try(self._cancel)

    def _cancel(self) -> None:
        closure = cancel_session(
            session=self.session,
            reason=self.reason,
            target=self._target(),
            by=self.request.user,  # type: ignore[arg-type]
        )
        facts = {"moved": closure.moved, "displaced": closure.displaced, "people": closure.people}
        text = _("Đã hủy buổi: %(moved)s người có lịch mới, %(displaced)s người được mời chọn lịch khác.")
        if closure.finished_at is None:
            text = _(
                "Đã hủy buổi. Đã xử lý %(moved)s + %(displaced)s trong %(people)s người; còn lại tự chạy."
            )
        messages.success(self.request, text % facts)

    def _try(self, call: Any) -> bool:
        try:
            call()
        except ValidationError as error:
            self.errors = [text for items in field_errors(error).values() for _code, text in items]
        except DomainError as refusal:
            self.errors = [refusal.message]
        return not self.errors
