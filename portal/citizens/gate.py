"""The page between a citizen and a code when many codes are being asked for.

How a view uses it (nothing else is needed, with or without JavaScript):

    try:
        challenge = start_verification(…, proof=read_proof(request.POST))
    except TooMany as refusal:
        return answer_refusal(request, refusal=refusal, unit=unit)

The page keeps everything that was typed (as hidden fields), repeats the POST to the same address with the
proof, or lets the citizen wait for a turn; a spent budget shows the unit's duty phone. A view that would
rather stay on its own page puts `{% include "citizens/gate.html" with gate=gate only %}` inside its form,
with `gate=gate_context(refusal)`, and loads static/js/proof-of-work.js.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from portal.citizens.actions.waiting import find_waiting, keep_waiting
from portal.citizens.models import WaitingRequest
from portal.citizens.rules import LONGEST_QUEUE_SECONDS, TICKET_SECONDS
from portal.common.errors import TooMany
from portal.units.models import Unit

WAITING_COOKIE = "citizen_waiting"
_FIELDS = {
    "proof_seed": "seed",
    "proof_signature": "signature",
    "proof_answer": "answer",
    "proof_wait": "wait",
    "proof_ticket": "ticket",
}
_NOT_KEPT = {"csrfmiddlewaretoken", "proof_bits", *_FIELDS}


def read_proof(data: QueryDict) -> dict[str, Any] | None:
    """The `proof` for start_verification from a posted form; None when there is none."""
    found = {name: data[field] for field, name in _FIELDS.items() if data.get(field)}
    return found or None


def typed_fields(data: QueryDict) -> list[list[str]]:
    """[[name, value], …] of everything else that was posted, in order."""
    return [[name, value] for name, values in data.lists() if name not in _NOT_KEPT for value in values]


def gate_context(refusal: TooMany) -> dict[str, Any]:
    """What citizens/gate.html needs."""
    names = ("seed", "bits", "signature", "queue_seconds")
    return {"message": refusal.message, **{name: refusal.extra.get(name) for name in names}}


def answer_refusal(request: HttpRequest, *, refusal: TooMany, unit: Unit) -> HttpResponse:
    """429 with the next step for the citizen; a redirect to the waiting page for `code_queued`."""
    if refusal.code == "code_queued":
        return _send_to_queue(request, refusal)
    context = {
        "unit": unit,
        "refusal": refusal,
        "gate": gate_context(refusal) if refusal.code == "proof_required" else None,
        "typed": typed_fields(request.POST),
        "path": request.path,
    }
    response = render(request, "citizens/gate_page.html", context, status=429)
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


def _send_to_queue(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """The cookie, not the address, finds what was typed: addresses end up in histories and logs."""
    secret = keep_waiting(
        path=request.path,
        fields=typed_fields(request.POST),
        ticket=refusal.extra["ticket"],
        seconds=refusal.extra["retry_after"],
    )
    response = redirect("citizens:waiting")
    response.set_cookie(
        WAITING_COOKIE,
        secret,
        max_age=LONGEST_QUEUE_SECONDS + TICKET_SECONDS,
        path=response.url,
        secure=settings.CITIZEN_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def waiting_of(request: HttpRequest) -> WaitingRequest | None:
    """What this browser is waiting with."""
    secret = request.COOKIES.get(WAITING_COOKIE, "")
    return find_waiting(secret) if secret else None
