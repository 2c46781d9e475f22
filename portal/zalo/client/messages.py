"""Messages to people: what they may hold, and the endpoints that take them.

Bodies and limits [2]; buttons without `template_type` [x: one source adds it]. A `list` template has no
page in the current documentation [x] and is not offered.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

from portal.common.phones import clean_phone
from portal.zalo.client.session import Session, check_gate, post_oa, post_zbs
from portal.zalo.errors import OA, ZBS, ZaloError
from portal.zalo.wire import hash_phone

MAX_TEXT, MAX_BUTTONS, MAX_TITLE, MAX_QUERY, MAX_TRACKING = 2000, 5, 100, 1000, 48
_QUERY_BUTTONS = ("oa.query.show", "oa.query.hide")
Message = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """What Zalo said of a message it took; `remaining` is the quota left, None when unsaid."""

    message_id: str
    remaining: int | None


# ---- bodies


def text_message(text: str, *, quote: str = "") -> Message:
    """Plain text, or an answer that quotes a message id. ZaloError oa -201, -210 before anything is sent."""
    written = _checked_text(text)
    return {"text": written, **({"quote_message_id": quote} if quote else {})}


def image_message(*, url: str = "", attachment_id: str = "", text: str = "") -> Message:
    """A picture from our own address or from an upload, one of the two."""
    return _media("image", text, _source(url, attachment_id))


def gif_message(*, attachment_id: str, width: int, height: int, text: str = "") -> Message:
    """A moving picture needs its size. [2]"""
    return _media("gif", text, {"attachment_id": attachment_id, "width": width, "height": height})


def file_message(token: str) -> Message:
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def url_button(title: str, url: str) -> Message:
    return {"title": title, "type": "oa.open.url", "payload": {"url": url}}


def query_button(title: str, query: str, *, shown: bool = False) -> Message:
    """Comes back as an ordinary user_send_text with `query` as its text. [1]"""
    return {"title": title, "type": _QUERY_BUTTONS[0 if shown else 1], "payload": query}


def phone_button(title: str, phone: str) -> Message:
    return {"title": title, "type": "oa.open.phone", "payload": {"phone_code": phone}}


def button_message(text: str, buttons: list[Message]) -> Message:
    """Text with one to five buttons. ZaloError oa -201, -210."""
    if not 1 <= len(buttons) <= MAX_BUTTONS or any(len(one["title"]) > MAX_TITLE for one in buttons):
        raise ZaloError(OA, "-210")
    if any(one["type"] in _QUERY_BUTTONS and not 1 <= len(one["payload"]) <= MAX_QUERY for one in buttons):
        raise ZaloError(OA, "-201")
    attachment = {"type": "template", "payload": {"buttons": buttons}}
    return {"text": _checked_text(text), "attachment": attachment}


def ask_for_info_message(*, title: str, subtitle: str, image_url: str) -> Message:
    """Asks somebody to share name and phone; the answer comes later as user_submit_info. [2]"""
    element = {"title": title, "subtitle": subtitle, "image_url": image_url}
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _checked_text(text: str) -> str:
    """NFC before counting: decomposed text is about a quarter longer. [1]"""
    written = unicodedata.normalize("NFC", text)
    if not written.strip():
        raise ZaloError(OA, "-201")
    if len(written) > MAX_TEXT:
        raise ZaloError(OA, "-210")
    return written


def _source(url: str, attachment_id: str) -> dict[str, str]:
    if bool(url) == bool(attachment_id):
        raise ZaloError(OA, "-201")
    return {"url": url} if url else {"attachment_id": attachment_id}


def _media(kind: str, text: str, source: dict[str, Any]) -> Message:
    payload = {"template_type": "media", "elements": [{"media_type": kind, **source}]}
    words = {"text": _checked_text(text)} if text else {}
    return {**words, "attachment": {"type": "template", "payload": payload}}


# ---- sending


def send_consultation(session: Session, *, user_id: str, message: Message) -> Sent:
    """Answer somebody within seven days of his last word; free within 48 hours. [2] ZaloError."""
    body = {"recipient": {"user_id": user_id}, "message": message}
    return _sent(post_oa(session, "/v3.0/oa/message/cs", body), "message_id")


def send_template_to_user(
    session: Session, *, user_id: str, template_id: str, values: dict[str, str]
) -> Sent:
    """A ZBS template to a follower; no tracking id here [1], so repeating it sends it twice. ZaloError."""
    body = {"user_id": user_id, "template_id": template_id, "template_data": _nfc(values)}
    return _sent(post_oa(session, "/v3.0/oa/message/template", body), "message_id")


def send_template_to_phone(
    session: Session,
    *,
    phone: str,
    template_id: str,
    values: dict[str, str],
    tracking_id: str,
    hashed: bool = False,
) -> Sent:
    """A ZBS template to a phone (`+84…`), or to its hash so that Zalo learns no new number. ZaloError."""
    if not tracking_id or len(tracking_id) > MAX_TRACKING:
        raise ZaloError(ZBS, "-1124")
    number = clean_phone(phone)
    check_gate(number)
    body = {"template_id": template_id, "template_data": _nfc(values), "tracking_id": tracking_id}
    if hashed:
        path, recipient = "/message/template/hashphone", {"hash_phone": hash_phone(number)}
    else:
        path, recipient = "/message/template", {"phone": number.removeprefix("+")}
    return _sent(post_zbs(session, path, recipient | body), "msg_id")


def react(session: Session, *, user_id: str, message_id: str, icon: str = "/-ok") -> None:
    """A sign on somebody's message that it was received; costs nothing. [2] ZaloError."""
    action = {"react_icon": icon, "react_message_id": message_id}
    post_oa(session, "/v2.0/oa/message", {"recipient": {"user_id": user_id}, "sender_action": action})


def _nfc(values: dict[str, str]) -> dict[str, str]:
    return {name: unicodedata.normalize("NFC", value) for name, value in values.items()}


def _sent(data: dict[str, Any], name: str) -> Sent:
    quota = data.get("quota") or {}
    left = str(quota.get("remainingQuota", quota.get("remain", "")))
    return Sent(str(data.get(name, "")), int(left) if left.isdecimal() else None)
