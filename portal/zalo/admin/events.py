"""Received events on the desk: what arrived, how it went, once more."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin, TransitionButtons
from portal.zalo.actions.process_event import replay_event
from portal.zalo.enums import EventState
from portal.zalo.models import WebhookEvent
from portal.zalo.workflow import EVENT_WORKFLOW

_COLOURS = {
    EventState.WAITING: "info",
    EventState.CLAIMED: "info",
    EventState.DONE: "success",
    EventState.FAILED: "danger",
}


@admin.register(WebhookEvent)
class WebhookEventAdmin(TransitionButtons, ReadOnlyAdmin):
    """What somebody wrote is not shown here: the rooms that take messages show it to whom it concerns."""

    workflow = EVENT_WORKFLOW
    gate = replay_event
    status_field = "state"
    list_display = ("happened_at", "name", "account", "state_badge", "attempts", "repeats", "last_error")
    list_filter = ("state", "name")
    list_select_related = ("account__unit",)
    fields = (
        "account",
        "name",
        "by_phone",
        "happened_at",
        "state",
        "attempts",
        "next_at",
        "finished_at",
        "repeats",
        "last_error",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the sealed body: these pages never open it."""
        return super().get_queryset(request).select_related("account__unit").defer("body")

    def scope_of(self, obj: WebhookEvent) -> Any:
        return obj.account

    @display(description=_("trạng thái"), label=_COLOURS, ordering="state")
    def state_badge(self, event: WebhookEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()
