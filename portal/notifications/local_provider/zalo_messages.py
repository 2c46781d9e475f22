"""OA messages and everything an OA may ask about its people.

Bodies, limits and codes: [2] unless said otherwise. -227 is chosen by the last digits 227 of the
phone, -244 by 244, -218 by 218 (own convention). Whether an unfollowed user
may still be written to within the window: no source, answered -213 (assumed). Promotion and transaction
messages are gone [1]; their code is unknown: -233.
"""

import unicodedata
from typing import Any

from portal.notifications.local_provider.zalo_templates import check_template, fill
from portal.notifications.local_provider.zalo_wire import Call, Refusal, Reply, success
from portal.notifications.local_provider.zalo_world import World

HOUR = 3600
FREE, PAID, LOST = 48 * HOUR, 7 * 24 * HOUR, 45 * 24 * HOUR
MAX_TEXT, MAX_BUTTONS, MAX_TITLE, MAX_QUERY = 2000, 5, 100, 1000
_MAGIC = {"227": -227, "244": -244, "218": -218, "217": -217}
_BUTTONS = {"oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.sms", "oa.open.phone"}


def member_of(world: World, account: dict[str, Any], user_id: Any) -> dict[str, Any]:
    found: dict[str, Any] | None = world.state["members"].get(str(user_id))
    if found is None or found["oa_id"] != account["oa_id"]:
        raise Refusal(-201, "user_id is invalid")
    return found


def check_reachable(world: World, member: dict[str, Any], *, window: bool) -> None:
    """May the OA write now? `window`: consultation messages only."""
    if member["phone"][-3:] in _MAGIC:
        raise Refusal(_MAGIC[member["phone"][-3:]])
    silence = world.switches.now() - member["last_interaction"]
    if window and not member["last_interaction"]:
        raise Refusal(-232)
    if not member["followed"]:
        raise Refusal(-213)
    if silence > LOST:
        raise Refusal(-227)
    if window and silence > PAID:
        raise Refusal(-230)


def consultation(world: World, account: dict[str, Any], call: Call) -> Reply:
    """POST /v3.0/oa/message/cs"""
    body = call.json()
    member = member_of(world, account, body.get("recipient", {}).get("user_id"))
    kind, text, buttons = _content(world, body.get("message"))
    check_reachable(world, member, window=True)
    kept = _keep(world, member, kind, text, buttons)
    quota = {
        "quota_type": "reply",
        "remain": "8",
        "total": "8",
        "expired_date": None,
        "owner_type": "OA",
        "owner_id": account["oa_id"],
    }
    return _sent(kept, member, quota=quota)


def template(world: World, account: dict[str, Any], call: Call) -> Reply:
    """POST /v3.0/oa/message/template"""
    body = call.json()
    member = member_of(world, account, body.get("user_id"))
    found, values = check_template(body, by_uid=True)
    if world.switches.no_money:
        raise Refusal(-321)
    if account["used"] >= world.switches.quota:
        raise Refusal(-211)
    check_reachable(world, member, window=False)
    account["used"] += 1
    kept = _keep(world, member, "template", fill(found, values), [])
    left = str(max(0, world.switches.quota - account["used"]))
    sent = str(int(kept["at"] * 1000))
    return _sent(kept, member, sent_time=sent, quota={"quota_type": "purchase_quota", "remain": left})


def _sent(kept: dict[str, Any], member: dict[str, Any], **more: Any) -> Reply:
    return success({"message_id": kept["msg_id"], "user_id": member["user_id"], **more})


def _keep(
    world: World, member: dict[str, Any], kind: str, text: str, buttons: list[dict[str, Any]]
) -> dict[str, Any]:
    kept = {"phone": member["phone"], "oa_id": member["oa_id"], "from": "oa", "kind": kind}
    kept |= {"text": text, "buttons": buttons, "at": world.switches.now()}
    world.keep_message(kept)
    return kept


# ---- what a message may hold


