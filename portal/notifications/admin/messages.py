"""Messages on the officers' desk: what was sent, why something failed, and what to do about it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin, TransitionButtons
from portal.notifications.actions.change_message import change_message
from portal.notifications.admin.resending import ErrorFilter, Resending
from portal.notifications.channels.errors import ChannelError, rule_of
from portal.notifications.enums import Channel, State
from portal.notifications.models import DeliveryAttempt, OutboxMessage
from portal.notifications.notices import all_notices, file_text
from portal.notifications.queries import find_template
from portal.notifications.rendering import preview, title_of, what_next
from portal.notifications.workflow import MESSAGE_WORKFLOW

_COLOURS = {
    State.QUEUED: "info",
    State.CLAIMED: "info",
    State.ACCEPTED: "info",
    State.DELIVERED: "success",
    State.SEEN: "success",
    State.FAILED: "danger",
    State.EXPIRED: "warning",
}


class DeliveryAttemptInline(TabularInline):
    """The calls of one message; may be looked at by whoever may look at the message."""

    model = DeliveryAttempt
    fields = ("send_round", "number", "channel", "started_at", "finished_at", "outcome", "error_text")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("notifications.view_outboxmessage", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("lỗi"))
    def error_text(self, attempt: DeliveryAttempt) -> str:
        return rule_of(attempt.error_code).text if attempt.error_code else "-"


class NoticeFilter(admin.SimpleListFilter):
    """By what notices are called, not by their keys."""

    title = _("thông báo")
    parameter_name = "notice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(notice.key, notice.title) for notice in all_notices() if file_text("title", notice.key)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(notice=self.value()) if self.value() else queryset


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Resending, TransitionButtons, ReadOnlyAdmin):
    """What went out and what did not; texts and phones masked."""

    workflow = MESSAGE_WORKFLOW
    gate = change_message
    status_field = "state"
    audit_reads = True
    inlines = [DeliveryAttemptInline]
    list_before_template = "admin/notifications/outbox_doors.html"
    list_display = (
        "created",
        "title",
        "message_class",
        "unit",
        "state_badge",
        "hops",
        "error_text",
        "advice",
    )
    list_filter = ("state", ErrorFilter, "message_class", NoticeFilter)
    list_select_related = ("unit",)
    fields = (
        "title",
        "message_class",
        "unit",
        "to",
        "text",
        "state",
        "hops",
        "error_text",
        "advice",
        "attempts",
        "next_at",
        "valid_until",
        "template",
        "provider",
        "provider_ref",
        "parts",
        "cost",
        "created",
        "accepted_at",
        "finished_at",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the sealed context: the list never opens it."""
        return super().get_queryset(request).defer("context")

    @admin.display(description=_("tạo lúc"), ordering="created_at")
    def created(self, message: OutboxMessage) -> Any:
        return message.created_at

    @admin.display(description=_("thông báo"), ordering="notice")
    def title(self, message: OutboxMessage) -> str:
        return title_of(message.notice)

    @display(description=_("trạng thái"), label=_COLOURS, ordering="state")
    def state_badge(self, message: OutboxMessage) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @admin.display(description=_("các kênh"))
    def hops(self, message: OutboxMessage) -> str:
        """Each channel of the plan and how far it came."""
        return " → ".join(
            f"{Channel(channel).label}: {self._hop_state(message, place)}"
            for place, channel in enumerate(message.plan)
        )

    def _hop_state(self, message: OutboxMessage, place: int) -> str:
        if place == message.hop:
            return str(message.get_state_display()).lower()
        return str(_("không tới") if place < message.hop else _("chưa cần"))

    @admin.display(description=_("lỗi gần nhất"))
    def error_text(self, message: OutboxMessage) -> str:
        return rule_of(message.last_error).text if message.last_error else "-"

    @admin.display(description=_("nên làm gì"))
    def advice(self, message: OutboxMessage) -> Any:
        return what_next(message) or "-"

    @admin.display(description=_("người nhận"))
    def to(self, message: OutboxMessage) -> str:
        return message.recipient.masked_phone

    @admin.display(description=_("nội dung (mã và số liệu riêng được che)"))
    def text(self, message: OutboxMessage) -> str:
        template = message.template or find_template(
            unit=message.unit, channel=message.channel, notice=message.notice
        )
        try:
            return preview(message, template) if template else "-"
        except ChannelError as error:
            return str(rule_of(error.code).text)
