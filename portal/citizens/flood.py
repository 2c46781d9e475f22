"""Thousands of code requests from one address, to see what the gate lets through.

Development and measurement only: it uses imaginary phones (075…) that the settings must allow.
"""

import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from portal.citizens.actions.codes import start_verification
from portal.citizens.actions.tokens import PURPOSE
from portal.citizens.models import OneTimeCode
from portal.citizens.work import solve
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import TooMany
from portal.notifications.models import OutboxMessage
from portal.units.models import Unit

PHONES = 10**7
# Asks for one phone and says what came of it: "sent" or the code of the refusal.
Asker = Callable[[str], str]


@dataclass
class FloodReport:
    """What came of a flood."""

    requests: int
    budget: int
    answers: dict[str, int] = field(default_factory=dict)
    queued_messages: int = 0
    seconds: float = 0.0


def imaginary_phone(number: int) -> str:
    """One of ten million phones that no operator has."""
    return f"+8475{number % PHONES:07d}"


def ask_once(*, unit: Unit, phone: str, address: str, proof: dict[str, Any] | None = None) -> Any:
    """The challenge, or the TooMany that answered."""
    try:
        return start_verification(
            phone=phone, purpose=PURPOSE, unit=unit, address=address, proof=proof, by=ANONYMOUS_CITIZEN
        )
    except TooMany as refusal:
        return refusal


def proof_for(refusal: TooMany) -> dict[str, str]:
    """Solve the challenge of a `proof_required`."""
    answer = solve(refusal.extra["seed"], refusal.extra["bits"])
    return {"seed": refusal.extra["seed"], "signature": refusal.extra["signature"], "answer": answer}


def ask_with_proof(*, unit: Unit, phone: str, address: str) -> Any:
    """Ask; when a proof is wanted and helps, bring it."""
    answer = ask_once(unit=unit, phone=phone, address=address)
    if isinstance(answer, TooMany) and answer.extra.get("seed"):
        return ask_once(unit=unit, phone=phone, address=address, proof=proof_for(answer))
    return answer


def asker(*, unit: Unit, address: str, prove: bool = False) -> Asker:
    """Callers inside this process, all from `address`; with `prove` they solve their challenges."""
    ask = ask_with_proof if prove else ask_once

    def caller(phone: str) -> str:
        answer = ask(unit=unit, phone=phone, address=address)
        return "sent" if isinstance(answer, OneTimeCode) else answer.code

    return caller


def http_asker(*, url: str, unit: Unit) -> Asker:
    """Callers at the real door `url` (http://host:port), each without cookies, from this machine."""
    client = httpx2.Client(base_url=url, timeout=30)

    def caller(phone: str) -> str:
        client.cookies.clear()
        answer = client.post("/api/v1/tokens/", json={"phone": phone, "unit": unit.slug})
        return "sent" if answer.status_code == httpx2.codes.ACCEPTED else str(answer.json().get("code"))

    return caller


def flood(*, unit: Unit, requests: int, ask: Asker, progress: Callable[[int], None]) -> FloodReport:
    """Let `ask` ask for `requests` codes, each for another imaginary number."""
    start, first = time.monotonic(), uuid.uuid4().int
    before = OutboxMessage.objects.filter(unit=unit).count()
    answers: Counter[str] = Counter()
    for number in range(requests):
        answers[ask(imaginary_phone(first + number))] += 1
        progress(number + 1)
    return FloodReport(
        requests=requests,
        budget=unit.code_budget_per_hour,
        answers=dict(answers),
        queued_messages=OutboxMessage.objects.filter(unit=unit).count() - before,
        seconds=time.monotonic() - start,
    )


def show_report(report: FloodReport) -> str:
    """A Markdown table."""
    rows = [
        ("requests", report.requests),
        ("unit's budget per hour", report.budget),
        ("messages queued", report.queued_messages),
        *sorted(report.answers.items()),
        ("seconds", f"{report.seconds:.1f}"),
    ]
    return "\n".join(["| what | how many |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])
