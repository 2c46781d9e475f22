"""SpeedSMS: /index.php/sms/send, its report and its status page.

Sure: path, Basic authentication, field names, the two shapes of an answer. Read in one place only: 429 with
X-Rate-Limit-Reset after 60 calls in 60 s, the numbers of the report (0 arrived, 64 and above failed).
"""

import base64
import binascii
import uuid
from typing import Any

from portal.notifications.local_provider.esms import parts_of, phone_of
from portal.notifications.local_provider.phones import Phones, Received
from portal.notifications.local_provider.switches import Switches

SEND_PATH = "/index.php/sms/send"
STATUS_PATH = "/index.php/sms/status/"
PRICE = 250
BRAND_TYPES = (3, 4)


def may_enter(header: str) -> bool:
    """Basic authentication with the token as user and `x` as password."""
    kind, _space, value = header.partition(" ")
    try:
        user, _colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return kind == "Basic" and bool(user) and password == "x"  # noqa: S105 - the vendor's fixed word


def send(body: dict[str, Any], header: str, phones: Phones, switches: Switches) -> dict[str, Any]:
    """Answer one send request. `to` may name many; each gets a message of its own under one number."""
    code = _refusal(body, header, switches)
    if code:
        return {"status": "error", "code": code, "message": "Yeu cau bi tu choi"}
    number, text = "", str(body["content"])
    asked = [str(one) for one in body["to"]]
    good = [one for one in asked if phone_of(one)]
    for phone in good:
        received = phones.receive(
            phone=phone_of(phone) or "",
            text=text,
            brand=str(body["sender"]),
            request_id=uuid.uuid4().hex,
            now=switches.now(),
        )
        number = received.number if received else number
    return {
        "status": "success",
        "code": "00",
        "data": {
            "tranId": number,
            "totalSMS": len(good),
            "totalPrice": PRICE * parts_of(text) * len(good),
            "invalidPhone": [one for one in asked if one not in good],
        },
    }


def _refusal(body: dict[str, Any], header: str, switches: Switches) -> str:
    checks = [
        (bool(switches.speedsms_code), switches.speedsms_code),
        (not may_enter(header) or switches.refuse_keys, "009"),
        (switches.no_balance, "300"),
        (not isinstance(body.get("to"), list) or not body.get("to"), "105"),
        (not body.get("content") or body.get("sms_type") not in BRAND_TYPES or not body.get("sender"), "101"),
    ]
    return next((code for wrong, code in checks if wrong), "")


def status(message: Received | None, switches: Switches) -> dict[str, Any]:
    """The status page of one transaction."""
    if message is None:
        return {"status": "error", "code": "101", "message": "Khong tim thay"}
    failed = message.phone in switches.failing_phones
    return {
        "status": "success",
        "data": [{"phone": "84" + message.phone[1:], "status": 70 if failed else 0}],
    }
