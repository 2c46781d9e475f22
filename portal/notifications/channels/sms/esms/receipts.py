"""Delivery reports of eSMS: an unsigned GET, so the address itself carries the proof.

The token in CallbackUrl is the message uid and a keyed digest of it; nobody who has not received the
address from us can report anything.
"""

import functools
import hmac
import re
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from portal.common.crypto import keyed_digest
from portal.notifications.enums import Receipt

_PURPOSE = "esms-callback"
_DIGEST_CHARS = 32
# SendStatus values of the vendor's documentation: 1 waiting for approval, 2 queued, 4 refused, 5 finished,
# 7 sent and waiting for the carrier.
_REFUSED, _FINISHED = "4", "5"
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")


def _digest(uid: UUID) -> str:
    return keyed_digest(_PURPOSE, uid.hex).hex()[:_DIGEST_CHARS]


def callback_token(uid: UUID) -> str:
    """64 hex characters: the uid and its digest."""
    return uid.hex + _digest(uid)


def uid_of_token(token: str) -> UUID | None:
    """The message a token was made for, None for a forged one."""
    try:
        uid = UUID(hex=token[:32])
    except ValueError:
        return None
    return uid if hmac.compare_digest(token[32:].encode(), _digest(uid).encode()) else None


@functools.cache
def _path_around_token() -> tuple[str, str]:
    """Looked up once: a mass message asks for 51,000 of these addresses."""
    before, _token, after = reverse("notifications:esms_receipt", args=["token"]).rpartition("token")
    return before, after


def callback_url(uid: UUID) -> str:
    """The address eSMS reports to."""
    before, after = _path_around_token()
    return settings.PUBLIC_URL.rstrip("/") + before + callback_token(uid) + after


def read_receipt(query: Mapping[str, str]) -> tuple[Receipt, int | None]:
    """What a report says, and the price in đồng when it names one."""
    status, price = query.get("SendStatus", ""), query.get("TotalPrice", "")
    cost = int(float(price)) if _PRICE.fullmatch(price) else None
    if status == _FINISHED and _count(query, "SendSuccess") > 0:
        return Receipt.DELIVERED, cost
    if status == _REFUSED or (status == _FINISHED and _count(query, "SendFailed") > 0):
        return Receipt.FAILED, cost
    return Receipt.PENDING, cost


def _count(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() else 0
