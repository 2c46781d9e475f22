"""The officers' call list: whom to call, what to say, how it went."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin
from portal.common.errors import DomainError, field_errors
from portal.notifications.actions.claim_call import claim_call, release_call
from portal.notifications.actions.record_call import record_call
from portal.notifications.actions.templates import template_for
from portal.notifications.enums import CallOutcome, CallState, Channel
from portal.notifications.models import CallTask
from portal.notifications.rendering import call_script, title_of
from portal.notifications.validators import MAX_NOTE
from portal.notifications.workflow import CALL_WORKFLOW

_COLOURS = {
    CallState.WAITING: "warning",
    CallState.CALLING: "info",
    CallState.NO_ANSWER: "warning",
    CallState.REACHED: "success",
    CallState.UNREACHABLE: "danger",
}


class OpenFilter(admin.SimpleListFilter):
    """What is still to be done, unless the officer asks for more."""

    title = _("danh sách")
    parameter_name = "xem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("xong", _("Đã xong")), ("tat-ca", _("Tất cả"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield first | {"display": _("Cần gọi")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        if self.value() == "tat-ca":
            return queryset
        open_ones = queryset.open()
        return open_ones if self.value() is None else queryset.exclude(pk__in=open_ones)


@admin.register(CallTask)
class CallTaskAdmin(ReadOnlyAdmin):
    """Numbers are masked in the list; who takes a call sees the number, and the journal knows."""

    audit_reads = True
    list_display = ("due", "what", "to", "state_badge", "attempts", "unit", "way")
    list_display_links = ("due",)
    list_filter = (OpenFilter, "notice")
    list_select_related = ("unit", "contact_point")
    ordering = ("due_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the sealed context: the list never opens it."""
        return super().get_queryset(request).defer("context")

    @admin.display(description=_("gọi lúc"), ordering="due_at")
    def due(self, call: CallTask) -> str:
        return _moment(call.due_at)

    @admin.display(description=_("về việc"))
    def what(self, call: CallTask) -> str:
        return title_of(call.notice)

    @admin.display(description=_("người nhận"))
    def to(self, call: CallTask) -> str:
        return call.contact_point.masked_phone

    @display(description=_("trạng thái"), label=_COLOURS, ordering="state")
    def state_badge(self, call: CallTask) -> tuple[str, str]:
        return call.state, call.get_state_display()

    @admin.display(description=_("cuộc gọi"))
    def way(self, call: CallTask) -> str:
        return format_html('<a class="desk-link" href="{}">{}</a>', self._address("change", call), _("Mở"))

    # ---- the page of one call

    def get_urls(self) -> list[URLPattern]:
        return [
            self._door("claim", "nhan", self.claim),
            self._door("record", "ket-qua", self.record),
            self._door("release", "tra-lai", self.release),
            *super().get_urls(),
        ]

    def _door(self, name: str, word: str, view: Any) -> URLPattern:
        guarded = require_POST(self.admin_site.admin_view(view))
        return path(f"<path:object_id>/{word}/", guarded, name=f"notifications_calltask_{name}")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        call = self._find(request, object_id)
        return self._page(request, call)

    def claim(self, request: HttpRequest, object_id: str) -> HttpResponse:
        call = self._find(request, object_id)
        try:
            claim_call(call=call, by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(self._address("change", call))

    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        call = self._find(request, object_id)
        try:
            release_call(call=call, by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(self._address("changelist"))

    def record(self, request: HttpRequest, object_id: str) -> HttpResponse:
        call = self._find(request, object_id)
        outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
        try:
            record_call(call=call, outcome=outcome, note=note, by=request.user)
        except ValidationError as error:
            return self._page(request, call, note=note, errors=field_errors(error))
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(self._address("change", call))
        messages.success(request, _("Đã ghi: %(outcome)s.") % {"outcome": CallOutcome(outcome).label})
        return HttpResponseRedirect(self._address("changelist"))

    def _find(self, request: HttpRequest, object_id: str) -> CallTask:
        call = self.get_object(request, object_id)
        if call is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, call):
            raise PermissionDenied
        return call

    def _page(
        self, request: HttpRequest, call: CallTask, note: str = "", errors: dict | None = None
    ) -> HttpResponse:
        self.record_read(request, call)
        held = call.state == CallState.CALLING and call.claimed_by_id == request.user.pk
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "call": call,
            "title": title_of(call.notice),
            "held": held,
            "sections": self._sections(call) if held else [],
            "outcomes": CallOutcome.choices,
            "tries": call.tries.select_related("caller"),
            "list_url": self._address("changelist"),
            "note": note,
            "note_max": MAX_NOTE,
            "errors": [text for items in (errors or {}).values() for _code, text in items],
            **{f"{door}_url": self._address(door, call) for door in ("claim", "record", "release")},
            **self._chances(request, call),
        }
        return TemplateResponse(request, "notifications/call.html", context)

    def _chances(self, request: HttpRequest, call: CallTask) -> dict[str, bool]:
        """Whether the officer may take the call, and whether somebody else is at it."""
        moves = CALL_WORKFLOW.targets(call.state, by=request.user, obj=call)
        now = timezone.now()
        busy = call.contact_point.calls.held_by_others(request.user, now).exists()
        may = any(move.verb == "claim" for move in moves) and call.valid_until > now
        return {"busy": busy, "may_claim": may and not busy}

    def _sections(self, call: CallTask) -> list[str]:
        template = template_for(unit=call.unit, channel=Channel.CALL, notice=call.notice)
        return call_script(call, template)

    def _address(self, page: str, call: CallTask | None = None) -> str:
        name = f"admin:notifications_calltask_{page}"
        return reverse(name, args=[call.pk] if call else [], current_app=self.admin_site.name)


def _moment(when: Any) -> str:
    return date_format(localtime(when), "DATETIME_FORMAT")
