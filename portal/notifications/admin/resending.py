"""Messages that did not arrive: by error, why, what to do, and several sent anew at once."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from portal.notifications.actions.change_message import resend_messages
from portal.notifications.channels.errors import rule_of
from portal.notifications.queries import recent_errors
from portal.notifications.rendering import what_next
from portal.notifications.rules import is_resendable

MOST_AT_ONCE = 200


class ErrorFilter(admin.SimpleListFilter):
    """By what went wrong, in the words of the error tables."""

    title = _("lỗi")
    parameter_name = "loi"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.model.objects.visible_to(request.user)
        return [(code, f"{rule_of(code).text} ({code})") for code in recent_errors(rows)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(last_error=self.value()) if self.value() else queryset


class Resending:
    """Mixin of OutboxMessageAdmin: ticked messages are sent anew after one more question."""

    actions = ("resend_selected",)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_outboxmessage")

    @admin.action(description=_("Gửi lại các tin đã chọn"), permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        chosen = list(queryset.select_related("unit")[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            text = _("Mỗi lần gửi lại nhiều nhất %(most)d tin. Xin chọn ít hơn hoặc lọc theo lỗi.")
            messages.error(request, text % {"most": MOST_AT_ONCE})
            return None
        if "confirmed" not in request.POST:
            return self._ask(request, chosen)
        result = resend_messages(messages=chosen, by=request.user)
        if result.sent:
            messages.success(request, _("Đã xếp gửi lại %(number)d tin.") % {"number": result.sent})
        for text, number in result.refused.items():
            messages.warning(
                request, _("%(number)d tin không gửi lại: %(text)s") % {"number": number, "text": text}
            )
        return None

    def _ask(self, request: HttpRequest, chosen: list) -> HttpResponse:
        """What will be sent, what cannot be, and why each failed."""
        possible = [one for one in chosen if is_resendable(one)]
        errors = Counter(one.last_error for one in possible)
        by_error = {one.last_error: one for one in possible}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Gửi lại các tin đã chọn"),
            "number": len(possible),
            "left_out": len(chosen) - len(possible),
            "errors": [
                (rule_of(code), number, what_next(by_error[code])) for code, number in errors.most_common()
            ],
            "keys": [one.pk for one in possible],
            "checkbox": ACTION_CHECKBOX_NAME,
            "back_url": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/notifications/resend.html", context)
