"""Requests and answers as the imitated Zalo sees them, and the formulas both sides must agree on."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Call:
    """One HTTP request; header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    def json(self) -> dict[str, Any]:
        try:
            content = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def data(self) -> dict[str, Any]:
        """GETs of the OA API carry one query parameter `data` with JSON. [2]"""
        try:
            content = json.loads(self.query.get("data", "{}"))
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}


@dataclass(frozen=True)
class Reply:
    """An answer; `reset` closes the line instead."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False


def answer(content: Any, **headers: str) -> Reply:
    return Reply(json.dumps(content, ensure_ascii=False).encode(), headers=headers)


def success(data: Any) -> Reply:
    return answer({"error": 0, "message": "Success", "data": data})


class Refusal(Exception):
    """A business error: HTTP 200 with a code. [2]"""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message or f"error {code}")
        self.code = code


def redirect(address: str) -> Reply:
    return Reply(status=302, kind="text/plain", headers={"Location": address})


def challenge_of(verifier: str) -> str:
    """PKCE S256 without padding. [2]"""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def proof_of(access_token: str, app_secret: str) -> str:
    """`appsecret_proof`: HMAC-SHA256 in hex. [2]"""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def mac_of(app_id: str, body: bytes, timestamp: str, key: str) -> str:
    """The webhook's MAC: plain SHA-256 of a concatenation, keyed by the OA secret key. [2]"""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + key.encode()).hexdigest()
