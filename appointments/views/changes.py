"""A change of mind: another hour or day, or giving the visit back; for everybody or for one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.actions.cancel_visit import CANCELLABLE, cancel_visit
from appointments.actions.change_visit import MOVABLE, change_visit
from appointments.forms import CancelForm, ChangeForm
from appointments.models import Booking, Session
from appointments.queries import DayOfPlaces, days_to_move_to, places_to_move_to
from appointments.views.shared import booking_or_404, is_proven, labelled_people
from portal.common.errors import DomainError
from portal.units.models import Unit
from portal.units.pages import for_unit


@require_http_methods(["GET", "POST"])
@for_unit
def change(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """Days as links, hours as tiles; a POST moves and leads to the new ticket."""
    booking = booking_or_404(unit, code)
    people = [(one, label) for one, label in labelled_people(booking) if one.status in MOVABLE]
    if not people:
        return redirect("appointments:ticket", unit.slug, booking.declaration.code)
    days = days_to_move_to(booking)
    chosen = _chosen_day(days, request.GET.get("ngay", ""), booking)
    slots = _hours(booking, chosen)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        slots=slots,
        people=people,
        proven=is_proven(request, booking),
    )
    if request.method == "POST":
        status = _answer(
            form,
            change_visit,
            request,
            code=code,
            phone=form.typed("phone"),
            slot=form.typed("slot"),
            only=form.chosen,
        )
        if status == 302:
            return redirect("appointments:ticket", unit.slug, _shown_after(booking, form).declaration.code)
        form.offer(_hours(booking, chosen))  # with the places left after the refusal
    else:
        status = 200
    context = {
        "unit": unit,
        "booking": booking,
        "people": people,
        "days": [_day_tile(day, chosen) for day in days],
        "session": chosen.session if chosen else None,
        "form": form,
    }
    return render(request, "appointments/change.html", context, status=status)


def _hours(booking: Booking, chosen: DayOfPlaces | None) -> list[Any]:
    if chosen is None:
        return []
    return list(places_to_move_to(booking).filter(session=chosen.session).order_by("starts"))


def _chosen_day(days: list[DayOfPlaces], wanted: str, booking: Booking) -> DayOfPlaces | None:
    """The day that was asked for, else the first one with a place."""
    asked_for = next((day for day in days if str(day.session.uid) == wanted), None)
    return asked_for or next((day for day in days if day.free > 0), None)


def _day_tile(day: DayOfPlaces, chosen: DayOfPlaces | None) -> dict[str, Any]:
    session: Session = day.session
    return {
        "date": session.date,
        "url": f"?ngay={session.uid}#gio",
        "note": _("còn %(free)s chỗ") % {"free": day.free} if day.free else _("hết chỗ"),
        "current": day is chosen,
        "full": not day.free,
    }


def _shown_after(booking: Booking, form: ChangeForm) -> Booking:
    """The ticket of whoever moved: the one that was open, unless only others were ticked."""
    chosen = form.chosen
    if chosen is None or str(booking.uid) in chosen:
        return booking
    return Booking.objects.select_related("declaration").get(uid=chosen[0])


@require_http_methods(["GET", "POST"])
@for_unit
def cancel(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """Cancel with the phone number of the registration, everybody or some."""
    booking = booking_or_404(unit, code)
    people = [(one, label) for one, label in labelled_people(booking) if one.status in CANCELLABLE]
    proven = is_proven(request, booking)
    status = 200
    form = CancelForm(request.POST if request.method == "POST" else None, people=people, proven=proven)
    if request.method == "POST":
        status = _answer(form, cancel_visit, request, code=code, phone=form.typed("phone"), only=form.chosen)
        if status == 302:
            return redirect("appointments:ticket", unit.slug, booking.declaration.code)
    context = {"unit": unit, "booking": booking, "people": people, "form": form}
    return render(request, "appointments/cancel_form.html", context, status=status)


def _answer(form: Any, action: Any, request: HttpRequest, **facts: Any) -> int:
    """Call the action; 302 when it was done, else the status of the page that shows why not."""
    try:
        action(citizen=request.citizen, **facts)
    except ValidationError as error:
        form.show_errors(error if hasattr(error, "error_dict") else ValidationError({"__all__": error}))
        return 400
    except DomainError as error:
        form.show_errors(ValidationError({"__all__": ValidationError(error.message, code=error.code)}))
        return error.status
    return 302
