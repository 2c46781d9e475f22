"""Citizens' pages: choose a time, declare, enter the code, keep the ticket, cancel."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.confirm_visit import confirm_visit, resend_code
from appointments.documents import calendar_file
from appointments.enums import BookingStatus
from appointments.forms import CancelForm, CodeForm, VisitForm
from appointments.models import Booking, Campaign, Slot
from appointments.queries import (
    alternatives,
    booking_by_code,
    days_with_places,
    slot_by_uid,
    slots_of,
    taking_campaigns,
)
from portal.citizens.enums import Channel
from portal.citizens.gate import answer_refusal, read_proof
from portal.citizens.sessions import open_session
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.clock import LOCAL
from portal.common.codes import clean_code
from portal.common.errors import Conflict, DomainError, TooMany
from portal.common.phones import mask_phone
from portal.units.models import Unit
from portal.units.pages import for_unit
from procedures.declarations.id_card import band_of
from procedures.queries import fee_on, what_to_bring

STEPS = [_("Chọn ngày giờ"), _("Khai thông tin"), _("Nhập mã xác nhận"), _("Nhận số thứ tự")]
SLOT_GONE = ("slot_full", "slot_past")
TONES = {BookingStatus.BOOKED: "success", BookingStatus.CHECKED_IN: "info", BookingStatus.MISSED: "warning"}


def _steps(current: int) -> dict[str, Any]:
    return {"steps": STEPS, "current": current}


@require_GET
@for_unit
def campaigns(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Campaigns that take registrations now; a single one opens at once."""
    found = taking_campaigns(unit)
    if len(found) == 1:
        return redirect("appointments:choose", unit.slug, found[0].slug)
    return render(request, "appointments/campaign_list.html", {"unit": unit, "campaigns": found})


@require_GET
@for_unit
def choose(request: HttpRequest, unit: Unit, campaign_slug: str) -> HttpResponse:
    """Days as tiles, then the hours of the chosen day, both as links."""
    campaign = get_object_or_404(Campaign.objects.select_related("procedure"), unit=unit, slug=campaign_slug)
    if not campaign.is_taking(timezone.now()):
        return render(
            request, "appointments/campaign_closed.html", {"unit": unit, "campaign": campaign}, status=200
        )
    days = days_with_places(campaign)
    wanted = request.GET.get("ngay", "")
    first_free = next((day for day in days if day.free > 0), None)
    asked_for = next((day for day in days if str(day.session.uid) == wanted), None)
    chosen = first_free and (asked_for or first_free)  # nothing to choose when the whole campaign is full
    context = {
        "unit": unit,
        "campaign": campaign,
        "days": [_day_tile(day, chosen) for day in days],
        "session": chosen.session if chosen else None,
        "hours": slots_of(chosen.session) if chosen else [],
        **_steps(1),
    }
    return render(request, "appointments/choose.html", context)


def _day_tile(day: Any, chosen: Any) -> dict[str, Any]:
    note = _("còn %(free)s chỗ") % {"free": day.free} if day.free else _("hết chỗ")
    return {
        "date": day.session.date,
        "url": f"?ngay={day.session.uid}#gio",
        "note": note,
        "current": day is chosen,
        "full": not day.free,
    }


@require_http_methods(["GET", "POST"])
@for_unit
def declare(request: HttpRequest, unit: Unit, slot_uid: Any) -> HttpResponse:
    """The declaration for one slot; a POST holds the place and sends the code."""
    slot = slot_by_uid(unit, slot_uid)
    if slot is None:
        raise Http404
    if request.method == "GET":
        return _declaration_page(request, unit, slot, VisitForm(initial={"slot": str(slot.uid)}))
    form = VisitForm(request.POST)
    if form.wanted(slot) is not slot:  # another one than at first, when that was full
        slot = slot_by_uid(unit, form.wanted(slot)) or slot
    try:
        held = form.save(
            unit=unit,
            slot=slot,
            address=client_address(request),
            proof=read_proof(request.POST),
            by=ANONYMOUS_CITIZEN,
        )
    except TooMany as refusal:
        return answer_refusal(request, refusal=refusal, unit=unit)
    except Conflict as error:
        if error.code in SLOT_GONE:
            form.offer_slots(alternatives(slot.session.campaign, near=slot), error.message, error.code)
        else:
            form.show_errors(ValidationError({"__all__": ValidationError(error.message, code=error.code)}))
        return _declaration_page(request, unit, slot, form, status=409)
    if held is None:
        return _declaration_page(request, unit, slot, form, status=400)
    return redirect("appointments:confirm", unit.slug, held[0].uid)


def _declaration_page(
    request: HttpRequest, unit: Unit, slot: Slot, form: VisitForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "unit": unit,
        "slot": slot,
        "campaign": slot.session.campaign,
        "form": form,
        **_steps(2),
        **extra,
    }
    return render(request, "appointments/declaration_form.html", context, status=status)


def _hold(unit: Unit, booking_uid: Any) -> Booking:
    bookings = Booking.objects.select_related("slot", "session__campaign", "declaration", "unit")
    return get_object_or_404(bookings, unit=unit, uid=booking_uid)


