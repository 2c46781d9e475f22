"""Which sensitive questions a unit asks in its declaration."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest

from portal.common.admin import ScopedAdmin
from portal.units.models import Unit, reach_of
from procedures.actions.set_questions import set_questions
from procedures.models import DeclarationSettings


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
