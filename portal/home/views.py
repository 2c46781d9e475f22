"""The front door: choosing a unit, a unit's first page, looking a code up, and the health answer."""

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from django.views.defaults import page_not_found
from django.views.defaults import server_error as server_error_page

from appointments.forms import LookupForm
from appointments.queries import taking_campaigns
from portal.common.api.problems import not_found_json, server_error_json
from portal.common.codes import find_code
from portal.units.models import Unit
from portal.units.pages import for_unit
from portal.units.queries import find_units, next_opening, open_now, public_contacts

MOST_FOUND = 20


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Find the unit by its name, an old name or a place."""
    text = request.GET.get("q", "").strip()[:100]
    found = find_units(text, limit=MOST_FOUND, open_only=True) if text else []
    nearby = (
        []
        if text
        else list(
            Unit.objects.open()
            .select_related("kind", "parent__kind")
            .order_by("-kind__level", "pk")[:MOST_FOUND]
        )
    )
    return render(request, "home/start.html", {"text": text, "found": found, "units": nearby})


@require_GET
@for_unit
def unit(request: HttpRequest, unit: Unit) -> HttpResponse:
    """What one unit offers, whether it is open now, and how to reach it."""
    now = timezone.now()
    is_open = open_now(unit, now)
    context = {
        "unit": unit,
        "campaigns": taking_campaigns(unit),
        "is_open_now": is_open,
        "next_opening": None if is_open else next_opening(unit, now),
        "contacts": public_contacts(unit),
    }
    return render(request, "home/unit.html", context)


@require_GET
def lookup(request: HttpRequest) -> HttpResponse:
    """One page for every code of the portal; the code itself is the key."""
    form = LookupForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        found = find_code(form.cleaned_data["code"])
        if found is not None:
            return redirect(found.status_url)
        text = _("Không tìm thấy mã này. Xin kiểm tra lại từng ký tự trong tin nhắn hoặc phiếu hẹn.")
        form.add_error("code", ValidationError(text, code="code_unknown"))
    return render(request, "home/lookup.html", {"form": form}, status=404 if form.errors else 200)


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """{"status", "database", "cache"}: 200 when pages can be served; a lost cache only degrades."""
    database, cached = _database_answers(), _cache_answers()
    status = "ok" if database and cached else ("degraded" if database else "down")
    facts = {"status": status, "database": database, "cache": cached, "broker": _broker_kind()}
    return JsonResponse(facts, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False


def _cache_answers() -> bool:
    try:
        cache.set("healthz", 1, 5)
        return cache.get("healthz") == 1
    except Exception:  # every backend has its own errors; any of them means the same here
        return False


def _broker_kind() -> str:
    return "files" if settings.BROKER_IS_FILES else "redis"


def server_error(request: HttpRequest) -> HttpResponse:
    """problem+json for the API, the page for people; neither touches the database."""
    return server_error_json(request) if request.path.startswith("/api/") else server_error_page(request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """problem+json for the API, the page for people."""
    request.resolver_match = None  # the frame must not offer the menu of a unit that is not there
    is_api = request.path.startswith("/api/")
    return not_found_json(request) if is_api else page_not_found(request, exception)
