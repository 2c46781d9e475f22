"""eSMS: SendMultipleMessage_V4_post_json and its delivery report.

Sure (vendor's documentation and independent code agree): paths, field names, CodeResult 100, 101, 103, 104,
108, 118, 124, 146, the GET report with SendStatus 5. Less sure: the 5-minute rule answers 124 here.
"""

import re
from typing import Any

from portal.notifications.local_provider.callbacks import Callbacks
from portal.notifications.local_provider.phones import Phones, Received
from portal.notifications.local_provider.switches import Switches

SEND_PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json"
_TEST_PHONE = re.compile(r"(?:\+?84|0)(75\d{7})")
STATUS_PATH = "/MainService.svc/json/GetSendStatus"
MAX_REQUEST_ID = 50
PRICE = 250


def phone_of(text: str) -> str | None:
    """075… of an imaginary phone in the notations the vendors take; None for any other."""
    found = _TEST_PHONE.fullmatch(text.strip())
    return f"0{found.group(1)}" if found else None


def _refusal(body: dict[str, Any], phone: str | None, switches: Switches) -> str | None:
    """The first CodeResult that speaks against the request, in the order the vendor checks."""
    checks = [
        (bool(switches.code_result), switches.code_result),
        (switches.refuse_keys or not body.get("ApiKey") or not body.get("SecretKey"), "101"),
        (switches.no_balance, "103"),
        (str(body.get("SmsType")) != "2", "118"),
        (
            not body.get("Brandname") or bool(switches.brands and body["Brandname"] not in switches.brands),
            "104",
        ),
        (phone is None, "108"),
        (not body.get("Content") or len(str(body.get("RequestId", ""))) > MAX_REQUEST_ID, "99"),
        (not switches.matches_template(str(body.get("Content", ""))), "146"),
    ]
    return next((code for wrong, code in checks if wrong), None)


def send(body: dict[str, Any], phones: Phones, switches: Switches, callbacks: Callbacks) -> dict[str, Any]:
    """Answer one send request as eSMS would."""
    phone = phone_of(str(body.get("Phone", "")))
    code = _refusal(body, phone, switches)
    if code is not None or phone is None:
        return _answer(code or "108")
    text, request_id, now = str(body["Content"]), str(body.get("RequestId", "")), switches.now()
    if str(body.get("Sandbox", "0")) == "1":
        return _answer("100", f"sandbox{int(now * 1000):x}")  # checked, shown nowhere, no report
    if switches.same_text_rule and phones.had_same_text(
        phone=phone, text=text, request_id=request_id, now=now
    ):
        return _answer("124")
    message = phones.receive(
        phone=phone, text=text, brand=str(body["Brandname"]), request_id=request_id, now=now
    )
    if message is None:
        earlier = phones.taken(request_id)
        return _answer("124", earlier.number if earlier else "")
    _plan_report(message, str(body.get("CallbackUrl", "")), switches, callbacks)
    return _answer("100", message.number)


def _answer(code: str, number: str = "") -> dict[str, Any]:
    answer = {"CodeResult": code, "CountRegenerate": 0}
    if number:
        answer["SMSID"] = number
    if code not in ("100", "124"):
        answer["ErrorMessage"] = "Yeu cau bi tu choi"
    return answer


def status(message: Received | None, switches: Switches) -> dict[str, Any]:
    """GetSendStatus: the report of one message, for whoever missed it."""
    if message is None:
        return _answer("105")
    return {"CodeResponse": "100", **_report_of(message, switches)}


def _report_of(message: Received, switches: Switches) -> dict[str, str]:
    failed = message.phone in switches.failing_phones
    return {
        "SMSID": message.number,
        "SendStatus": "5",
        "SendSuccess": "0" if failed else "1",
        "SendFailed": "1" if failed else "0",
        "TotalPrice": str(PRICE * parts_of(message.text)),
        "TotalReceiver": "1",
        "TotalSent": "1",
    }


def _plan_report(message: Received, url: str, switches: Switches, callbacks: Callbacks) -> None:
    if not url or switches.lose_callbacks:
        return
    query = {
        **_report_of(message, switches),
        "RequestId": message.request_id,
        "TypeId": "2",
        "telcoid": "1",
        "phonenumber": message.phone,
    }
    callbacks.plan(url, query, delay=switches.callback_delay_ms / 1000)


def parts_of(text: str) -> int:
    """Billed parts. ASCII is a good enough alphabet for an imitation; the portal counts exactly."""
    single, multi = (160, 153) if text.isascii() else (70, 67)
    return 1 if len(text) <= single else -(-len(text) // multi)
