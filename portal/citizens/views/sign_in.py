"""Sign in with a one-time code; sign out."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from portal.citizens.actions.sign_in import PURPOSE, ask_sign_in, confirm_sign_in
from portal.citizens.forms import SignInCodeForm, SignInForm
from portal.citizens.gate import answer_refusal, read_proof
from portal.citizens.queries import is_challenge
from portal.citizens.sessions import close_session, open_session
from portal.common.client_address import client_address
from portal.common.errors import DomainError, TooMany
from portal.units.models import Unit
from portal.units.pages import for_unit

ON_THIS_PAGE = ("code_phone_limit", "code_resend_wait")


def _goal(request: HttpRequest, unit: Unit) -> str:
    """Where to go afterwards: a path of this unit, else its page. Never another host."""
    wanted = request.GET.get("tiep", "")
    home = reverse("citizens:sign_in", args=[unit.slug]).removesuffix("xac-nhan-so/")
    inside = wanted.startswith(home) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside else home


@require_http_methods(["GET", "POST"])
@for_unit
def sign_in(request: HttpRequest, unit: Unit) -> HttpResponse:
    """The phone in, a code on its way."""
    goal = _goal(request, unit)
    if request.citizen is not None:
        return redirect(goal)
    form, status = SignInForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            challenge = ask_sign_in(
                phone=request.POST.get("phone", ""),
                unit=unit,
                address=client_address(request),
                proof=read_proof(request.POST),
            )
        except ValidationError as error:
            form.show_errors(error)
            status = 400
        except TooMany as refusal:
            if refusal.code not in ON_THIS_PAGE:
                return answer_refusal(request, refusal=refusal, unit=unit)
            form.show_errors(ValidationError({"phone": ValidationError(refusal.message, code=refusal.code)}))
            status = refusal.status
        else:
            return HttpResponseRedirect(_code_address(unit, challenge.uid, goal))
    return render(request, "citizens/sign_in.html", {"unit": unit, "form": form}, status=status)


def _code_address(unit: Unit, challenge: uuid.UUID, goal: str) -> str:
    return f"{reverse('citizens:sign_in_code', args=[unit.slug, challenge])}?{urlencode({'tiep': goal})}"


@require_http_methods(["GET", "POST"])
@for_unit
def sign_in_code(request: HttpRequest, unit: Unit, challenge_uid: Any) -> HttpResponse:
    """Six digits in, the browser is the phone's for 90 days."""
    if not is_challenge(challenge_uid, purpose=PURPOSE):
        raise Http404
    goal = _goal(request, unit)
    form, status = SignInCodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            contact = confirm_sign_in(challenge_uid=challenge_uid, code=request.POST.get("code", ""))
        except ValidationError as error:
            form.show_errors(error)
            status = 400
        except DomainError as refusal:
            form.show_errors(ValidationError({"code": ValidationError(refusal.message, code=refusal.code)}))
            status = refusal.status
        else:
            response = HttpResponseRedirect(goal)
            open_session(contact=contact, response=response)
            return response
    again = f"{reverse('citizens:sign_in', args=[unit.slug])}?{urlencode({'tiep': goal})}"
    context = {"unit": unit, "form": form, "again": again}
    return render(request, "citizens/sign_in_code.html", context, status=status)


@require_POST
@for_unit
def sign_out(request: HttpRequest, unit: Unit) -> HttpResponse:
    """This browser forgets the phone."""
    response = HttpResponseRedirect(_goal(request, unit))
    close_session(request=request, response=response)
    return response
