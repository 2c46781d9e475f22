"""Officers' screens of counters and of the rules by which people are called."""

from django.contrib import admin

from appointments.models import Counter, DeskRules
from portal.units.admin import OfUnitAdmin


@admin.register(Counter)
class CounterAdmin(OfUnitAdmin):
    """Numbers that the calling screen names. A counter with history is switched off, not deleted."""

    list_display = ("number", "name", "unit", "is_active")
    list_filter = ("is_active",)
    fields = ("unit", "number", "name", "is_active")


@admin.register(DeskRules)
class DeskRulesAdmin(OfUnitAdmin):
    """One row for a unit; without it the defaults hold."""

    list_display = ("unit", "priority_every", "minutes_per_person")
    fields = ("unit", "priority_every", "minutes_per_person")
