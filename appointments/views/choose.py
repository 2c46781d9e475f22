"""Choose a day, an hour, and declare."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from appointments.forms import VisitForm, empty_fields
from appointments.forms.people import after_counting, is_counting
from appointments.forms.visit import Services
from appointments.models import Campaign, Slot
from appointments.queries import (
    alternatives,
    campaign_state,
    days_with_places,
    slot_by_uid,
    slots_of,
    taking_campaigns,
    waits_long,
)
from appointments.views.shared import SLOT_GONE, service_names, steps_to
from portal.citizens.gate import answer_refusal, read_proof
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.errors import Conflict, TooMany
from portal.units.models import Unit
from portal.units.pages import for_unit
from procedures.declarations.family import MOST_PEOPLE
from procedures.queries import asked_by


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
    state = campaign_state(campaign)
    if state == "draft":
        raise Http404
    if state != "open":
        context = {"unit": unit, "campaign": campaign, "state": state, "waiting": waits_long(campaign)}
        return render(request, "appointments/campaign_closed.html", context)
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
        **steps_to(1),
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
    asks, services = asked_by(unit), service_names([slot])
    if request.method == "GET":
        empty = empty_fields(get_language() or "vi", asks, _people_along(request), services)
        return _declaration_page(request, unit, slot, empty=empty)
    if is_counting(request.POST):
        return _declaration_page(request, unit, slot, _changed_form(request, slot, asks, services))
    form = VisitForm(request.POST, asks=asks, services=services, day=slot.session.date)
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


def _people_along(request: HttpRequest) -> int:
    """`?nguoi=3` opens the page with boxes for a family of three."""
    text = request.GET.get("nguoi", "")
    return min(int(text), MOST_PEOPLE) - 1 if re.fullmatch(r"[1-9]", text) else 0


def _changed_form(request: HttpRequest, slot: Slot, asks: tuple[str, ...], services: Services) -> VisitForm:
    """The form as typed, with boxes for one person more or without the one who stays at home."""
    data, more = after_counting(request.POST)
    form = VisitForm(data, asks=asks, services=services, day=slot.session.date, people=more)
    form.show_no_errors()
    if more:
        form.start_with_last_person()
    return form


def _declaration_page(
    request: HttpRequest,
    unit: Unit,
    slot: Slot,
    form: VisitForm | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """The form as it was sent, or `empty`, its markup before anybody typed."""
    context = {
        "unit": unit,
        "slot": slot,
        "campaign": slot.session.campaign,
        "form": form,
        "services": service_names([slot]),
        **steps_to(2),
        **extra,
    }
    return render(request, "appointments/declaration_form.html", context, status=status)
