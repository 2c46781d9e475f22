"""Officers move a visit: the days that are left, the hours of one, a reason, and why not."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appointments.actions.change_visit import REASON_LIMIT, move_visit
from appointments.enums import BookingStatus
from appointments.models import Booking, Slot
from appointments.queries import people_of, places_to_move_to
from appointments.workflow import BOOKING_WORKFLOW
from portal.common.clock import show_date
from portal.common.errors import DomainError, field_errors
from portal.common.templatetags.portal import weekday


class MoveVisitPage:
    """Mixin before TransitionButtons: a button "Đổi lịch" and its page below the visit's own."""

    def move_buttons(self, request: HttpRequest, obj: Booking) -> list[dict[str, Any]]:
        buttons = super().move_buttons(request, obj)  # type: ignore[misc]
        if not may_move(request, obj):
            return buttons
        label = _("Chọn lịch khác") if obj.status == BookingStatus.DISPLACED else _("Đổi lịch")
        return [*buttons, {"url": self._page("reschedule", obj.pk), "label": label, "verb": "move"}]  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "POST"])(self.admin_site.admin_view(self.reschedule_view))  # type: ignore[attr-defined]
        name = "appointments_booking_reschedule"
        return [path("<path:object_id>/doi-lich/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def reschedule_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET shows free hours, POST moves and leads to the row that stands for the visit now."""
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, obj):  # type: ignore[attr-defined]
            raise PermissionDenied
        if not may_move(request, obj):
            messages.error(request, _("Không thể chuyển từ trạng thái hiện tại."))
            return HttpResponseRedirect(self._page("change", obj.pk))  # type: ignore[attr-defined]
        errors: list[str] = []
        if request.method == "POST":
            moved, errors = _post(request, obj)
            if moved is not None:
                return HttpResponseRedirect(self._page("change", moved.pk))  # type: ignore[attr-defined]
        return self._hours_page(request, obj, errors)

    def _hours_page(self, request: HttpRequest, obj: Booking, errors: list[str]) -> HttpResponse:
        days = free_days(obj)
        chosen = next(
            (day for day in days if day["uid"] == request.GET.get("ngay")), days[0] if days else None
        )
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": obj,
            "title": _("Đổi lịch"),
            "days": days,
            "chosen": chosen,
            "several_places": len({day["place"] for day in days}) > 1,
            "family": len(people_of(obj)),
            "reason_max": REASON_LIMIT,
            "errors": errors,
            "back_url": self._page("change", obj.pk),  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/appointments/move_visit.html", context)


def may_move(request: HttpRequest, booking: Booking) -> bool:
    moves = BOOKING_WORKFLOW.targets(booking.status, by=request.user, obj=booking)  # type: ignore[arg-type]
    return any(move.to == BookingStatus.MOVED for move in moves)


def _post(request: HttpRequest, booking: Booking) -> tuple[Booking | None, list[str]]:
    """The new row, or what to say above the page."""
    only = [booking.uid] if request.POST.get("alone") else None
    try:
        moved = move_visit(
            booking=booking,
            slot=request.POST.get("slot", ""),
            reason=request.POST.get("reason", "").strip(),
            only=only,
            by=request.user,  # type: ignore[arg-type]
        )
    except ValidationError as error:
        return None, [text for items in field_errors(error).values() for _code, text in items]
    except DomainError as refusal:
        return None, [refusal.message]
    text = _("Đã đổi lịch cho %(count)s người. Người dân sẽ nhận được tin nhắn.")
    messages.success(request, text % {"count": len(moved)})
    return moved[0], []


def free_days(booking: Booking) -> list[dict[str, Any]]:
    """Days with a free or reserved place, each with its hours; one query."""
    slots = places_to_move_to(booking, officer=True).order_by(
        "session__date", "session__place_name", "starts"
    )
    days: dict[int, dict[str, Any]] = {}
    for slot in slots:
        if slot.free <= 0 and slot.free_reserve <= 0:
            continue
        session = slot.session
        name = f"{weekday(session.date)}, {show_date(session.date)} · {session.place_name}"
        facts = {"uid": str(session.uid), "name": name, "date": session.date, "place": session.place_name}
        day = days.setdefault(session.pk, {**facts, "hours": [], "free": 0})
        day["hours"].append({"uid": str(slot.uid), "label": slot.hours, "note": _note(slot)})
        day["free"] += max(slot.free, 0) + slot.free_reserve
    return list(days.values())


def _note(slot: Slot) -> str:
    free, reserve = max(slot.free, 0), slot.free_reserve  # type: ignore[attr-defined]
    if not reserve:
        return str(_("còn %(free)s chỗ") % {"free": free})
    return str(_("còn %(free)s chỗ, %(reserve)s chỗ dự phòng") % {"free": free, "reserve": reserve})
