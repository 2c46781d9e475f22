"""The citizens' pages of the catalogue: find a procedure, read it, get the list for one's own case."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from portal.common.clock import local_today
from portal.units.models import Unit
from portal.units.pages import for_unit
from procedures.content import NATIONAL_PORTAL, Content, checklist, fees_on, for_public, said
from procedures.enums import Fact, OnlineFiling, Tier
from procedures.forms import CaseForm
from procedures.models import ProcedureVersion
from procedures.offers import visit_address
from procedures.queries import filing_mode_of, notes_on, published_in, search, version_by_slug

QUERY_MAX = 100
FORMER = "tu"  # ?tu=<slug>: what the reader asked for and what this procedure replaced
PRINT = "in"


@require_GET
@for_unit
def procedure_list(request: HttpRequest, unit: Unit) -> HttpResponse:
    """All procedures by field, or those that fit what was typed."""
    text = request.GET.get("q", "").strip()[:QUERY_MAX]
    versions = published_in(unit)
    found = search(versions, text)
    current = [] if found else [one for one in versions if one.procedure.ended_on is None]
    context = {"unit": unit, "text": text, "found": found, "fields": _by_field(current)}
    return render(request, "procedures/list.html", context)


def _by_field(versions: list[ProcedureVersion]) -> dict[str, list[ProcedureVersion]]:
    found: dict[str, list[ProcedureVersion]] = {}
    for version in versions:
        found.setdefault(said(version.content, "field", get_language() or "vi"), []).append(version)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


@require_GET
@for_unit
def procedure_page(request: HttpRequest, unit: Unit, procedure_slug: str) -> HttpResponse:
    """What to bring first, then time, fee, place and steps; a former procedure leads to what replaced it."""
    version = _version_or_404(procedure_slug, unit)
    heir = version.procedure.replaced_by
    if version.procedure.ended_on is not None and heir is not None:
        query = urlencode({FORMER: procedure_slug})
        return HttpResponseRedirect(f"{reverse('procedures:detail', args=[unit.slug, heir.slug])}?{query}")
    context = _facts(request, unit, version)
    context["fees"] = fees_on(context["content"], local_today())
    if former := request.GET.get(FORMER):
        context["former"] = _former(former, unit, version)
    return render(request, "procedures/detail.html", context)


@require_GET
@for_unit
def case_page(request: HttpRequest, unit: Unit, procedure_slug: str) -> HttpResponse:
    """A few questions; answered, they are the address of a personal list that can be printed and shared."""
    version = _version_or_404(procedure_slug, unit)
    if not version.content.get("questions"):
        raise Http404
    form = CaseForm(version.content, request.GET.dict())
    answers = form.answers()
    context = _facts(request, unit, version) | {"form": form}
    if answers is None:
        return render(request, "procedures/case_form.html", context)
    found = checklist(context["content"], answers, local_today())
    chosen = {"when": {question: [choice] for question, choice in answers.items()}}
    context |= {"found": found, "chosen": chosen, "query": urlencode(answers)}
    return render(request, "procedures/case.html", context)


def _version_or_404(slug: str, unit: Unit) -> ProcedureVersion:
    version = version_by_slug(slug, unit)
    if version is None:
        raise Http404
    return version


def _former(slug: str, unit: Unit, version: ProcedureVersion) -> ProcedureVersion | None:
    """The former procedure of this address, if it was replaced by this one."""
    found = version_by_slug(slug, unit)
    return found if found and found.procedure.replaced_by_id == version.procedure_id else None


def _facts(request: HttpRequest, unit: Unit, version: ProcedureVersion) -> dict[str, Any]:
    """What every page about one procedure shows."""
    content = for_public(version.content)
    is_current = version.procedure.ended_on is None
    return {
        "unit": unit,
        "version": version,
        "procedure": version.procedure,
        "content": content,
        "unsure": [Fact(name).label for name in version.content.get("unsure", [])] if is_current else [],
        "tiers": [Tier(name).label for name in content["level"]],
        "is_committee": content["level"] == [Tier.COMMITTEE],
        "mode": filing_mode_of(procedure=version.procedure, unit=unit),
        "official": _official(content),
        "visit_url": visit_address(unit=unit, procedure=version.procedure) if is_current else "",
        "notes": notes_on(procedure=version.procedure, unit=unit),
        "is_overdue": is_current and version.review_on < local_today(),
        "is_print": PRINT in request.GET,
        "address": settings.PUBLIC_URL + request.path,
        "in_english": get_language() == "en",
    }


def _official(content: Content) -> dict[str, str] | None:
    """Where the state takes the dossier online; None for what is done in person only."""
    online = content.get("online", OnlineFiling.NONE)
    if online == OnlineFiling.NONE:
        return None
    return {
        "url": content.get("official_link") or NATIONAL_PORTAL,
        "code": "" if content.get("official_link") else content.get("official_code", ""),
        "label": str(OnlineFiling(online).label),
    }
