"""Units on the officers' desk. Names, codes and successions come from the official list and are read only."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest
from unfold.admin import TabularInline

from portal.common.admin import ReadOnlyAdmin, ScopedAdmin
from portal.units.enums import Level
from portal.units.models import (
    CalendarDay,
    Hamlet,
    OpeningHours,
    Succession,
    Unit,
    UnitContact,
    UnitReach,
    reach_of,
)


class UnitInline(TabularInline):
    """Rows below a unit: permissions are asked for that unit, not for any unit."""

    extra = 0

    def _may(self, request: HttpRequest, verb: str, unit: Unit | None) -> bool:
        return request.user.has_perm(f"units.{verb}_{self.opts.model_name}", unit)

    def has_view_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        return self._may(request, "delete", obj)


class HamletInline(UnitInline):
    model = Hamlet
    fields = ("kind", "name", "is_active")


class OpeningHoursInline(UnitInline):
    model = OpeningHours
    fields = ("kind", "weekday", "opens", "closes")


class UnitContactInline(UnitInline):
    model = UnitContact
    fields = ("order", "kind", "name", "phone", "note", "public")


class OfUnitAdmin(ScopedAdmin):
    """Rows of a unit: the choice of units ends where the officer's right to write ends."""

    list_select_related = ("unit",)
    autocomplete_fields = ("unit",)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            kwargs["queryset"] = Unit.objects.filter(pk__in=reach_of(self.writable_units(request)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def writable_units(self, request: HttpRequest) -> set[int]:
        """Units in which a role lets this officer add or change such rows."""
        label, name = self.opts.app_label, self.opts.model_name
        return {
            *request.user.held_unit_ids(f"{label}.add_{name}"),
            *request.user.held_unit_ids(f"{label}.change_{name}"),
        }


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    list_display = ("display_name", "parent", "official_code", "is_open", "valid_from", "valid_to")
    list_filter = ("is_open", "kind", "edition", "is_demo")
    list_select_related = ("parent",)
    search_fields = ("folded_path", "=official_code", "=slug")
    inlines = (OpeningHoursInline, UnitContactInline, HamletInline)
    fields = (
        "display_name",
        "kind",
        "parent",
        ("official_code", "edition"),
        ("valid_from", "valid_to"),
        "slug",
        "is_open",
        "address",
        "duty_phone",
        ("latitude", "longitude"),
        "sms_brand",
        "code_budget_per_hour",
    )
    readonly_fields = (
        "display_name",
        "kind",
        "parent",
        "official_code",
        "edition",
        "valid_from",
        "valid_to",
        "slug",
        "is_open",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Units come from import_units and create_unit, which also give them their address."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Units are closed, never deleted."""
        return False


@admin.register(Hamlet)
class HamletAdmin(OfUnitAdmin):
    list_display = ("name", "kind", "unit", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("folded_name",)
    fields = ("unit", "kind", "name", "is_active")


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfUnitAdmin):
    list_display = ("unit", "kind", "weekday", "opens", "closes")
    list_filter = ("kind", "weekday")
    fields = ("unit", "kind", "weekday", "opens", "closes")


@admin.register(UnitContact)
class UnitContactAdmin(OfUnitAdmin):
    list_display = ("name", "unit", "kind", "phone", "public")
    list_filter = ("kind", "public")
    fields = ("unit", "kind", "name", "phone", "note", "public", "order")


@admin.register(CalendarDay)
class CalendarDayAdmin(OfUnitAdmin):
    list_display = ("date", "name", "is_working", "unit", "moves_deadlines", "source")
    list_filter = ("is_working",)
    date_hierarchy = "date"
    fields = ("date", "is_working", "name", "source", "unit", "moves_deadlines")

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """A day for everybody moves every unit's deadlines, so only the ministry's officers enter one."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.required = not self._is_national(request)
        return field

    def has_change_permission(self, request: HttpRequest, obj: CalendarDay | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: CalendarDay | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, day: CalendarDay | None) -> bool:
        return day is None or day.unit_id is not None or self._is_national(request)

    def _is_national(self, request: HttpRequest) -> bool:
        held = self.writable_units(request)
        return Unit.objects.filter(pk__in=held, kind__level=Level.MINISTRY).exists()


@admin.register(Succession)
class SuccessionAdmin(ReadOnlyAdmin):
    list_display = ("predecessor", "successor", "on", "inherits_records")
    list_filter = ("inherits_records",)
    list_select_related = ("predecessor", "successor")
    search_fields = ("predecessor__folded_path", "successor__folded_path")
    fields = ("predecessor", "successor", "on", "inherits_records", "note")


@admin.register(UnitReach)
class UnitReachAdmin(ReadOnlyAdmin):
    list_display = ("unit", "reaches", "via")
    list_filter = ("via",)
    list_select_related = ("unit", "reaches")
    search_fields = ("unit__folded_path",)
    fields = ("unit", "reaches", "via")
