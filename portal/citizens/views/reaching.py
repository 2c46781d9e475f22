"""How somebody is reached: the Zalo that a phone is linked to, and the notices he wants."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.citizens.actions.choose_notices import choose_notices
from portal.citizens.actions.link_zalo import (
    PURPOSE,
    ask_link_proof,
    confirm_link,
    new_link_code,
    unlink_contact,
)
from portal.citizens.enums import NoticePurpose
from portal.citizens.forms import NoticesForm, SignInCodeForm, SignInForm
from portal.citizens.gate import answer_refusal, read_proof
from portal.citizens.models import LinkInvitation
from portal.citizens.one_time import is_seal_of
from portal.citizens.queries import (
    is_challenge,
    links_of,
    live_link_code,
    notice_purposes,
    usable_invitation,
)
from portal.citizens.sessions import open_session
from portal.citizens.views.sign_in import ON_THIS_PAGE
from portal.common.client_address import client_address
from portal.common.errors import Conflict, DomainError, TooMany
from portal.common.phones import mask_phone
from portal.units.models import Unit
from portal.units.pages import for_unit
from portal.zalo.enums import AccountState
from portal.zalo.models import OfficialAccount
from portal.zalo.queries import account_for


def _page(unit: Unit) -> str:
    return reverse("citizens:reach", args=[unit.slug])


def _sign_in(unit: Unit) -> HttpResponse:
    address = reverse("citizens:sign_in", args=[unit.slug])
    return redirect(f"{address}?{urlencode({'tiep': _page(unit)})}")


def _account(unit: Unit) -> OfficialAccount | None:
    """The account that speaks for the unit, while it may."""
    account = account_for(unit)
    return account if account is not None and account.state == AccountState.CONNECTED else None


@require_GET
@for_unit
def reach(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Whoever is signed in sees his links, gets a code, and chooses his notices."""
    contact = request.citizen
    if contact is None:
        return _sign_in(unit)
    account = _account(unit)
    purposes = notice_purposes()
    wanted = [purpose for purpose in purposes if purpose not in contact.contact_point.opt_outs]
    context = {
        "unit": unit,
        "phone": contact.contact_point.masked_phone,
        "links": links_of(contact),
        "account": account,
        "account_url": f"https://zalo.me/{account.oa_id}" if account else "",
        "code": live_link_code(contact, account) if account else None,
        "form": NoticesForm(initial={"wanted": wanted}),
        "calls": [NoticePurpose(purpose).label for purpose, called in purposes.items() if called],
    }
    return render(request, "citizens/reach.html", context)


@require_POST
@for_unit
def reach_code(request: HttpRequest, unit: Unit) -> HttpResponse:
    """A code to send from Zalo; the page shows it."""
    account = _account(unit)
    if request.citizen is None or account is None:
        return _sign_in(unit)
    try:
        new_link_code(contact=request.citizen, account=account)
    except TooMany as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{_page(unit)}#ma")


@require_POST
@for_unit
def reach_unlink(request: HttpRequest, unit: Unit) -> HttpResponse:
    """One's own link ends; somebody else's is not there."""
    if request.citizen is None:
        return _sign_in(unit)
    try:
        link = get_object_or_404(links_of(request.citizen), uid=uuid.UUID(request.POST.get("link", "")))
    except ValueError as error:
        raise Http404 from error
    unlink_contact(contact=request.citizen, link=link, by=request.citizen)
    messages.success(request, _("Đã ngừng gửi tin qua Zalo. Tin cần biết sẽ gửi bằng SMS."))
    return redirect(_page(unit))


@require_POST
@for_unit
def reach_choose(request: HttpRequest, unit: Unit) -> HttpResponse:
    """The kinds of notices he ticked."""
    if request.citizen is None:
        return _sign_in(unit)
    choose_notices(contact=request.citizen, wanted=request.POST.getlist("wanted"))
    messages.success(request, _("Đã lưu lựa chọn của Ông/Bà."))
    return redirect(_page(unit))


# ---- the signed address that an account sent to somebody's Zalo


def _invitation(request: HttpRequest, unit: Unit, uid: uuid.UUID, seal: str) -> Any:
    """The invitation, or the page that says it is over; 404 for an address nobody signed."""
    if not is_seal_of(uid, seal):
        raise Http404
    found = usable_invitation(uid)
    return found or render(request, "citizens/link_over.html", {"unit": unit}, status=410)


@require_http_methods(["GET", "POST"])
@for_unit
def link_phone(request: HttpRequest, unit: Unit, invitation_uid: uuid.UUID, seal: str) -> HttpResponse:
    """The phone in (or the one he shared), a one-time code on its way to it."""
    invitation = _invitation(request, unit, invitation_uid, seal)
    if not isinstance(invitation, LinkInvitation):
        return invitation
    form, status = SignInForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            challenge = ask_link_proof(
                invitation=invitation,
                phone=request.POST.get("phone") or str(invitation.phone or ""),
                unit=unit,
                address=client_address(request),
                proof=read_proof(request.POST),
            )
        except ValidationError as error:
            form.show_errors(ValidationError({"phone": error}))
            status = 400
        except Conflict:
            return render(request, "citizens/link_over.html", {"unit": unit}, status=410)
        except TooMany as refusal:
            if refusal.code not in ON_THIS_PAGE:
                return answer_refusal(request, refusal=refusal, unit=unit)
            form.show_errors(ValidationError({"phone": ValidationError(refusal.message, code=refusal.code)}))
            status = refusal.status
        else:
            args = [unit.slug, invitation.uid, seal, challenge.uid]
            return HttpResponseRedirect(reverse("citizens:link_code", args=args))
    context = {
        "unit": unit,
        "form": form,
        "account": invitation.zalo_user.account,
        "claimed": mask_phone(invitation.phone) if invitation.phone and not form.is_bound else "",
    }
    return render(request, "citizens/link_phone.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_unit
def link_code(
    request: HttpRequest, unit: Unit, invitation_uid: uuid.UUID, seal: str, challenge_uid: uuid.UUID
) -> HttpResponse:
    """Six digits in: the phone is linked, and this browser is signed in to undo it."""
    invitation = _invitation(request, unit, invitation_uid, seal)
    if not isinstance(invitation, LinkInvitation):
        return invitation
    if not is_challenge(challenge_uid, purpose=PURPOSE):
        raise Http404
    form, status = SignInCodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            contact = confirm_link(
                invitation=invitation, challenge_uid=challenge_uid, code=request.POST.get("code", "")
            )
        except ValidationError as error:
            form.show_errors(error)
            status = 400
        except DomainError as refusal:
            form.show_errors(ValidationError({"code": ValidationError(refusal.message, code=refusal.code)}))
            status = refusal.status
        else:
            messages.success(request, _("Đã liên kết số điện thoại với Zalo."))
            response = HttpResponseRedirect(_page(unit))
            open_session(contact=contact, response=response)
            return response
    again = reverse("citizens:link_phone", args=[unit.slug, invitation.uid, seal])
    context = {"unit": unit, "form": form, "again": again}
    return render(request, "citizens/sign_in_code.html", context, status=status)
