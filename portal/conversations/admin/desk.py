"""Ready words and the roster on the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.common.clock import show_minutes
from portal.conversations.forms import ShiftForm
from portal.conversations.models import QuickReply, Shift
from portal.officers.models import Officer
from portal.units.admin import OfUnitAdmin


@admin.register(QuickReply)
class QuickReplyAdmin(OfUnitAdmin):
    """The units below the one it is entered for have it too."""

    list_display = ("title", "unit", "is_active")
    list_filter = ("is_active",)
    fields = ("unit", "title", "text", "is_active")


@admin.register(Shift)
class ShiftAdmin(OfUnitAdmin):
    """Week after week; the automatic answer of the evening reads it."""

    form = ShiftForm
    list_display = ("weekday", "opens_at", "closes_at", "officer", "unit")
    list_filter = ("weekday",)
    list_select_related = ("unit", "officer")
    fields = ("unit", "officer", "weekday", "opens", "closes")

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "officer":
            kwargs["queryset"] = Officer.objects.active().visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("từ giờ"), ordering="opens")
    def opens_at(self, shift: Shift) -> str:
        return show_minutes(shift.opens)

    @admin.display(description=_("đến giờ"), ordering="closes")
    def closes_at(self, shift: Shift) -> str:
        return show_minutes(shift.closes)
