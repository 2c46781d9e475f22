"""ZBS template messages by phone and by user id, with the checks both share.

Paths, fields, answers and codes by phone: [2]. By user id: endpoint and top-level user_id [2]; which codes it
answers for template faults is written nowhere, so the codes of the phone table are used (assumed).
The last three digits of an imaginary phone choose a refusal: 0750000118 has no Zalo account (own convention).
"""

import datetime as dt
import re
import unicodedata
from typing import Any

from portal.notifications.local_provider.zalo_wire import Call, Refusal, Reply, success
from portal.notifications.local_provider.zalo_world import TEMPLATES, World

_PHONE = re.compile(r"\+?84(75\d{7})")
_TRACKING = re.compile(r"[A-Za-z0-9_.-]{1,48}")
MAGIC = {"108": -108, "110": -110, "114": -114, "118": -118, "119": -119, "139": -139, "140": -140,
         "141": -141}  # fmt: skip
_VIETNAM = dt.timezone(dt.timedelta(hours=7))
ORDINARY = "1"


def phone_of(body: dict[str, Any], world: World, *, hashed: bool) -> str:
    """`075…`; Refusal -108 for what is no number, or what its last digits choose."""
    if hashed:
        phone = world.phone_of_hash(str(body.get("hash_phone", "")))
        if phone is None:
            raise Refusal(-118)
    else:
        found = _PHONE.fullmatch(str(body.get("phone", "")))
        if found is None:
            raise Refusal(-108)
        phone = f"0{found.group(1)}"
    if phone[-3:] in MAGIC:
        raise Refusal(MAGIC[phone[-3:]])
    return phone


def check_template(body: dict[str, Any], *, by_uid: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """The template and its values, in NFC; the Refusal the vendor's table names."""
    template = TEMPLATES.get(str(body.get("template_id", "")))
    if template is None:
        raise Refusal(-109)
    if template["status"] == "DISABLE":
        raise Refusal(-146)
    if template["status"] != "ENABLE":
        raise Refusal(-131)
    if by_uid and not template["by_uid"]:
        raise Refusal(-249)
    return template, _values(template, body.get("template_data"))


def _values(template: dict[str, Any], given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or (template["params"] and not given):
        raise Refusal(-111)
    values = {}
    for parameter in template["params"]:
        value = given.get(parameter["name"])
        if value is None:
            raise Refusal(-1122)
        if not isinstance(value, str):
            raise Refusal(-1124)
        values[parameter["name"]] = unicodedata.normalize("NFC", value)
        if len(values[parameter["name"]]) > parameter["maxLength"]:
            raise Refusal(-1121)
    return values


def fill(template: dict[str, Any], values: dict[str, str]) -> str:
    text = template["text"]
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return str(text)


def send_by_phone(world: World, account: dict[str, Any], call: Call) -> tuple[dict[str, Any], str]:
    """Returns the kept message and the tracking id."""
    body, hashed = call.json(), call.path.endswith("/hashphone")
    phone = phone_of(body, world, hashed=hashed)
    template, values = check_template(body, by_uid=False)
    tracking = str(body.get("tracking_id", ""))
    if not _TRACKING.fullmatch(tracking):
        raise Refusal(-1124, "tracking_id")
    if body.get("mode") == "development":
        raise Refusal(-127)
    _check_day(world, account)
    account["used"] += 1
    kept = {"phone": phone, "oa_id": account["oa_id"], "from": "oa", "kind": "zbs"}
    kept |= {"text": fill(template, values), "at": world.switches.now()}
    world.member(account["oa_id"], phone)
    world.keep_message(kept)
    return kept, tracking


def _check_day(world: World, account: dict[str, Any]) -> None:
    switches = world.switches
    if switches.no_money:
        raise Refusal(-137)
    if account["used"] >= switches.quota:
        raise Refusal(-144)
    hour = dt.datetime.fromtimestamp(switches.now(), tz=_VIETNAM).hour
    if switches.night_refuses and (hour >= 22 or hour < 6):
        raise Refusal(-133)


def sent_answer(world: World, account: dict[str, Any], kept: dict[str, Any]) -> Reply:
    return success(
        {
            "msg_id": kept["msg_id"],
            "sent_time": str(int(kept["at"] * 1000)),
            "sending_mode": ORDINARY,
            "quota": quota_of(world, account),
        }
    )


def quota_of(world: World, account: dict[str, Any]) -> dict[str, str]:
    """Numbers as strings. [2]"""
    left = max(0, world.switches.quota - account["used"])
    return {"dailyQuota": str(world.switches.quota), "remainingQuota": str(left)}


def status(world: World, _account: dict[str, Any], call: Call) -> Reply:
    wanted = call.query.get("message_id", "")
    found = next((one for one in world.state["sent"] if one["msg_id"] == wanted), None)
    at = str(int(found["at"] * 1000)) if found else ""
    return success({"delivery_time": at, "message": "", "status": 1 if found else -1})


def quota(world: World, account: dict[str, Any], _call: Call) -> Reply:
    return success(quota_of(world, account))


def quality(_world: World, _account: dict[str, Any], _call: Call) -> Reply:
    return success({"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"})


def all_templates(_world: World, _account: dict[str, Any], call: Call) -> Reply:
    first, count = int(call.query.get("offset", "0")), min(100, int(call.query.get("limit", "100")))
    rows = [
        {
            "templateId": number,
            "templateName": one["name"],
            "status": one["status"],
            "templateTag": one["tag"],
        }
        for number, one in TEMPLATES.items()
    ]
    return success(rows[first : first + count])


def template_info(_world: World, _account: dict[str, Any], call: Call) -> Reply:
    number = call.query.get("template_id", "")
    if number not in TEMPLATES:
        raise Refusal(-109)
    one = TEMPLATES[number]
    return success(
        {
            "templateId": number,
            "templateName": one["name"],
            "status": one["status"],
            "templateTag": one["tag"],
            "listParams": one["params"],
            "listButtons": [],
            "timeout": 7_200_000,
            "price_sdt": "300",
            "price_uid": "165",
        }
    )
