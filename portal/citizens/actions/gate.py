"""Who gets to ask for a code now: freely, with a proof of work, or after a turn in the queue."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _

from portal.citizens.actions.budget import (
    read_state,
    seconds_of_queue,
    seconds_to_next_hour,
    spend,
    spend_once,
    take_turn,
)
from portal.citizens.enums import Lane
from portal.citizens.rules import (
    HOUR,
    PROOF_SECONDS,
    TICKET_SECONDS,
    BudgetState,
    reserve_bits,
    work_bits,
)
from portal.citizens.work import binding_of, digest_of, new_challenge, new_ticket, proven_bits, turn_of
from portal.common.client_address import address_prefix
from portal.common.errors import TooMany
from portal.requests import throttle
from portal.units.models import Unit

PREFIX_SCOPE = "code-prefix"


@dataclass(frozen=True)
class Asking:
    """One request at the gate."""

    phone: str
    unit: Unit
    prefix: str
    proof: dict[str, Any]
    now: dt.datetime

    @property
    def binding(self) -> str:
        return binding_of(self.phone, self.unit.uid)

    @property
    def unix(self) -> int:
        return int(self.now.timestamp())

    def text(self, name: str) -> str:
        """A value of the proof as text; foreign types and endless strings count as empty."""
        value = self.proof.get(name, "")
        return value if isinstance(value, str) and len(value) <= 200 else ""


@dataclass(frozen=True)
class Admission:
    """A way through: `below` bounds the budget, `token` (a proof or ticket) may be used once."""

    lane: Lane
    below: int
    token: str = ""


def asking(*, phone: str, unit: Unit, address: str, proof: dict[str, Any] | None, now: dt.datetime) -> Asking:
    """`address` as text; only its /24 or /48 is looked at, and only its keyed digest is stored."""
    return Asking(phone=phone, unit=unit, prefix=address_prefix(address), proof=proof or {}, now=now)


def admit(request: Asking) -> Admission:
    """The lane for this request; it only reads, except that a wish to wait takes a turn.

    TooMany `code_budget_spent`, `proof_required` (seed, bits, signature, queue_seconds) or `code_queued`
    (ticket, retry_after).
    """
    state = read_state(unit=request.unit, now=request.now)
    if state.is_spent:
        refuse_spent(request)
    hits = throttle.hits(scope=PREFIX_SCOPE, key=request.prefix, seconds=HOUR)
    if hits < settings.CODES_PER_PREFIX_PER_HOUR and not state.in_reserve:
        return Admission(Lane.FREE, state.open_limit)
    admission = _by_ticket(request, state) or _by_proof(request, state)
    if admission:
        return admission
    if request.proof.get("wait"):
        _give_ticket(request)
    refuse_for_proof(request)


def pay(request: Asking, admission: Admission) -> None:
    """Take the code from the budget; inside the transaction that queues the message.

    TooMany as `admit`, when somebody else was faster or the proof was used before.
    """
    hits = throttle.count_hit(scope=PREFIX_SCOPE, key=request.prefix, seconds=HOUR)
    over = hits > settings.CODES_PER_PREFIX_PER_HOUR
    if admission.lane == Lane.FREE and over:
        refuse_for_proof(request)
    if admission.token and not _use_once(request, admission.token):
        refuse_for_proof(request)
    if not spend(unit=request.unit, lane=admission.lane, below=admission.below, now=request.now):
        state = read_state(unit=request.unit, now=request.now)
        refuse_spent(request) if state.is_spent else refuse_for_proof(request)


def _use_once(request: Asking, token: str) -> bool:
    """Kept for longer than any proof or ticket lives."""
    kept = dt.timedelta(seconds=2 * HOUR)
    return spend_once(digest=digest_of(token), expires_at=request.now + kept)


def _by_proof(request: Asking, state: BudgetState) -> Admission | None:
    seed = request.text("seed")
    bits = proven_bits(
        seed=seed,
        signature=request.text("signature"),
        answer=request.text("answer"),
        binding=request.binding,
        now=request.unix,
    )
    if not bits or state.used >= state.proof_limit:
        return None
    if bits >= reserve_bits(settings.WORK_BITS):
        return Admission(Lane.PROOF, state.proof_limit, seed)
    return None if state.in_reserve else Admission(Lane.PROOF, state.open_limit, seed)


def _by_ticket(request: Asking, state: BudgetState) -> Admission | None:
    ticket = request.text("ticket")
    turn = turn_of(ticket=ticket, binding=request.binding) if ticket else None
    if turn is None or request.unix > turn + TICKET_SECONDS:
        return None
    if request.unix < turn:
        _refuse_queued(ticket=ticket, seconds=turn - request.unix)
    return Admission(Lane.QUEUE, state.limit, ticket)


def _give_ticket(request: Asking) -> None:
    turn = take_turn(unit=request.unit, now=request.now)
    if turn is not None:
        ticket = new_ticket(binding=request.binding, turn=int(turn.timestamp()) + 1)
        _refuse_queued(ticket=ticket, seconds=int(turn.timestamp()) + 1 - request.unix)


def _refuse_queued(*, ticket: str, seconds: int) -> NoReturn:
    raise TooMany(
        "code_queued",
        _("Ông/Bà đang ở trong hàng chờ. Đến lượt, mã xác nhận sẽ được gửi."),
        ticket=ticket,
        retry_after=seconds,
    )


def refuse_spent(request: Asking) -> NoReturn:
    """The unit's hour is used up: everybody waits, whatever their address."""
    raise TooMany(
        "code_budget_spent",
        _("Đơn vị đã gửi hết số mã xác nhận của giờ này. Xin thử lại vào giờ sau hoặc gọi trực ban."),
        retry_after=seconds_to_next_hour(request.now),
    )


def refuse_for_proof(request: Asking) -> NoReturn:
    """Name the price: a challenge to solve (empty seed when no proof helps) and the wait in the queue."""
    state = read_state(unit=request.unit, now=request.now)
    waits = seconds_of_queue(unit=request.unit, now=request.now)
    if state.used >= state.proof_limit and waits is None:
        refuse_spent(request)
    raise TooMany(
        "proof_required",
        _("Đang có nhiều yêu cầu gửi mã, nên cần thêm một bước ngắn trước khi gửi mã cho Ông/Bà."),
        queue_seconds=waits,
        **_challenge(request, state),
    )


def _challenge(request: Asking, state: BudgetState) -> dict[str, Any]:
    if state.used >= state.proof_limit:
        return {"seed": "", "bits": 0, "signature": ""}
    hits = throttle.hits(scope=PREFIX_SCOPE, key=request.prefix, seconds=HOUR)
    bits = work_bits(
        base=settings.WORK_BITS, state=state, hits=hits, soft_limit=settings.CODES_PER_PREFIX_PER_HOUR
    )
    challenge = new_challenge(binding=request.binding, bits=bits, expires=request.unix + PROOF_SECONDS)
    return {"seed": challenge.seed, "bits": bits, "signature": challenge.signature}
