"""OAuth v4 of an OA.

Consent address and its parameters, form fields, header `secret_key`, seconds as a string: [2]. An answer
without `refresh_token` was seen by one project: the old one is kept then [x].
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from portal.zalo.client.transport import ask
from portal.zalo.errors import OAUTH, WAY, ZaloError
from portal.zalo.wire import challenge_of

CONSENT_PATH, TOKEN_PATH = "/v4/oa/permission", "/v4/oa/access_token"
# When Zalo does not say: tokens lived one hour before they lived 25. [2]
SECONDS_UNSAID = 3600


@dataclass(frozen=True)
class TokenPair:
    """`refresh_token` is "" when the answer kept silent about it."""

    access_token: str
    refresh_token: str
    seconds: int

    def __repr__(self) -> str:
        return "<TokenPair>"


def consent_url(*, app_id: str, redirect_uri: str, verifier: str, state: str) -> str:
    """Where an administrator of the OA says yes. No response_type, scope or challenge method. [2]"""
    query = {
        "app_id": app_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge_of(verifier),
        "state": state,
    }
    if not settings.ZALO_OAUTH_URL:
        raise ZaloError(WAY, "not_configured")
    return f"{settings.ZALO_OAUTH_URL.rstrip('/')}{CONSENT_PATH}?{urlencode(query)}"


def exchange_code(*, app_id: str, app_secret: str, code: str, verifier: str) -> TokenPair:
    """A consent code, good for ten minutes and once, for the first pair. ZaloError."""
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return _token(app_id, app_secret, fields)


def refresh(*, app_id: str, app_secret: str, refresh_token: str) -> TokenPair:
    """The next pair. The refresh token is spent by this call, whether its answer arrives or not.
    ZaloError.
    """
    return _token(app_id, app_secret, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _token(app_id: str, app_secret: str, fields: dict[str, str]) -> TokenPair:
    content = ask(
        OAUTH,
        "POST",
        settings.ZALO_OAUTH_URL,
        TOKEN_PATH,
        data={"app_id": app_id, **fields},
        headers={"secret_key": app_secret},
    )
    access_token = content.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise ZaloError(WAY, "answer_unreadable", maybe_done=True)
    next_one = content.get("refresh_token")
    return TokenPair(access_token, next_one if isinstance(next_one, str) else "", _seconds(content))


def _seconds(content: dict[str, Any]) -> int:
    text = str(content.get("expires_in", ""))
    return int(text) if text.isdecimal() and int(text) > 0 else SECONDS_UNSAID
