"""Pages of those who wait: for a place in a full campaign, or for a closed one to open."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from appointments.actions.answer_offer import accept_offer, decline_offer
from appointments.actions.join_waiting_list import confirm_waiting, join_waiting_list, leave_waiting_list
from appointments.actions.note_interest import confirm_interest, note_interest, withdraw_interest
from appointments.enums import CampaignStatus, InterestStatus, WaitingStatus
from appointments.forms.people import after_counting, is_counting, people_in
from appointments.forms.waiting import InterestForm, ProofForm, WaitingCodeForm, WaitingForm
from appointments.models import Campaign, Interest, WaitingEntry
from appointments.queries import code_of_party, interest_by_code, place_in_line, waiting_by_code
from appointments.views.shared import services_to_wait_for, steps_of_waiting
from portal.citizens.enums import Channel
from portal.citizens.gate import answer_refusal, read_proof
from portal.citizens.models import Contact
from portal.citizens.sessions import open_session
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.codes import clean_code
from portal.common.errors import Conflict, DomainError, TooMany
from portal.units.models import Unit
from portal.units.pages import for_unit
from procedures.queries import asked_by

Answered = HttpResponse | int


def _campaign_or_404(unit: Unit, slug: str) -> Campaign:
    campaigns = Campaign.objects.exclude(status=CampaignStatus.DRAFT).select_related("procedure", "unit")
    return get_object_or_404(campaigns, unit=unit, slug=slug)


@require_http_methods(["GET", "POST"])
@for_unit
def join_waiting(request: HttpRequest, unit: Unit, campaign_slug: str) -> HttpResponse:
    """The declaration without an hour; a POST sends the code, or adds or takes away a person."""
    campaign = _campaign_or_404(unit, campaign_slug)
    terms = {"asks": asked_by(unit), "services": services_to_wait_for(campaign)}
    if request.method == "GET":
        return _join_page(request, unit, campaign, WaitingForm(**terms))
    if is_counting(request.POST):
        return _join_page(request, unit, campaign, _changed_form(request, terms))
    form = WaitingForm(request.POST, **terms)
    try:
        entry, _challenge = join_waiting_list(
            campaign=campaign,
            data=form.data,
            people=people_in(form.data),
            address=client_address(request),
            proof=read_proof(request.POST),
            by=ANONYMOUS_CITIZEN,
        )
    except TooMany as refusal:
        return answer_refusal(request, refusal=refusal, unit=unit)
    except ValidationError as error:
        form.show_errors(error)
        return _join_page(request, unit, campaign, form, status=400)
    except Conflict as refusal:
        form.show_errors(ValidationError({"__all__": ValidationError(refusal.message, code=refusal.code)}))
        return _join_page(request, unit, campaign, form, status=409)
    return redirect("appointments:waiting_confirm", unit.slug, entry.uid)


def _changed_form(request: HttpRequest, terms: dict[str, Any]) -> WaitingForm:
    """As typed, with boxes for one person more or without the one who stays at home."""
    data, more = after_counting(request.POST)
    form = WaitingForm(data, people=more, **terms)
    form.show_no_errors()
    if more:
        form.start_with_last_person()
    return form


def _join_page(
    request: HttpRequest, unit: Unit, campaign: Campaign, form: WaitingForm, status: int = 200
) -> HttpResponse:
    context = {
        "unit": unit,
        "campaign": campaign,
        "form": form,
        **steps_of_waiting(1),
    }
    return render(request, "appointments/waiting_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_unit
def confirm_waiting_page(request: HttpRequest, unit: Unit, entry_uid: Any) -> HttpResponse:
    """Six digits in, a place in the line out."""
    entry = get_object_or_404(WaitingEntry, unit=unit, uid=entry_uid)
    answer = lambda code: confirm_waiting(entry_uid=entry.uid, code=code, channel=Channel.WEB)  # noqa: E731
    return _code_page(request, unit, entry.campaign, answer, "appointments:waiting")


@require_http_methods(["GET", "POST"])
@for_unit
def confirm_interest_page(request: HttpRequest, unit: Unit, interest_uid: Any) -> HttpResponse:
    """Six digits in, the promise of one message out."""
    note = get_object_or_404(Interest, unit=unit, uid=interest_uid)
    answer = lambda code: confirm_interest(interest_uid=note.uid, code=code, channel=Channel.WEB)  # noqa: E731
    return _code_page(request, unit, note.campaign, answer, "appointments:interest")


def _code_page(
    request: HttpRequest, unit: Unit, campaign: Campaign, answer: Callable[[str], Any], then: str
) -> HttpResponse:
    form, status = WaitingCodeForm(request.POST or None), 200
    if request.method == "POST":
        try:
            done = answer(str(form.data.get("code", "")))
        except ValidationError as error:
            form.show_errors(error)
            status = 400
        except DomainError as refusal:
            form.show_errors(_above(refusal))
            status = refusal.status
        else:
            return _known_browser(reverse(then, args=[unit.slug, done.code]), done.contact)
    context = {
        "unit": unit,
        "campaign": campaign,
        "form": form,
        "provider_url": settings.LOCAL_PROVIDER_URL,
        **steps_of_waiting(2),
    }
    return render(request, "appointments/waiting_code.html", context, status=status)


def _above(refusal: DomainError) -> ValidationError:
    return ValidationError({"__all__": ValidationError(refusal.message, code=refusal.code)})


def _known_browser(url: str, contact: Contact) -> HttpResponse:
    response = HttpResponseRedirect(url)
    open_session(contact=contact, response=response)
    return response


@require_http_methods(["GET", "POST"])
@for_unit
def waiting(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """The place in the line or the offer, and the answers to it."""
    entry = _by_code(waiting_by_code, unit, code)
    form, status = _proof_form(request, entry), 200
    if request.method == "POST":
        answered = _answer(request, form, ANSWERS.get(request.POST.get("do", "")), entry.code)
        if isinstance(answered, HttpResponse):
            return answered
        status = answered
        entry = _by_code(waiting_by_code, unit, code)
    context = {
        "unit": unit,
        "entry": entry,
        "campaign": entry.campaign,
        "place": place_in_line(entry) if entry.status == WaitingStatus.WAITING else None,
        "form": form,
        "visit": _visit_of(entry),
    }
    return render(request, "appointments/waiting.html", context, status=status)


def _accept(**facts: Any) -> Any:
    return accept_offer(channel=Channel.WEB, **facts)


ANSWERS: dict[str, Callable[..., Any]] = {
    "accept": _accept,
    "decline": decline_offer,
    "leave": leave_waiting_list,
}


def _visit_of(entry: WaitingEntry) -> str:
    """The code of the visit that came of it."""
    return code_of_party(entry.party) if entry.status == WaitingStatus.TAKEN else ""


def _by_code(find: Callable[[str], Any], unit: Unit, code: str) -> Any:
    try:
        found = find(clean_code(code))
    except ValidationError:
        found = None
    if found is None or found.unit_id != unit.pk:
        raise Http404
    return found


def _proof_form(request: HttpRequest, row: Any) -> ProofForm:
    proven = request.citizen is not None and request.citizen.pk == row.contact_id
    return ProofForm(request.POST or None, proven=proven)


def _answer(request: HttpRequest, form: ProofForm, action: Any, code: str) -> Answered:
    """Do it and show the page again; the status of the page that says why not."""
    if action is None:
        return 400
    try:
        action(code=code, phone=str(form.data.get("phone", "")), citizen=request.citizen)
    except ValidationError as error:
        form.show_errors(error)
        return 400
    except DomainError as refusal:
        form.show_errors(_above(refusal))
        return refusal.status
    return redirect(request.path)


@require_http_methods(["GET", "POST"])
@for_unit
def join_interest(request: HttpRequest, unit: Unit, campaign_slug: str) -> HttpResponse:
    """A phone that is told when registration opens."""
    campaign = _campaign_or_404(unit, campaign_slug)
    form, status = InterestForm(request.POST or None), 200
    if request.method == "POST":
        try:
            note, _challenge = note_interest(
                campaign=campaign,
                phone=str(form.data.get("phone", "")),
                address=client_address(request),
                proof=read_proof(request.POST),
                by=ANONYMOUS_CITIZEN,
            )
            return redirect("appointments:interest_confirm", unit.slug, note.uid)
        except TooMany as refusal:
            return answer_refusal(request, refusal=refusal, unit=unit)
        except ValidationError as error:
            form.show_errors(error)
            status = 400
        except Conflict as refusal:
            form.show_errors(_above(refusal))
            status = 409
    context = {"unit": unit, "campaign": campaign, "form": form}
    return render(request, "appointments/interest_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_unit
def interest(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    """What was promised, and how to take it back."""
    note = _by_code(interest_by_code, unit, code)
    form, status = _proof_form(request, note), 200
    if request.method == "POST":
        answered = _answer(request, form, withdraw_interest, note.code)
        if isinstance(answered, HttpResponse):
            return answered
        status = answered
    context = {
        "unit": unit,
        "note": note,
        "campaign": note.told_about or note.campaign,
        "waits": note.status == InterestStatus.WAITING,
        "form": form,
    }
    return render(request, "appointments/interest.html", context, status=status)
