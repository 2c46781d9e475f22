"""The imitated Zalo in one door: which path does what, who may call it, and what goes wrong on purpose.

Errors come with HTTP 200 [2]; `Authorization: Bearer` is treated as nobody [2]; `appsecret_proof` is checked
[2 for the code]; paths nobody documented answer 404. Each file names the grades of what it imitates: [2] two
independent sources, [1] one, "assumed" none.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.notifications.local_provider import (
    zalo_directory,
    zalo_messages,
    zalo_oauth,
    zalo_templates,
    zalo_wire,
)
from portal.notifications.local_provider.zalo_people import People
from portal.notifications.local_provider.zalo_webhooks import Webhooks
from portal.notifications.local_provider.zalo_wire import Call, Refusal, Reply, answer
from portal.notifications.local_provider.zalo_world import World

Endpoint = Callable[[World, dict[str, Any], Call], Reply]
OAUTH: dict[tuple[str, str], Callable[[World, Call], Reply]] = {
    ("GET", zalo_oauth.CONSENT): zalo_oauth.consent_page,
    ("GET", zalo_oauth.ALLOW): zalo_oauth.allow,
    ("POST", zalo_oauth.TOKEN): zalo_oauth.token,
}
OA: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v3.0/oa/message/cs"): zalo_messages.consultation,
    ("POST", "/v3.0/oa/message/template"): zalo_messages.template,
    ("POST", "/v3.0/oa/message/transaction"): zalo_messages.gone,
    ("POST", "/v3.0/oa/message/promotion"): zalo_messages.gone,
    ("POST", "/v2.0/oa/message"): zalo_messages.old_message,
    ("POST", "/v3.0/oa/quota/message"): zalo_directory.message_quota,
    ("GET", "/v3.0/oa/user/detail"): zalo_directory.user_detail,
    ("GET", "/v3.0/oa/user/getlist"): zalo_directory.user_list,
    **{("POST", f"/v2.0/oa/upload/{kind}"): zalo_directory.upload for kind in ("image", "gif", "file")},
    **{
        ("POST", f"/v2.0/oa/tag/{verb}"): zalo_directory.tag
        for verb in ("tagfollower", "rmfollowerfromtag", "rmtag")
    },
    ("GET", "/v2.0/oa/tag/gettagsofoa"): zalo_directory.tags,
    ("GET", "/v2.0/oa/conversation"): zalo_directory.conversation,
    ("GET", "/v2.0/oa/getoa"): zalo_directory.official_account,
    ("POST", "/v2.0/article/create"): zalo_directory.create_article,
    ("POST", "/v2.0/article/verify"): zalo_directory.verify_article,
}
ZBS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/message/status"): zalo_templates.status,
    ("GET", "/message/quota"): zalo_templates.quota,
    ("GET", "/quality"): zalo_templates.quality,
    ("GET", "/template/all"): zalo_templates.all_templates,
    ("GET", "/template/info/v2"): zalo_templates.template_info,
}
BY_PHONE = {("POST", "/message/template"), ("POST", "/message/template/hashphone")}
_WRITTEN_TO = {"/v3.0/oa/message/cs", "/v3.0/oa/message/template"}
_ECHOES = {"image": "image", "gif": "gif", "file": "file", "sticker": "sticker", "template": "template"}


class Zalo:
    """One running imitation."""

    def __init__(self, data: Path | None = None) -> None:
        self.world = World(data)
        self.webhooks = Webhooks(self.world)
        self.people = People(self.world, self.webhooks)
        self._one_at_a_time = threading.Lock()

    def knows(self, method: str, path: str) -> bool:
        key = (method, path)
        return key in OAUTH or key in OA or key in ZBS or key in BY_PHONE

    def handle(self, call: Call) -> Reply:
        """Answer one call of the portal, faults first."""
        switches = self.world.switches
        if switches.latency_ms:
            time.sleep(switches.latency_ms / 1000)
        if switches.take("html_502_next"):
            return Reply(b"<html>502 Bad Gateway</html>", 502, "text/html")
        if switches.take("reset_next"):
            return Reply(reset=True)
        try:
            reply = self._answer(call)
        except Refusal as refusal:
            self.world.note_call(call.method, call.path, refusal.code)
            return self._refused(call, refusal)
        self.world.note_call(call.method, call.path, 0)
        return reply

    def _answer(self, call: Call) -> Reply:
        key = (call.method, call.path)
        if key in OAUTH:
            return OAUTH[key](self.world, call)
        with self.world.changing():
            account = self._account(call, by_phone=key not in OA)
            self._injected()
            if key in BY_PHONE:
                return self._by_phone(account, call)
            before = len(self.world.state["sent"])
            reply = (OA | ZBS)[key](self.world, account, call)
            if call.path in _WRITTEN_TO and len(self.world.state["sent"]) >= before:
                self._tell(self.world.state["sent"][-1])
            return reply

    def _refused(self, call: Call, refusal: Refusal) -> Reply:
        if (call.method, call.path) in OAUTH:
            return zalo_oauth.oauth_error(self.world, refusal)
        code: Any = str(refusal.code) if self.world.switches.quoted_errors else refusal.code
        limits = {"X-RateLimit-Limit": "4000", "X-RateLimit-Remain": "0"} if refusal.code == -32 else {}
        return answer({"error": code, "message": str(refusal)}, **limits)

    def _injected(self) -> None:
        switches = self.world.switches
        if switches.take("rate_limit_next"):
            raise Refusal(-32, "rate limit")
        if switches.take("error_next"):
            raise Refusal(switches.error_code)

    def _account(self, call: Call, *, by_phone: bool) -> dict[str, Any]:
        """The OA a token speaks for; -216 and -242 at the OA's host, -124 and -1241 at the other."""
        token = call.headers.get("access_token", "")
        held = self.world.state["access"].get(token)
        if held is None or self.world.switches.take("expired_next"):
            raise Refusal(-124 if by_phone else -216, "access token is invalid")
        if held["until"] < self.world.switches.now():
            raise Refusal(-124 if by_phone else -220, "access token is expired")
        account: dict[str, Any] = self.world.state["accounts"][held["oa_id"]]
        if call.headers.get("appsecret_proof") != zalo_wire.proof_of(token, account["app_secret"]):
            raise Refusal(-1241 if by_phone else -242, "appsecret_proof")
        return account

    def _by_phone(self, account: dict[str, Any], call: Call) -> Reply:
        kept, tracking = zalo_templates.send_by_phone(self.world, account, call)
        hashed = call.path.endswith("/hashphone")
        digits = f"84{kept['phone'][1:]}"
        event = {
            "event_name": "user_received_message",
            "sender": {"id": account["oa_id"]},
            "recipient": {"id": call.json()["hash_phone"] if hashed else digits},
            "message": {
                "delivery_time": str(int(self.world.switches.now() * 1000)),
                "msg_id": kept["msg_id"],
                "tracking_id": tracking,
            },
        }
        if self.world.switches.receipts:
            self.webhooks.plan(account["oa_id"], event, by_phone=True)
        return zalo_templates.sent_answer(self.world, account, kept)

    def _tell(self, kept: dict[str, Any]) -> None:
        """Echo and receipts of an OA message, both directions of which were seen. [x]"""
        switches, oa_id = self.world.switches, kept["oa_id"]
        user_id = self.world.member(oa_id, kept["phone"])["user_id"]
        pair = {"sender": {"id": oa_id}, "recipient": {"id": user_id}}
        if switches.echo:
            message = {"msg_id": kept["msg_id"], "text": kept["text"]}
            name = f"oa_send_{_ECHOES.get(kept['kind'], 'text')}"
            self.webhooks.plan(oa_id, {**pair, "event_name": name, "message": message})
        if switches.receipt_from_user:
            pair = {"sender": pair["recipient"], "recipient": pair["sender"]}
        if switches.receipts:
            got = {"event_name": "user_received_message", "message": {"msg_id": kept["msg_id"]}}
            self.webhooks.plan(oa_id, {**pair, **got})
        if switches.seen:
            saw = {"event_name": "user_seen_message", "message": {"msg_ids": [kept["msg_id"]]}}
            self.webhooks.plan(oa_id, {**pair, **saw})
