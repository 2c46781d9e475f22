"""One-time codes and signed addresses are derived from their rows, never stored (docs/adr/0003, 0036)."""

import hmac
import uuid

from portal.common.crypto import keyed_digest

DIGITS = 6


def code_of(challenge_uid: uuid.UUID | str) -> str:
    """The six digits of a challenge: HMAC-SHA256 under a key of its own, modulo 10^6.

    64 bits are reduced, so no digit is favoured by more than one in 10^13.
    """
    digest = keyed_digest("one-time-code", str(challenge_uid))
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


def is_code_of(challenge_uid: uuid.UUID, code: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(code_of(challenge_uid), code)


def typed_digits(text: str) -> str:
    """The digits a person typed, without spaces, dots and hyphens; "" when they are not six digits."""
    digits = "".join(text.split()).replace("-", "").replace(".", "")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""


def seal_of(invitation_uid: uuid.UUID | str) -> str:
    """What signs the address of an invitation: 128 bits of HMAC-SHA256 under a key of its own."""
    return keyed_digest("citizens.link_invitation", str(invitation_uid)).hex()[:32]


def is_seal_of(invitation_uid: uuid.UUID, seal: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(seal_of(invitation_uid), seal)
