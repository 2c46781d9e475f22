"""Officers read the catalogue and edit papers and fees; each has its dates."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from procedures.models import Fee, Paper, Procedure


class PaperInline(TabularInline):
    model = Paper
    extra = 0


class FeeInline(TabularInline):
    model = Fee
    extra = 0


@admin.register(Procedure)
class ProcedureAdmin(ModelAdmin):
    list_display = ["name", "field", "filing_mode", "grade", "checked_on"]
    list_filter = ["field", "filing_mode", "grade"]
    search_fields = ["name", "official_code"]
    readonly_fields = ["key", "slug"]
    inlines = [PaperInline, FeeInline]
