"""Parts of the officers' pages of this room: rows below a page, ways to narrow a list, names for actors."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from appointments.enums import BookingStatus
from appointments.models import Session, Slot, StatusEntry
from portal.officers.models import Officer

ACTOR_KINDS = {"contact": _("Công dân"), "citizen": _("Công dân"), "system": _("Hệ thống")}


def actor_labels(refs: Iterable[str]) -> dict[str, str]:
    """Who stands behind each `actor_ref`: "Công dân", "Hệ thống" or an officer's user name.

    One query at most, however many references; an account that is gone is "Cán bộ".
    """
    wanted = set(refs)
    uids = [ref.removeprefix("officer:") for ref in wanted if ref.startswith("officer:")]
    found = dict(Officer.objects.filter(uid__in=uids).values_list("uid", "username")) if uids else {}
    names = {f"officer:{uid}": username for uid, username in found.items()}
    return {ref: names.get(ref) or str(ACTOR_KINDS.get(ref.split(":")[0], _("Cán bộ"))) for ref in wanted}


def show_moment(when: dt.datetime) -> str:
    """`03:14 22/11/2026` by the clock on the wall."""
    return date_format(localtime(when), "DATETIME_FORMAT")


class LookOnlyInline(TabularInline):
    """Rows below a page, to look at; `needed` is the permission asked for the page's row."""

    extra = 0
    can_delete = False
    hide_title = True
    needed: str

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(self.needed, obj)


class SlotInline(LookOnlyInline):
    """Hours of a session; capacity is laid out by the campaign form."""

    model = Slot
    needed = "appointments.view_session"
    fields = readonly_fields = ["shown_hours", "places", "held"]

    @admin.display(description=_("Giờ"))
    def shown_hours(self, obj: Slot) -> str:
        return obj.hours

    @admin.display(description=_("Số chỗ"))
    def places(self, obj: Slot) -> str:
        return str(obj.capacity)

    @admin.display(description=_("Đã giữ"))
    def held(self, obj: Slot) -> str:
        return str(obj.taken)


class HistoryFormSet(BaseInlineFormSet):
    """Gives every entry its `who`, read for all rows at once."""

    def get_queryset(self) -> QuerySet:
        if not hasattr(self, "_queryset"):
            entries = super().get_queryset()
            labels = actor_labels(entry.actor for entry in entries)
            for entry in entries:
                entry.who = labels[entry.actor]
        return self._queryset


class HistoryInline(LookOnlyInline):
    """What happened to a visit, in the order it happened."""

    model = StatusEntry
    formset = HistoryFormSet
    needed = "appointments.view_booking"
    fields = readonly_fields = ["moment", "before", "after", "who", "why"]

    @admin.display(description=_("Thời điểm"))
    def moment(self, obj: StatusEntry) -> str:
        return show_moment(obj.created_at)

    @admin.display(description=_("Từ"))
    def before(self, obj: StatusEntry) -> str:
        return str(BookingStatus(obj.frm).label) if obj.frm else "–"

    @admin.display(description=_("Đến"))
    def after(self, obj: StatusEntry) -> str:
        return str(obj.get_to_display())

    @admin.display(description=_("Ai"))
    def who(self, obj: Any) -> str:
        return obj.who

    @admin.display(description=_("Lý do"))
    def why(self, obj: StatusEntry) -> str:
        return obj.reason or "–"


class ListedStatusFilter(admin.SimpleListFilter):
    """The statuses of visits that have a number; others are never in the list."""

    title = _("trạng thái")
    parameter_name = "status__exact"
    UNLISTED = (BookingStatus.HELD, BookingStatus.ACCEPTED, BookingStatus.EXPIRED)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, label) for value, label in BookingStatus.choices if value not in self.UNLISTED]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(status=self.value()) if self.value() else queryset


class SessionFilter(admin.SimpleListFilter):
    """One session's visits, reached from the session; without one the panel does not offer it."""

    title = _("buổi làm việc")
    parameter_name = "buoi"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        try:
            wanted = uuid.UUID(self.value() or "")
        except ValueError:
            return []
        return [
            (self.value(), str(row)) for row in Session.objects.visible_to(request.user).filter(uid=wanted)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(session__uid=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """From today on unless something else is chosen; a search or a session's list looks at every day."""

    title = _("ngày hẹn")
    parameter_name = "ngay"
    template = "admin/day_filter.html"
    ALL = "tat-ca"
    EMPTY = {
        "hom-nay": _("Hôm nay không có lịch hẹn nào."),
        "ngay-mai": _("Ngày mai không có lịch hẹn nào."),
        "sap-toi": _("Từ hôm nay trở đi chưa có lịch hẹn nào."),
    }

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.searched = bool(request.GET.get(SEARCH_VAR))
        self.in_session = SessionFilter.parameter_name in request.GET
        self.narrowed = "status__exact" in request.GET
        everything = self.searched or self.in_session
        self.used_parameters.setdefault(self.parameter_name, self.ALL if everything else "sap-toi")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        named = [("hom-nay", _("Hôm nay")), ("ngay-mai", _("Ngày mai")), ("sap-toi", _("Sắp tới"))]
        return [*named, (self.ALL, _("Tất cả"))]

    def choices(self, changelist: Any) -> Iterable[dict[str, Any]]:
        """The four days, without Django's own first choice; choosing one leaves a session's list."""
        for word, title in self.lookup_choices:
            yield {
                "selected": self.value() == word and not self.in_session,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: word}, [SessionFilter.parameter_name]
                ),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.value() == self.ALL else queryset.on_day(self.value())

    @property
    def empty_text(self) -> Any:
        """Why the list is empty."""
        if self.searched:
            return _("Không có lịch hẹn nào khớp với ô tìm kiếm.")
        if self.narrowed:
            return _("Không có lịch hẹn nào khớp với bộ lọc.")
        return self.EMPTY.get(self.value(), _("Chưa có lịch hẹn nào."))
