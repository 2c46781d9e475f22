"""Officers read the catalogue."""

from django.contrib import admin

from portal.common.admin import ReadOnlyAdmin
from procedures.models import Procedure


@admin.register(Procedure)
class ProcedureAdmin(ReadOnlyAdmin):
    list_display = ["name", "field", "filing_mode"]
