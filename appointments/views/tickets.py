"""The ticket and its calendar file."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from appointments.documents import calendar_file
from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.queries import people_of, reason_of_closing
from appointments.views.shared import TONES, booking_or_404, labelled_people
from portal.common.text import show_numbers
from portal.units.models import Unit
from portal.units.pages import for_unit
from procedures.declarations.ages import advice_for, band_of
from procedures.enums import Advice
from procedures.queries import fee_on, what_to_bring

# The list of what to bring already says who comes with a child.
REFRESH_SECONDS = "3"
SAID_BY_PAPERS = (Advice.CHILD_NEED_NOT_COME, Advice.CHILD_WITH_REPRESENTATIVE)


# These people still come; the ticket is about them.
COMING = (BookingStatus.BOOKED, BookingStatus.CHECKED_IN)


@require_GET
@for_unit
def ticket(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """What the code alone shows: numbers, time, place, status. No name and no phone."""
    booking = booking_or_404(unit, code)
    waits = booking.status == BookingStatus.ACCEPTED
    context = {"unit": unit, "booking": booking, "waits": waits, **ticket_facts(booking)}
    if booking.status == BookingStatus.DISPLACED:
        context["reason"] = reason_of_closing(booking)
    response = render(request, "appointments/ticket.html", context)
    if waits:
        response["Refresh"] = REFRESH_SECONDS  # works without scripts, and ends with the number
    return response


def ticket_facts(booking: Booking) -> dict[str, Any]:
    """Context of the ticket component, with papers and fees of everybody who comes together."""
    people = labelled_people(booking)
    together = _together(booking, [one for one, _words in people])
    path = reverse("appointments:ticket", args=[booking.unit.slug, booking.declaration.code])
    facts = {
        "number": show_numbers(one.number for one in together) if len(together) > 1 else booking.number,
        "title": booking.session.campaign.name,
        "unit_name": booking.unit.police_name,
        "date": booking.session.date,
        "minutes": booking.slot.starts,
        "place": booking.session.place_name,
        "address": booking.session.place_address,
        "code": booking.declaration.code,
        "qr_text": settings.PUBLIC_URL + path,
        **_fees(together),
        "bring": _papers(together),
    }
    return {
        "ticket": facts,
        "people": people if len(people) > 1 else [],
        "advice": _advice(together),
        "is_live": booking.status in COMING,
        "can_change": booking.status == BookingStatus.BOOKED,
        "tone": TONES.get(booking.status, "neutral"),
    }


def _together(booking: Booking, people: list[Booking]) -> list[Booking]:
    """Those of the visit who come at the same hour; `booking` alone when it does not come any more."""
    found = [one for one in people if one.status in COMING and one.slot_id == booking.slot_id]
    return found if booking in found else [booking]


def _fees(people: list[Booking]) -> dict[str, Any]:
    """The sum for everybody; nothing when one fee is not known."""
    found = [
        fee_on(
            procedure=one.declaration.procedure,
            request_kind=one.declaration.request_kind,
            day=one.session.date,
            unit=one.unit,
        )
        for one in people
    ]
    known = [fee for fee in found if fee is not None]
    if len(known) < len(people):
        return {"fee": None, "fee_note": ""}
    note = known[0].get("note", "") if len(known) == 1 else _("cho %(people)s người") % {"people": len(known)}
    return {"fee": sum(fee["amount"] for fee in known), "fee_note": note}


def _papers(people: list[Booking]) -> list[str]:
    """What to bring for all of them, each thing once, in the order of the first who needs it."""
    texts = [
        paper["text"]
        for one in people
        for paper in what_to_bring(
            procedure=one.declaration.procedure,
            request_kind=one.declaration.request_kind,
            age_band=_band(one),
            unit=one.unit,
        )
    ]
    return list(dict.fromkeys(texts))


def _band(one: Booking) -> str:
    details = one.declaration.details
    return band_of(details["birth_date"], one.session.date) if details else "from_14"


def _advice(people: list[Booking]) -> list[Any]:
    """What age and card of each mean; the papers already say who comes with a child."""
    labels = [
        item.label
        for one in people
        if one.declaration.details
        for item in advice_for(one.declaration.details, one.session.date)
        if item not in SAID_BY_PAPERS
    ]
    return list(dict.fromkeys(labels))


@require_GET
@for_unit
def calendar(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """The visit as an iCalendar file."""
    booking = booking_or_404(unit, code)
    if booking.number is None:
        raise Http404
    text = calendar_file(booking, together=_together(booking, people_of(booking)))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lich-hen-{booking.number}.ics"'
    return response
