"""Officers read the catalogue and edit papers and fees; each has its dates."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from portal.common.admin import ScopedAdmin
from portal.units.models import Unit, reach_of
from procedures.actions.set_questions import set_questions
from procedures.models import DeclarationSettings, Fee, Paper, Procedure


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


@admin.register(DeclarationSettings)
class DeclarationSettingsAdmin(ScopedAdmin):
    """Which sensitive questions a unit asks; no row means none. The unit is chosen once."""

    list_display = ["unit", "ask_ethnicity", "ask_religion"]
    list_select_related = ["unit"]
    fields = ["unit", "ask_ethnicity", "ask_religion"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["unit"] if obj else []

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        held = request.user.held_unit_ids("procedures.change_declarationsettings")
        kwargs["queryset"] = Unit.objects.open().filter(pk__in=reach_of(held))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Turned off, not deleted: the journal names the row."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        settings = set_questions(
            unit=obj.unit, ask_ethnicity=obj.ask_ethnicity, ask_religion=obj.ask_religion, by=request.user
        )
        obj.pk = settings.pk
