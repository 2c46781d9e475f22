"""The journal on the officers' desk: read, filter, nothing else."""

import json

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.audit.models import AuditEntry
from portal.common.admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "actor", "object_type", "object_uid", "unit_code")
    search_fields = ("action",)  # switches the search box on; get_search_results says how
    search_help_text = _("Gõ đúng mã người thực hiện, mã đối tượng hoặc tên việc.")
    fields = ("at", "action", "actor", "object_type", "object_uid", "unit_code", "detail_text")
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Whole values only: a journal grows without end and LIKE would read all of it."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(object_uid=term) | Q(actor=term) | Q(action=term)), False

    @display(description=_("chi tiết"))
    def detail_text(self, entry: AuditEntry) -> str:
        return json.dumps(entry.detail, ensure_ascii=False, indent=1, sort_keys=True)
