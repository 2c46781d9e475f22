"""Enter the code, or ask for another."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.actions.confirm_by_call import request_confirmation_call
from appointments.actions.confirm_visit import confirm_visit, resend_code
from appointments.enums import BookingStatus
from appointments.forms import CodeForm
from appointments.models import Booking
from appointments.queries import alternatives, code_failed, next_code_in
from appointments.views.shared import SLOT_GONE, hold_or_404, steps_to
from portal.citizens.enums import Channel
from portal.citizens.gate import answer_refusal, read_proof
from portal.citizens.sessions import open_session
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.clock import LOCAL, show_date
from portal.common.errors import Conflict, DomainError, TooMany
from portal.common.phones import mask_phone
from portal.notifications.enums import Channel as MessageChannel
from portal.notifications.queries import code_channels
from portal.units.models import Unit
from portal.units.pages import for_unit


@require_http_methods(["GET", "POST"])
@for_unit
def confirm(request: HttpRequest, unit: Unit, booking_uid: Any) -> HttpResponse:
    """Six digits in, a number out."""
    if request.method == "GET":
        booking = hold_or_404(unit, booking_uid)
        if booking.status == BookingStatus.CANCELLED:
            raise Http404
        return _code_page(request, booking, CodeForm())
    form = CodeForm(request.POST)
    try:  # the action reads the booking; the page needs it again only to show a refusal
        booked = confirm_visit(
            booking_uid=booking_uid,
            code=form.typed("code"),
            slot=form.typed("slot"),
            unit=unit,
            channel=Channel.WEB,
            by=ANONYMOUS_CITIZEN,
        )
    except ValidationError as error:
        form.show_errors(error)
        return _code_page(request, hold_or_404(unit, booking_uid), form, status=400)
    except Conflict as error:
        booking = hold_or_404(unit, booking_uid)
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
    booking = hold_or_404(unit, booking_uid)
    form = CodeForm()
    try:
        resend_code(
            booking_uid=booking.uid,
            way=request.POST.get("way", ""),
            address=client_address(request),
            proof=read_proof(request.POST),
            by=ANONYMOUS_CITIZEN,
        )
    except ValidationError as error:
        return _code_page(request, booking, form, status=400, refusal=" ".join(error.messages))
    except TooMany as refusal:
        if refusal.code in ("proof_required", "code_queued"):
            return answer_refusal(request, refusal=refusal, unit=unit)
        return _code_page(request, booking, form, status=429, refusal=refusal.message)
    except DomainError as error:
        return _code_page(request, booking, form, status=error.status, refusal=error.message)
    return redirect(reverse("appointments:confirm", args=[unit.slug, booking.uid]) + "?da-gui=1")


@require_POST
@for_unit
def ask_call(request: HttpRequest, unit: Unit, booking_uid: Any) -> HttpResponse:
    """No code arrived: an officer shall call."""
    booking = hold_or_404(unit, booking_uid)
    try:
        request_confirmation_call(booking_uid=booking.uid, by=ANONYMOUS_CITIZEN)
    except DomainError as error:
        return _code_page(request, booking, CodeForm(), status=error.status, refusal=error.message)
    return redirect(reverse("appointments:confirm", args=[unit.slug, booking.uid]) + "?goi-lai=1")


def _code_page(
    request: HttpRequest, booking: Booking, form: CodeForm, status: int = 200, **extra: Any
) -> HttpResponse:
    details = booking.declaration.details or {}
    context = {
        "unit": booking.unit,
        "booking": booking,
        "form": form,
        "sent_to": _unbroken(mask_phone(details["phone"])) if details else "",
        "seconds_left": max(0, int((booking.hold_until - timezone.now()).total_seconds())),
        "until": _until(booking),
        "sent_again": "da-gui" in request.GET,
        "call_asked": "goi-lai" in request.GET,
        "next_code_in": next_code_in(booking),
        "ways": [{"key": way, "name": MessageChannel(way).label} for way in code_channels()],
        "code_tail": booking.declaration.code[-4:],
        "can_ask_call": booking.status == BookingStatus.HELD and code_failed(booking),
        "provider_url": settings.LOCAL_PROVIDER_URL,
        **steps_to(3),
        **extra,
    }
    return render(request, "appointments/code_form.html", context, status=status)


def _unbroken(number: str) -> str:
    """A number whose groups stay on one line."""
    return number.replace(" ", "\N{NO-BREAK SPACE}")


def _until(booking: Booking) -> str:
    """`08:40`, with the day when it is another one."""
    local = booking.hold_until.astimezone(LOCAL)
    same_day = local.date() == timezone.now().astimezone(LOCAL).date()
    time = f"{local:%H:%M}"
    return time if same_day else _("%(time)s ngày %(day)s") % {"time": time, "day": show_date(local.date())}
