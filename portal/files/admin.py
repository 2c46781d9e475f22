"""Files on the desk: what was sent, how it stands, and what lies in quarantine."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin, TransitionButtons
from portal.files.actions.judge_file import judge_file
from portal.files.enums import FileState
from portal.files.models import StoredFile
from portal.files.owners import find_owner
from portal.files.rules import can_open
from portal.files.workflow import FILE_WORKFLOW

_COLOURS = {
    FileState.RECEIVING: "info",
    FileState.RECEIVED: "info",
    FileState.CHECKING: "info",
    FileState.CLEAN: "success",
    FileState.REFUSED: "danger",
    FileState.QUARANTINED: "warning",
}


@admin.register(StoredFile)
class StoredFileAdmin(TransitionButtons, ReadOnlyAdmin):
    """The list opens no name; a page does, and says so in the journal."""

    workflow = FILE_WORKFLOW
    gate = judge_file
    status_field = "state"
    audit_reads = True
    list_display = ("sent_at", "belongs_to", "kind", "shown_size", "put_by_kind", "state_badge", "unit")
    list_filter = ("state", "kind", "put_by_kind")
    list_select_related = ("unit",)
    fields = (
        "name",
        "belongs_to",
        "unit",
        "kind",
        "shown_size",
        "put_by_kind",
        "sent_at",
        "state",
        "why",
        "finding",
        "checked_at",
        "next_at",
        "kept_until",
        "history_text",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("unit")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The way to the bytes only where there are some and this officer may have them."""
        opens = obj is not None and obj.state == FileState.CLEAN and can_open(request.user, obj)
        return (*self.fields, "content") if opens else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.fields, "content")

    @display(description=_("trạng thái"), label=_COLOURS, ordering="state")
    def state_badge(self, file: StoredFile) -> tuple[str, str]:
        return file.state, file.get_state_display()

    @admin.display(description=_("gửi lúc"), ordering="created_at")
    def sent_at(self, file: StoredFile) -> str:
        return date_format(localtime(file.created_at), "DATETIME_FORMAT")

    @admin.display(description=_("thuộc về"))
    def belongs_to(self, file: StoredFile) -> str:
        owner = find_owner(file.owner_key)
        return str(owner.label) if owner else file.owner_key

    @admin.display(description=_("cỡ"), ordering="size")
    def shown_size(self, file: StoredFile) -> str:
        return filesizeformat(file.size)

    @admin.display(description=_("giải thích"))
    def why(self, file: StoredFile) -> str:
        return file.explanation or "-"

    @admin.display(description=_("lịch sử"))
    def history_text(self, file: StoredFile) -> str:
        lines = (
            f"{localtime(row.created_at):%d/%m/%Y %H:%M} {row.get_to_display()} {row.reason or ''}".strip()
            for row in file.history.all()
        )
        return "; ".join(lines) or "-"

    @admin.display(description=_("nội dung"))
    def content(self, file: StoredFile) -> SafeString | str:
        return format_html(
            '<a href="{}">{}</a>', reverse("files:officers_content", args=[file.uid]), _("Tải về")
        )
