"""Pages of enrolled helpers: what they registered, and one more registration."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from appointments.actions.book_for_others import book_for_others, helper_of, places_left
from appointments.forms.attested import AttestedForm
from appointments.forms.people import is_counting
from appointments.models import Campaign, Helper
from appointments.queries import alternatives, registered_by, taking_campaigns
from appointments.views.shared import service_names
from portal.units.models import Unit
from portal.units.pages import for_unit
from procedures.queries import asked_by

MOST_SLOTS = 60


def _sign_in(request: HttpRequest, unit: Unit) -> HttpResponse:
    goal = urlencode({"tiep": request.path})
    return HttpResponseRedirect(f"{reverse('citizens:sign_in', args=[unit.slug])}?{goal}")


def _helper(request: HttpRequest, unit: Unit) -> Helper | None:
    return helper_of(unit=unit, contact=request.citizen)


@require_GET
@for_unit
def for_others(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Whom this helper registered, and the campaigns with what is left of the quota."""
    if request.citizen is None:
        return _sign_in(request, unit)
    helper = _helper(request, unit)
    if helper is None:
        return render(request, "appointments/not_helper.html", {"unit": unit}, status=403)
    campaigns = [(campaign, places_left(helper, campaign)) for campaign in taking_campaigns(unit)]
    context = {"unit": unit, "helper": helper, "campaigns": campaigns, "registered": registered_by(helper)}
    return render(request, "appointments/for_others.html", context)


@require_http_methods(["GET", "POST"])
@for_unit
def book_other(request: HttpRequest, unit: Unit, campaign_slug: str) -> HttpResponse:
    """One page: the hour, the people, done. No code is sent: the helper is the one who was verified."""
    if request.citizen is None:
        return _sign_in(request, unit)
    helper = _helper(request, unit)
    if helper is None:
        return render(request, "appointments/not_helper.html", {"unit": unit}, status=403)
    taking = Campaign.objects.taking(timezone.now())
    campaign = get_object_or_404(taking, unit=unit, slug=campaign_slug)
    slots = alternatives(campaign, most=MOST_SLOTS)
    terms = {
        "slots": slots,
        "services": service_names(slots),
        "asks": asked_by(unit),
    }
    sent = request.method == "POST"
    form = AttestedForm.sent(request.POST, **terms) if sent else AttestedForm(**terms)
    status = 200
    if sent and not is_counting(request.POST):
        booking = form.book(book_for_others, unit=unit, by=request.citizen)
        if booking is not None:
            return redirect("appointments:ticket", unit.slug, booking.declaration.code)
        status = 400
    context = {"unit": unit, "campaign": campaign, "form": form, "left": places_left(helper, campaign)}
    return render(request, "appointments/book_other.html", context, status=status)
