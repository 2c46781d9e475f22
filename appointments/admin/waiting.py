"""Who waits for a place: to look at, never to reorder."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appointments.enums import WaitingStatus
from appointments.models import WaitingEntry
from appointments.pages import show_moment
from portal.common.admin import ReadOnlyAdmin
from portal.common.codes import show_code


@admin.register(WaitingEntry)
class WaitingEntryAdmin(ReadOnlyAdmin):
    """In the order of the line. The clock makes the offers; a hand that could would be asked for favours."""

    audit_reads = True
    list_display = ["since", "shown_campaign", "shown_service", "people", "phone", "shown_status", "offered"]
    list_filter = ["status"]
    JOINED = ("campaign__procedure", "service", "unit", "slot__session", "contact__contact_point")
    fields = readonly_fields = [
        "shown_campaign",
        "shown_service",
        "shown_code",
        "people",
        "phone",
        "status_text",
        "since",
        "offered",
        "answer_until",
        "passed",
    ]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).exclude(queued_at=None).select_related(*self.JOINED)

    def get_ordering(self, request: Any) -> list[str]:
        return ["queued_at", "pk"]

    @admin.display(description=_("Chờ từ"), ordering="queued_at")
    def since(self, obj: WaitingEntry) -> str:
        return show_moment(obj.queued_at) if obj.queued_at else "–"

    @admin.display(description=_("Đợt"))
    def shown_campaign(self, obj: WaitingEntry) -> str:
        return obj.campaign.name

    @admin.display(description=_("Việc cần làm"))
    def shown_service(self, obj: WaitingEntry) -> str:
        return (obj.service or obj.campaign.procedure).name

    @admin.display(description=_("Mã chờ"))
    def shown_code(self, obj: WaitingEntry) -> str:
        return show_code(obj.code)

    @admin.display(description=_("Số người"))
    def people(self, obj: WaitingEntry) -> int:
        return obj.size

    @admin.display(description=_("Điện thoại"))
    def phone(self, obj: WaitingEntry) -> str:
        return obj.contact.contact_point.masked_phone if obj.contact else "–"

    @admin.display(description=_("Được mời"))
    def offered(self, obj: WaitingEntry) -> str:
        return str(obj.slot) if obj.slot and obj.status == WaitingStatus.OFFERED else "–"

    @admin.display(description=_("Trả lời trước"))
    def answer_until(self, obj: WaitingEntry) -> str:
        return show_moment(obj.offer_until) if obj.offer_until else "–"

    @display(
        description=_("Trạng thái"),
        label={
            WaitingStatus.OFFERED: "warning",
            WaitingStatus.TAKEN: "success",
            WaitingStatus.WAITING: "info",
        },
    )
    def shown_status(self, obj: WaitingEntry) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Trạng thái"))
    def status_text(self, obj: WaitingEntry) -> str:
        return str(obj.get_status_display())
