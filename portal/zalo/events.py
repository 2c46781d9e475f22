"""Registry: what a message or click of somebody on Zalo may become. Rooms above fill it in their apps.py.

A handler is called once or more for each event (a worker may die between two of them), in a transaction
of its own, in no promised order; it reads `Event.happened_at` where order matters. Grades as in
docs/adr/0033.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from portal.zalo.models import OfficialAccount

# Sent by people, with `sender` = user. [2]
USER_SENDS = tuple(
    f"user_send_{kind}"
    for kind in (
        ["text", "image", "gif", "link", "audio", "video", "sticker", "file", "location", "business_card"]
    )
)
FOLLOW, UNFOLLOW = "follow", "unfollow"
SUBMIT_INFO, CLICK = "user_submit_info", "user_click_chatnow"
RECEIVED, SEEN = "user_received_message", "user_seen_message"
# What Zalo decides about an account and its templates. [2]
TEMPLATE_STATUS, TEMPLATE_QUALITY = "change_template_status", "change_template_quality"
DAILY_QUOTA = "change_oa_daily_quota"
# What opens the window for free messages. [1]
INTERACTIONS = (*USER_SENDS, FOLLOW, SUBMIT_INFO, CLICK)


@dataclass(frozen=True)
class Event:
    """An event read from its body. `user_id` is "" for receipts by phone, which name a phone or its hash."""

    name: str
    account: OfficialAccount
    user_id: str
    happened_at: dt.datetime
    by_phone: bool
    content: dict[str, Any]

    def __repr__(self) -> str:
        return f"<Event {self.name}>"

    @property
    def message(self) -> dict[str, Any]:
        found = self.content.get("message")
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        return str(self.message.get("text") or "")

    @property
    def message_ids(self) -> list[str]:
        """One id, or the array of user_seen_message; both were seen. [x]"""
        many = self.message.get("msg_ids")
        found = many if isinstance(many, list) else [self.message.get("msg_id")]
        return [str(one) for one in found if one]

    @property
    def tracking_id(self) -> str:
        """Ours, in receipts by phone. [2]"""
        return str(self.message.get("tracking_id") or "")

    @property
    def location(self) -> tuple[float, float] | None:
        """From message.location or from the attachment's coordinates. [x]"""
        places = [self.message.get("location")]
        for one in self.message.get("attachments") or []:
            payload = one.get("payload") if isinstance(one, dict) else None
            places += [payload.get("coordinates"), payload] if isinstance(payload, dict) else []
        return next((found for found in map(_point, places) if found), None)


class EventHandler(Protocol):
    """Do what an event means for the room; raise to have it tried again."""

    def __call__(self, event: Event) -> None: ...


_handlers: dict[str, list[EventHandler]] = {}


def register_event_handler(names: Iterable[str], handler: EventHandler) -> None:
    """Have `handler` called for every event of these names; twice is once."""
    for name in names:
        known = _handlers.setdefault(name, [])
        if handler not in known:
            known.append(handler)


def handlers_of(name: str) -> list[EventHandler]:
    """In the order of registration; [] for an event nobody asked for."""
    return list(_handlers.get(name, ()))


def read_event(*, account: OfficialAccount, body: bytes, by_phone: bool) -> Event:
    """The event of a body. ValueError when it is none. A delivery time also marks a receipt by phone. [2]"""
    content = json.loads(body)
    if not isinstance(content, dict):
        raise ValueError("an event is a JSON object")
    message = content.get("message")
    phone_receipt = by_phone or (isinstance(message, dict) and "delivery_time" in message)
    return Event(
        name=str(content.get("event_name", "")),
        account=account,
        user_id="" if phone_receipt else _user_of(content, account.oa_id or ""),
        happened_at=moment_of(content.get("timestamp")),
        by_phone=phone_receipt,
        content=content,
    )


def moment_of(timestamp: Any) -> dt.datetime:
    """Milliseconds as a string or a number; ValueError for anything else."""
    try:
        return dt.datetime.fromtimestamp(int(str(timestamp)) / 1000, tz=dt.UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("no moment") from error


def _user_of(content: dict[str, Any], oa_id: str) -> str:
    """Whoever of both sides is not the OA: the direction of receipts differs between sources. [x]"""
    sides = [_id_of(content.get("follower")), _id_of(content.get("sender")), _id_of(content.get("recipient"))]
    sides.append(str(content.get("user_id") or ""))
    return next((side for side in sides if side and side != oa_id), "")


def _id_of(side: Any) -> str:
    return str(side.get("id") or "") if isinstance(side, dict) else ""


def _point(place: Any) -> tuple[float, float] | None:
    try:
        point = float(place["latitude"]), float(place["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return point if -90 <= point[0] <= 90 and -180 <= point[1] <= 180 else None
