"""Proof of work and queue tickets: signed, stateless, bound to one phone and one unit.

A seed reads `<expiry as unix time>.<bits>.<16 random letters>`. An answer is any whole number for which
SHA-256 of `<seed>:<answer>` begins with that many zero bits. Phone and unit are in the signature only,
so neither travels in the clear, and a proof computed for one number is worth nothing for another.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from portal.common.crypto import keyed_digest

ANSWER_LONGEST = 12


def _signature(kind: str, body: str, binding: str) -> str:
    return keyed_digest(f"code-gate-{kind}", f"{body}|{binding}").hex()[:40]


def _signed(kind: str, body: str, binding: str, signature: str) -> bool:
    return hmac.compare_digest(_signature(kind, body, binding).encode(), signature.encode())


@dataclass(frozen=True)
class Challenge:
    """What a caller must solve; `signature` comes back with the answer."""

    seed: str
    bits: int
    signature: str


def binding_of(phone: str, unit_uid: object) -> str:
    """What proofs and tickets are tied to."""
    return f"{phone}|{unit_uid}"


def new_challenge(*, binding: str, bits: int, expires: int) -> Challenge:
    """`expires` in unix seconds."""
    seed = f"{expires}.{bits}.{secrets.token_urlsafe(12)}"
    return Challenge(seed=seed, bits=bits, signature=_signature("proof", seed, binding))


def zero_bits(digest: bytes) -> int:
    """Leading zero bits."""
    return len(digest) * 8 - int.from_bytes(digest).bit_length()


def proven_bits(*, seed: str, signature: str, answer: str, binding: str, now: int) -> int:
    """Bits the proof was asked for and shows; 0 when it is forged, expired, for another phone or wrong."""
    if not _signed("proof", seed, binding, signature) or len(answer) > ANSWER_LONGEST:
        return 0
    expires, bits = (int(part) for part in seed.split(".")[:2])
    digest = hashlib.sha256(f"{seed}:{answer}".encode()).digest()
    return bits if now < expires and zero_bits(digest) >= bits else 0


def solve(seed: str, bits: int) -> str:
    """The first answer; for tests, commands and command-line clients (2^bits hashes on average)."""
    answer = 0
    while zero_bits(hashlib.sha256(f"{seed}:{answer}".encode()).digest()) < bits:
        answer += 1
    return str(answer)


def new_ticket(*, binding: str, turn: int) -> str:
    """A place in the queue: good from `turn` (unix seconds) on."""
    body = f"{turn}.{secrets.token_urlsafe(12)}"
    return f"{body}.{_signature('ticket', body, binding)}"


def turn_of(*, ticket: str, binding: str) -> int | None:
    """When the ticket's turn comes (unix seconds); None when it is forged or for another phone."""
    body, _, signature = ticket.rpartition(".")
    return int(body.split(".")[0]) if body and _signed("ticket", body, binding, signature) else None


def digest_of(token: str) -> str:
    """What is kept of a used proof or ticket."""
    return hashlib.sha256(token.encode()).hexdigest()