@require_http_methods(["GET", "POST"])
@for_unit
def confirm(request: HttpRequest, unit: Unit, booking_uid: Any) -> HttpResponse:
    """Six digits in, a number out."""
    booking = _hold(unit, booking_uid)
    if request.method == "GET":
        if booking.status == BookingStatus.CANCELLED:
            raise Http404
        return _code_page(request, booking, CodeForm())
    form = CodeForm(request.POST)
    try:
        booked = confirm_visit(
            booking_uid=booking.uid,
            code=form.typed("code"),
            slot=form.typed("slot"),
            channel=Channel.WEB,
            by=ANONYMOUS_CITIZEN,
        )
    except ValidationError as error:
        form.show_errors(error)
        return _code_page(request, booking, form, status=400)
    except Conflict as error:
        about = "slot" if error.code in SLOT_GONE else "__all__"
        if about == "slot":
            form.offer_slots(alternatives(booking.session.campaign, near=booking.slot))
        form.show_errors(ValidationError({about: ValidationError(error.message, code=error.code)}))
        return _code_page(request, booking, form, status=409)
    response = HttpResponseRedirect(reverse("appointments:ticket", args=[unit.slug, booked.declaration.code]))
    if booked.contact is not None:
        open_session(contact=booked.contact, response=response)
    return response


@require_POST
@for_unit
def resend(request: HttpRequest, unit: Unit, booking_uid: Any) -> HttpResponse:
    """Another code for the same hold."""
    booking = _hold(unit, booking_uid)
    form = CodeForm()
    try:
        resend_code(
            booking_uid=booking.uid,
            address=client_address(request),
            proof=read_proof(request.POST),
            by=ANONYMOUS_CITIZEN,
        )
    except TooMany as refusal:
        if refusal.code in ("proof_required", "code_queued"):
            return answer_refusal(request, refusal=refusal, unit=unit)
        return _code_page(request, booking, form, status=429, refusal=refusal.message)
    except DomainError as error:
        return _code_page(request, booking, form, status=error.status, refusal=error.message)
    return redirect(reverse("appointments:confirm", args=[unit.slug, booking.uid]) + "?da-gui=1")


def _code_page(
    request: HttpRequest, booking: Booking, form: CodeForm, status: int = 200, **extra: Any
) -> HttpResponse:
    details = booking.declaration.details or {}
    context = {
        "unit": booking.unit,
        "booking": booking,
        "form": form,
        "sent_to": mask_phone(details["phone"]) if details else "",
        "seconds_left": max(0, int((booking.hold_until - timezone.now()).total_seconds())),
        "until": f"{booking.hold_until.astimezone(LOCAL):%H:%M}",
        "sent_again": "da-gui" in request.GET,
        "provider_url": settings.LOCAL_PROVIDER_URL,
        **_steps(3),
        **extra,
    }
    return render(request, "appointments/code_form.html", context, status=status)


def _booking(unit: Unit, code: str) -> Booking:
    try:
        booking = booking_by_code(clean_code(code))
    except ValidationError:
        booking = None
    if booking is None or booking.unit_id != unit.pk:
        raise Http404
    return booking


@require_GET
@for_unit
def ticket(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """What the code alone shows: number, time, place, status. No name and no phone."""
    booking = _booking(unit, code)
    return render(
        request, "appointments/ticket.html", {"unit": unit, "booking": booking, **ticket_facts(booking)}
    )


def ticket_facts(booking: Booking) -> dict[str, Any]:
    """Context of the ticket component, with papers and fee of the request."""
    procedure, day = booking.declaration.procedure, booking.session.date
    details = booking.declaration.details or {}
    kind = booking.declaration.request_kind
    band = band_of(details["birth_date"], day) if details else "from_14"
    fee = fee_on(procedure=procedure, request_kind=kind, day=day)
    path = reverse("appointments:ticket", args=[booking.unit.slug, booking.declaration.code])
    facts = {
        "number": booking.number,
        "title": booking.session.campaign.name,
        "unit_name": booking.unit.police_name,
        "date": day,
        "minutes": booking.slot.starts,
        "place": booking.session.place_name,
        "address": booking.session.place_address,
        "code": booking.declaration.code,
        "qr_text": settings.PUBLIC_URL + path,
        "fee": fee.amount if fee else None,
        "fee_note": fee.note if fee else "",
        "bring": [
            paper.text for paper in what_to_bring(procedure=procedure, request_kind=kind, age_band=band)
        ],
    }
    return {
        "ticket": facts,
        "is_live": booking.status in (BookingStatus.BOOKED, BookingStatus.CHECKED_IN),
        "can_cancel": booking.status == BookingStatus.BOOKED,
        "tone": TONES.get(booking.status, "neutral"),
    }


@require_GET
@for_unit
def calendar(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """The visit as an iCalendar file."""
    booking = _booking(unit, code)
    response = HttpResponse(calendar_file(booking), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lich-hen-{booking.number}.ics"'
    return response


@require_http_methods(["GET", "POST"])
@for_unit
def cancel(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """Cancel with the phone number of the registration."""
    booking = _booking(unit, code)
    form = CancelForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            cancel_visit(code=code, phone=request.POST.get("phone", ""))
            return redirect("appointments:ticket", unit.slug, booking.declaration.code)
        except ValidationError as error:
            form.show_errors(error)
            status = 400
        except DomainError as error:
            form.show_errors(ValidationError({"__all__": ValidationError(error.message, code=error.code)}))
            status = error.status
    if form.errors and status == 200:
        status = 400
    context = {"unit": unit, "booking": booking, "form": form}
    return render(request, "appointments/cancel_form.html", context, status=status)
