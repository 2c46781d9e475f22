"""The imitated Zalo's memory: accounts, tokens, people, templates, what was sent. Nothing of it is real.

Everything is plain JSON in one dictionary, written to one file after each change, so that a restart of the
provider does not cost an account its tokens (refresh tokens are single-use and could never come back).
"""

import contextlib
import hashlib
import json
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.notifications.local_provider.zalo_switches import ZaloSwitches

FIRST_OA = {
    "oa_id": "2000000000000000002",
    "app_id": "1000000000000000001",
    "app_secret": "app-secret-demo-01",
    "oa_secret": "oa-secret-key-demo-01",
    "name": "Công an phường (mô phỏng)",
}
TEMPLATES: dict[str, dict[str, Any]] = {
    "345678": {
        "name": "Nhắc lịch hẹn",
        "status": "ENABLE",
        "tag": "TRANSACTION",
        "by_uid": True,
        "text": "Mã hồ sơ <ma_ho_so>, hẹn ngày <ngay_hen>.",
        "params": [
            {"name": "ma_ho_so", "require": True, "type": "STRING", "maxLength": 30, "minLength": 0},
            {"name": "ngay_hen", "require": True, "type": "STRING", "maxLength": 20, "minLength": 0},
        ],
    },
    "345679": {
        "name": "Mã xác nhận",
        "status": "ENABLE",
        "tag": "OTP",
        "by_uid": False,
        "text": "Mã xác nhận: <otp>",
        "params": [{"name": "otp", "require": True, "type": "STRING", "maxLength": 10, "minLength": 0}],
    },
    "345680": {
        "name": "Mẫu chờ duyệt",
        "status": "PENDING_REVIEW",
        "tag": "TRANSACTION",
        "by_uid": True,
        "text": "-",
        "params": [],
    },
    "345681": {
        "name": "Mẫu bị khóa vì chất lượng",
        "status": "DISABLE",
        "tag": "TRANSACTION",
        "by_uid": True,
        "text": "-",
        "params": [],
    },
}
_EMPTY: dict[str, Any] = {
    "accounts": {}, "codes": {}, "access": {}, "refresh": {}, "members": {}, "uploads": {},
    "articles": {}, "tracking": {}, "sent": [], "count": 0, "refreshed": 0, "spent_again": 0,
}  # fmt: skip
KEPT_MESSAGES, KEPT_CALLS = 2000, 500


class World:
    """Thread-safe by `changing()`. `data` is a folder; None keeps everything in memory only."""

    def __init__(self, data: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.switches = ZaloSwitches()
        self.transcript: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)
        self._path = data / "zalo.json" if data else None
        self.state: dict[str, Any] = json.loads(json.dumps(_EMPTY)) | self._read()
        if not self.state["accounts"]:
            self.add_account(FIRST_OA)

    def _read(self) -> dict[str, Any]:
        if self._path is None or not self._path.exists():
            return {}
        with contextlib.suppress(ValueError):
            return dict(json.loads(self._path.read_text(encoding="utf-8")))
        return {}

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """The state, alone; written to disk at the end."""
        with self.lock:
            yield self.state
            if self._path is not None:
                fresh = self._path.with_suffix(".new")
                fresh.write_text(json.dumps(self.state, ensure_ascii=False), encoding="utf-8")
                fresh.replace(self._path)

    def add_account(self, given: dict[str, Any]) -> dict[str, Any]:
        """An OA with the app that speaks for it, as the developer console would hold them."""
        account = {"redirect_uri": "", "webhook_url": "", "webhook_on": True, "used": 0, **given}
        with self.changing() as state:
            state["accounts"][account["oa_id"]] = account
        return account

    def begin_demo(self, *, access: str, refresh: str, webhook_url: str) -> None:
        """What somebody would have done at Zalo before: consent given once, the webhook typed in.

        Only in a fresh world; later the portal has refreshed the pair, or somebody entered another address.
        """
        with self.changing() as state:
            account = state["accounts"][FIRST_OA["oa_id"]]
            account["webhook_url"] = account["webhook_url"] or webhook_url
            if not state["access"] and not state["refresh"]:
                until = self.switches.now() + self.switches.access_seconds
                state["access"][access] = {"oa_id": account["oa_id"], "until": until}
                state["refresh"][refresh] = {"oa_id": account["oa_id"], "spent": False}

    def next_number(self) -> int:
        self.state["count"] += 1
        return int(self.state["count"])

    def accounts_of(self, app_id: str) -> list[dict[str, Any]]:
        return [one for one in self.state["accounts"].values() if one["app_id"] == app_id]

    # ---- people

    def member(self, oa_id: str, phone: str) -> dict[str, Any]:
        """Somebody's relation to an OA; made when first asked for. Ids are beyond 2^53, as Zalo's are."""
        user_id = self._id("3", f"{oa_id}:{phone}")
        with self.lock:
            return dict_in(self.state["members"], user_id, {
                "user_id": user_id,
                "oa_id": oa_id,
                "phone": phone,
                "by_app": self._id("4", f"{self.state['accounts'][oa_id]['app_id']}:{phone}"),
                "followed": False,
                "last_interaction": 0.0,
                "tags": [],
                "asked_for_info": False,
            })  # fmt: skip

    @staticmethod
    def _id(first: str, text: str) -> str:
        return first + str(int(hashlib.sha256(text.encode()).hexdigest()[:15], 16) % 10**18).zfill(18)

    def members_of(self, oa_id: str) -> list[dict[str, Any]]:
        return [one for one in self.state["members"].values() if one["oa_id"] == oa_id]

    def phone_of_hash(self, digest: str) -> str | None:
        """Hashes of phones this provider has met; a hash of any other number leads nowhere."""
        phones = {one["phone"] for one in self.state["members"].values()}
        return next((one for one in phones if hash_of(one) == digest), None)

    # ---- what was sent

    def keep_message(self, message: dict[str, Any]) -> str:
        """Returns its id."""
        message["msg_id"] = f"{int(self.switches.now() * 1000):x}{self.next_number():06x}"
        self.state["sent"] = [*self.state["sent"][-KEPT_MESSAGES:], message]
        return str(message["msg_id"])

    def messages(self, phone: str, oa_id: str | None = None) -> list[dict[str, Any]]:
        """Both directions, newest first."""
        with self.lock:
            return [
                one
                for one in reversed(self.state["sent"])
                if one["phone"] == phone and oa_id in (None, one["oa_id"])
            ]

    def note_call(self, method: str, path: str, error: Any) -> None:
        """The transcript: which call was answered how; no bodies, no tokens."""
        self.transcript.append({"at": self.switches.now(), "method": method, "path": path, "error": error})

    def stats(self) -> dict[str, Any]:
        with self.lock:
            names = ("refreshed", "spent_again")
            counts = {name: self.state[name] for name in names}
            return {**counts, "messages": len(self.state["sent"]), "followers": self._followers()}

    def _followers(self) -> int:
        return sum(one["followed"] for one in self.state["members"].values())

    def forget(self) -> None:
        """Empty everything but the accounts as they were at first."""
        with self.changing() as state:
            state.clear()
            state.update(json.loads(json.dumps(_EMPTY)))
        self.transcript.clear()
        self.add_account(FIRST_OA)


def dict_in(table: dict[str, Any], key: str, default: dict[str, Any]) -> dict[str, Any]:
    """The row of `key`, put there first when missing."""
    found: dict[str, Any] = table.setdefault(key, default)
    return found


def hash_of(phone: str) -> str:
    """SHA-256 of the `84…` form of a phone that reads `075…`."""
    return hashlib.sha256(f"84{phone[1:]}".encode()).hexdigest()
