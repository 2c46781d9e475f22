"""Events on their way to the portal: signed, repeated when nobody answers 200, given up in the end.

Header `X-ZEvent-Signature: mac=…` and its formula [2]; `X-ZEvent-Server: ZNS` [2]; `num_retry` and the ladder
of 30 s, 5 min, 15 min, 30 min, 1 h, then the webhook is off [2], here compressed by `webhook_ladder_ms`.
"""

import hashlib
import hmac
import http.client
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from portal.notifications.local_provider.zalo_wire import mac_of
from portal.notifications.local_provider.zalo_world import World

LADDER = (1, 10, 30, 60, 120)  # times the 30 s that `webhook_ladder_ms` stands for
PATIENCE = 2  # seconds within which an answer must come [2]
THREADS = 2
_HEADER = "X-ZEvent-Signature"
Item = tuple[float, str, bytes, dict[str, str], int]


class Webhooks:
    """A list of what is due, and a few threads that work it off."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.posted = self.refused = 0
        self._due: list[Item] = []
        self._changed = threading.Condition()
        # No proxy: the portal is on this machine or in the same network.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _number in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()

    def plan(self, oa_id: str, event: dict[str, Any], *, by_phone: bool = False) -> None:
        """Sign an event and post it soon, as often as `webhook_copies` says."""
        switches, account = self.world.switches, self.world.state["accounts"][oa_id]
        if not account["webhook_url"] or not account["webhook_on"]:
            return
        moment = int(switches.now() * 1000)
        stamp: Any = moment if switches.webhook_number_timestamps else str(moment)
        full = {"app_id": account["app_id"], **event, "timestamp": stamp}
        body = json.dumps(full, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed(account, full, body, switches.webhook_fault)
        headers |= {"X-ZEvent-Server": "ZNS"} if by_phone else {}
        for _copy in range(switches.webhook_copies):
            self._push(oa_id, body, headers, 0, switches.webhook_delay_ms / 1000)

    def _push(self, oa_id: str, body: bytes, headers: dict[str, str], tries: int, delay: float) -> None:
        item = (time.monotonic() + delay, oa_id, body, headers, tries)
        with self._changed:
            # Backwards: what came last is posted first, as nobody promises an order.
            self._due.insert(0 if self.world.switches.webhook_backwards else len(self._due), item)
            self._changed.notify()

    def _next(self) -> Item:
        with self._changed:
            while True:
                now = time.monotonic()
                ready = next((item for item in self._due if item[0] <= now), None)
                if ready is not None:
                    self._due.remove(ready)
                    return ready
                self._changed.wait(min((item[0] for item in self._due), default=now + 60) - now)

    def _work(self) -> None:
        while True:
            _at, oa_id, body, headers, tries = self._next()
            account = self.world.state["accounts"].get(oa_id)
            if account is None or not account["webhook_on"]:
                continue
            if self._post(account["webhook_url"], body, headers, tries):
                self.posted += 1
                continue
            self.refused += 1
            if tries < len(LADDER):
                seconds = LADDER[tries] * self.world.switches.webhook_ladder_ms / 1000
                self._push(oa_id, body, headers, tries + 1, seconds)
            else:
                with self.world.changing():
                    account["webhook_on"] = False

    def _post(self, url: str, body: bytes, headers: dict[str, str], tries: int) -> bool:
        repeated = {"num_retry": str(tries)} if tries else {}
        try:
            # Only the addresses of the console come here, and the page there takes http and https alone.
            request = urllib.request.Request(  # noqa: S310
                url, data=body, headers={"Content-Type": "application/json", **headers, **repeated}
            )
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException, ValueError):
            return False


def signed(account: dict[str, Any], event: dict[str, Any], body: bytes, fault: str) -> dict[str, str]:
    """The signature header, right or wrong in the way `fault` names."""
    if fault == "missing":
        return {}
    app_id, stamp, key = account["app_id"], str(event["timestamp"]), account["oa_secret"]
    right = mac_of(app_id, body, stamp, key)
    faults: dict[str, Callable[[], str]] = {
        "hmac": lambda: "mac=" + _hmac(app_id, body, stamp, key),
        "reserialised": lambda: "mac=" + mac_of(app_id, json.dumps(json.loads(body)).encode(), stamp, key),
        "wrong_key": lambda: "mac=" + mac_of(app_id, body, stamp, account["app_secret"]),
        "oa_id": lambda: "mac=" + mac_of(account["oa_id"], body, stamp, key),
        "spaces": lambda: f"mac = {right}",
        "capitals": lambda: f"MAC={right.upper()}",
        "bare": lambda: right,
    }
    return {_HEADER: faults[fault]() if fault in faults else f"mac={right}"}


def _hmac(app_id: str, body: bytes, stamp: str, key: str) -> str:
    return hmac.new(key.encode(), app_id.encode() + body + stamp.encode(), hashlib.sha256).hexdigest()
