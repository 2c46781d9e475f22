"""Formulas both sides must agree on byte by byte.

Grades as in docs/adr/0033: [2] two independent sources, [1] one, [x] sources disagree.
"""

import base64
import hashlib
import hmac
import re
import secrets

# Printed as `mac = sha256(...)` in the vendor's text: spaces, capitals and a missing prefix are let
# through. [2]
_SIGNATURE = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-f]{64})\s*", re.IGNORECASE)


def new_verifier() -> str:
    """A PKCE code verifier of 43 characters. [2]"""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """S256, which Zalo takes for granted: no `code_challenge_method` is sent. [2]"""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode().rstrip("=")


def appsecret_proof(access_token: str, app_secret: str) -> str:
    """Hex HMAC-SHA256 of the access token, keyed by the app secret; always sent. [2]"""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def hash_phone(phone: str) -> str:
    """SHA-256 of the `84…` form; a hash of `0…` or `+84…` reaches nobody. [2]"""
    return hashlib.sha256(phone.removeprefix("+").encode()).hexdigest()


def webhook_mac(first: str, body: bytes, timestamp: str, key: str) -> str:
    """Plain SHA-256 of app id, raw body, timestamp and OA secret key: a concatenation, not an HMAC. [2]

    `first` is the app id; some say the OA id, which is computed only to count how often it would fit. [x]
    """
    return hashlib.sha256(first.encode() + body + timestamp.encode() + key.encode()).hexdigest()


def read_signature(header: str) -> str | None:
    """The 64 hex digits of an X-ZEvent-Signature header, None when it holds none."""
    found = _SIGNATURE.fullmatch(header)
    return found.group(1).lower() if found else None


def is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