def _content(world: World, message: Any) -> tuple[str, str, list[dict[str, Any]]]:
    if not isinstance(message, dict):
        raise Refusal(-201, "message is invalid")
    text = unicodedata.normalize("NFC", str(message.get("text", "")))
    if len(text) > MAX_TEXT:
        raise Refusal(-210)
    attachment = message.get("attachment")
    if attachment is None:
        if not text:
            raise Refusal(-201, "text is empty")
        return "text", text, []
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise Refusal(-201, "attachment is invalid")
    payload = attachment["payload"]
    if attachment.get("type") == "file":
        return "file", _file_name(world, payload.get("token")), []
    return _template_content(world, text, payload)


def _template_content(
    world: World, text: str, payload: dict[str, Any]
) -> tuple[str, str, list[dict[str, Any]]]:
    kind = payload.get("template_type")
    if kind is None and "buttons" in payload:
        return "text", text, _buttons(payload["buttons"])
    if kind == "media":
        return _media(world, text, payload.get("elements"))
    if kind == "request_user_info":
        elements = payload.get("elements")
        if not isinstance(elements, list) or len(elements) != 1 or not elements[0].get("title"):
            raise Refusal(-201, "elements is invalid")
        return "request_user_info", str(elements[0]["title"]), []
    raise Refusal(-233)


def _media(world: World, text: str, elements: Any) -> tuple[str, str, list[dict[str, Any]]]:
    if not isinstance(elements, list) or len(elements) != 1:
        raise Refusal(-201, "elements is invalid")
    one = elements[0]
    kind = one.get("media_type")
    if kind not in ("image", "gif", "sticker"):
        raise Refusal(-233)
    if kind == "gif" and not (one.get("width") and one.get("height")):
        raise Refusal(-201, "width, height")
    if bool(one.get("url")) == bool(one.get("attachment_id")):
        raise Refusal(-201, "url or attachment_id")
    if one.get("attachment_id") and kind != "sticker":
        check_upload(world, one["attachment_id"])
    return str(kind), text, []


def check_upload(world: World, upload_id: Any) -> dict[str, Any]:
    """Uploads live seven days. [2]"""
    found = world.state["uploads"].get(str(upload_id))
    if found is None or found["until"] < world.switches.now():
        raise Refusal(-100, "attachment expired")
    return dict(found)


def _file_name(world: World, token: Any) -> str:
    return str(check_upload(world, token)["name"])


def _buttons(buttons: Any) -> list[dict[str, Any]]:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MAX_BUTTONS:
        raise Refusal(-210, "buttons")
    for one in buttons:
        title, kind, payload = one.get("title", ""), one.get("type"), one.get("payload")
        if not title or len(title) > MAX_TITLE or kind not in _BUTTONS:
            raise Refusal(-201, "button is invalid")
        if str(kind).startswith("oa.query") and not 1 <= len(str(payload or "")) <= MAX_QUERY:
            raise Refusal(-201, "payload is invalid")
        wanted = {"oa.open.url": "url", "oa.open.phone": "phone_code", "oa.open.sms": "phone_code"}.get(kind)
        if wanted and not (isinstance(payload, dict) and payload.get(wanted)):
            raise Refusal(-201, "payload is invalid")
    return buttons


def gone(_world: World, _account: dict[str, Any], _call: Call) -> Reply:
    """Transaction and promotion messages by user id were shut down on 2026-03-01. [1]"""
    raise Refusal(-233)


def old_message(world: World, account: dict[str, Any], call: Call) -> Reply:
    """POST /v2.0/oa/message: broadcast of one article, or a reaction; everything else moved to v3. [2]"""
    body = call.json()
    recipient, message = body.get("recipient", {}), body.get("message", {})
    if "sender_action" in body:
        member_of(world, account, recipient.get("user_id"))
        if not body["sender_action"].get("react_message_id"):
            raise Refusal(-201)
        return success({"message_id": str(body["sender_action"]["react_message_id"])})
    if "target" not in recipient:
        raise Refusal(-240)
    payload = message.get("attachment", {}).get("payload", {})
    elements = payload.get("elements", [])
    if payload.get("template_type") != "media" or len(elements) != 1:
        raise Refusal(-201)
    article = world.state["articles"].get(str(elements[0].get("attachment_id")))
    if article is None:
        raise Refusal(-201, "article")
    for member in world.members_of(account["oa_id"]):
        if member["followed"]:
            _keep(world, member, "article", article["title"], [])
    return success({"message_id": f"broadcast-{world.next_number()}"})
