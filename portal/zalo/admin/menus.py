"""Menu plans of units."""

from django.contrib import admin
from django.http import HttpRequest

from portal.units.admin import OfUnitAdmin
from portal.zalo.models import MenuItem


@admin.register(MenuItem)
class MenuItemAdmin(OfUnitAdmin):
    """The printable page hangs on the account."""

    list_display = ("title", "unit", "position", "kind", "value")
    list_filter = ("kind",)
    fields = ("unit", "position", "title", "kind", "value")

    def writable_units(self, request: HttpRequest) -> set[int]:
        return {*request.user.held_unit_ids("zalo.add_menuitem")}
