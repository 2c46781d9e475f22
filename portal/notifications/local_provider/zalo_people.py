"""What a citizen does with an OA on an imaginary phone, and which events that makes.

Shapes: follow and unfollow without `sender` [2]; messages with sender, recipient, message.msg_id [2];
user_submit_info [1]; user_click_chatnow flat [2]; coordinates in the attachment's payload or in
message.location: sources disagree, so `location` takes the first and `location_old` the second [x].
Ids and timestamps are strings. [2]
"""

from collections.abc import Callable
from typing import Any

from portal.notifications.local_provider.zalo_webhooks import Webhooks
from portal.notifications.local_provider.zalo_world import World

Event = dict[str, Any]
PICTURE = "https://portal.example.vn/anh-mo-phong.jpg"


class People:
    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self.world, self.webhooks = world, webhooks

    def act(self, *, oa_id: str, phone: str, act: str, text: str = "") -> str:
        """Do one thing; returns the message id or "". KeyError for an act nobody knows."""
        acts: dict[str, Callable[..., str]] = {
            "follow": self._follow,
            "unfollow": self._unfollow,
            "submit_info": self._submit_info,
            "click": self._click,
        }
        with self.world.changing():
            member = self.world.member(oa_id, phone)
            if act in acts:
                return acts[act](member)
            return self._say(member, act, text, _ATTACHMENTS[act](text))

    def _follow(self, member: dict[str, Any]) -> str:
        member["followed"] = True
        self._touch(member)
        return self._post(member, self._follow_event(member, "follow"))

    def _unfollow(self, member: dict[str, Any]) -> str:
        member["followed"] = False
        return self._post(member, self._follow_event(member, "unfollow"))

    def _follow_event(self, member: dict[str, Any], name: str) -> Event:
        return {
            "event_name": name,
            "oa_id": member["oa_id"],
            "follower": {"id": member["user_id"]},
            "user_id_by_app": member["by_app"],
            "source": "oa_profile",
        }

    def _submit_info(self, member: dict[str, Any]) -> str:
        info = {
            "name": f"Người Dùng {member['phone'][-3:]}",
            "phone": f"84{member['phone'][1:]}",
            "user_dob": "05/09/1990",
            "full_address": {"user_city": "Đà Nẵng", "user_ward": "Hải Vân", "user_address": "Tổ 12"},
        }
        self._touch(member)
        return self._post(member, {**self._between(member), "event_name": "user_submit_info", "info": info})

    def _click(self, member: dict[str, Any]) -> str:
        self._touch(member)
        event = {"event_name": "user_click_chatnow", "oa_id": member["oa_id"], "user_id": member["user_id"]}
        return self._post(member, {**event, "user_id_by_app": member["by_app"]})

    def _say(self, member: dict[str, Any], act: str, text: str, content: dict[str, Any]) -> str:
        self._touch(member)
        kept = {"phone": member["phone"], "oa_id": member["oa_id"], "from": "user", "kind": act}
        kept |= {"text": text or content.get("text", ""), "at": self.world.switches.now()}
        msg_id = self.world.keep_message(kept)
        name = f"user_send_{act.removesuffix('_old')}"
        self._post(
            member,
            {**self._between(member), "event_name": name, "message": {"msg_id": msg_id, **content}},
        )
        return msg_id

    def _between(self, member: dict[str, Any]) -> Event:
        return {
            "sender": {"id": member["user_id"]},
            "recipient": {"id": member["oa_id"]},
            "user_id_by_app": member["by_app"],
        }

    def _touch(self, member: dict[str, Any]) -> None:
        member["last_interaction"] = self.world.switches.now()

    def _post(self, member: dict[str, Any], event: Event) -> str:
        self.webhooks.plan(member["oa_id"], event)
        return ""


def _attachment(kind: str, **payload: Any) -> Callable[[str], dict[str, Any]]:
    return lambda text: {
        **({"text": text} if text else {}),
        "attachments": [{"type": kind, "payload": payload}],
    }


_PLACE = {"latitude": "16.0806", "longitude": "108.2363"}
_ATTACHMENTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "text": lambda text: {"text": text},
    "image": _attachment("image", url=PICTURE, thumbnail=PICTURE),
    "gif": _attachment("gif", url=PICTURE),
    "audio": _attachment("audio", url="https://portal.example.vn/tieng.aac"),
    "video": _attachment("video", url="https://portal.example.vn/phim.mp4", thumbnail=PICTURE),
    "sticker": _attachment("sticker", id="1", url=PICTURE),
    "file": _attachment("file", url="https://portal.example.vn/giay.pdf", name="giay.pdf", size="1024"),
    "location": _attachment("location", coordinates=_PLACE),
    "location_old": lambda text: {"location": _PLACE},
}
ACTS = (*_ATTACHMENTS, "follow", "unfollow", "submit_info", "click")
