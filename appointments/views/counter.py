"""Officers book for somebody who stands at the desk or is on the phone; the reserve is theirs to give."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from appointments.actions.book_visit import book_visit
from appointments.forms.attested import AttestedForm
from appointments.forms.people import is_counting
from appointments.models import Session
from appointments.origins import FIELD, From, read_origin
from appointments.queries import sessions_to_come, slots_for_staff
from appointments.views.desk_access import for_officers
from appointments.views.shared import service_names
from procedures.queries import asked_by

BOOK = "appointments.book_booking"


def _reach(request: HttpRequest) -> Any:
    if not request.user.has_perm(BOOK):
        raise PermissionDenied
    return request.user.reach(BOOK)


def _origin(request: HttpRequest) -> From | None:
    """Where the officer came from; the word stays in the address through both pages."""
    return read_origin(request.GET.get(FIELD, ""), by=request.user)


@require_GET
@for_officers
def choose_session(request: HttpRequest) -> HttpResponse:
    """Sessions to come of the units where this officer books, with the places he may give."""
    sessions = sessions_to_come(_reach(request))
    context = {"sessions": sessions, "origin": _origin(request)}
    return render(request, "appointments/desk/counter_sessions.html", context)


@require_http_methods(["GET", "POST"])
@for_officers
def book_at_desk(request: HttpRequest, session_uid: uuid.UUID) -> HttpResponse:
    """One page: the hour, the people, done. The officer attests who they are, so no code and no phone."""
    mine = Session.objects.filter(uid=session_uid, unit__in=_reach(request))
    session = mine.select_related("unit", "campaign").first()
    if session is None:
        raise Http404
    slots = slots_for_staff(session)
    terms = {
        "slots": slots,
        "services": service_names(slots),
        "asks": asked_by(session.unit),
        "day": session.date,
    }
    sent = request.method == "POST"
    form = AttestedForm.sent(request.POST, **terms) if sent else AttestedForm(**terms)
    status, origin = 200, _origin(request)
    if sent and not is_counting(request.POST):
        booking = form.book(book_visit, unit=session.unit, attested=True, by=request.user)
        if booking is not None and origin is not None:
            origin.origin.booked(uid=origin.uid, booking=booking, by=request.user)
            return redirect(origin.way_back)
        if booking is not None:
            return redirect("appointments:ticket", session.unit.slug, booking.declaration.code)
        status = 400
    context = {"session": session, "unit": session.unit, "form": form, "origin": origin}
    return render(request, "appointments/desk/counter_book.html", context, status=status)
