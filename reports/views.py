"""How to report to the police today: whom to call, where to go. The page says: nothing is taken online."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.units.models import Unit
from portal.units.pages import for_unit
from portal.units.queries import public_contacts
from reports.emergency import EMERGENCY_LINES


@require_GET
@for_unit
def how_to_report(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Emergency lines first, then the unit's own duty phone and address."""
    context = {"unit": unit, "lines": EMERGENCY_LINES, "contacts": public_contacts(unit)}
    return render(request, "reports/how_to_report.html", context)
