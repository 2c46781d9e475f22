"""Delivery reports of SpeedSMS: a POST with its transaction number and a status.

0 arrived, 1 to 63 on its way, 64 and above failed (read in one place only; check on the first account). The
vendor reports to one address per account, so that address carries a secret of ours.
"""

import hmac
import json
from typing import Any

from portal.common.crypto import keyed_digest
from portal.notifications.enums import Receipt

_PURPOSE = "speedsms-callback"
_FAILED_FROM = 64


def callback_token() -> str:
    """What the address entered at the vendor ends with: /callbacks/speedsms/<token>/."""
    return keyed_digest(_PURPOSE, "account").hex()[:32]


def is_callback_token(token: str) -> bool:
    return hmac.compare_digest(token.encode(), callback_token().encode())


def report_of(status: Any) -> Receipt:
    """What a status number says; PENDING for anything that is none."""
    text = str(status)
    if not text.isdecimal():
        return Receipt.PENDING
    number = int(text)
    if number == 0:
        return Receipt.DELIVERED
    return Receipt.FAILED if number >= _FAILED_FROM else Receipt.PENDING


def read_report(body: bytes) -> tuple[str, Receipt] | None:
    """Transaction number and what became of it; None for anything that is no report."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get("type") != "report" or not content.get("tranId"):
        return None
    return str(content["tranId"])[:80], report_of(content.get("status"))
