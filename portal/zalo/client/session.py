"""What every call to an OA's endpoints carries."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from portal.common.phones import is_test_phone
from portal.zalo.client.transport import ask
from portal.zalo.errors import OA, WAY, ZBS, ZaloError
from portal.zalo.wire import appsecret_proof


@dataclass(frozen=True)
class Session:
    """An access token and the secret it is proved with; `generation` says which pair this is."""

    access_token: str
    app_secret: str
    generation: int

    def __repr__(self) -> str:
        return f"<Session {self.generation}>"

    @property
    def headers(self) -> dict[str, str]:
        """A bare header: `Authorization: Bearer` is treated as nobody. [2]"""
        proof = appsecret_proof(self.access_token, self.app_secret)
        return {"access_token": self.access_token, "appsecret_proof": proof}


def post_oa(session: Session, path: str, body: dict[str, Any], **request: Any) -> Any:
    """`data` of the answer of openapi.zalo.me. ZaloError."""
    return _data(ask(OA, "POST", settings.ZALO_OA_URL, path, json=body, headers=session.headers, **request))


def get_oa(session: Session, path: str, asked: dict[str, Any] | None = None) -> Any:
    """GETs carry one parameter `data` with JSON. [2] ZaloError."""
    query = {"data": json.dumps(asked, separators=(",", ":"))} if asked is not None else {}
    return _data(ask(OA, "GET", settings.ZALO_OA_URL, path, params=query, headers=session.headers))


def post_zbs(session: Session, path: str, body: dict[str, Any]) -> Any:
    """`data` of the answer of business.openapi.zalo.me. ZaloError."""
    return _data(ask(ZBS, "POST", settings.ZALO_ZBS_URL, path, json=body, headers=session.headers))


def get_zbs(session: Session, path: str, query: dict[str, str]) -> Any:
    """ZaloError."""
    return _data(ask(ZBS, "GET", settings.ZALO_ZBS_URL, path, params=query, headers=session.headers))


def _data(content: dict[str, Any]) -> Any:
    data = content.get("data")
    return {} if data is None else data


def check_gate(phone: str) -> None:
    """Imaginary phones (075…) and the real Zalo never meet, nor real phones and the imitated one."""
    is_local = bool(settings.ZALO_ZBS_URL) and settings.ZALO_ZBS_URL == settings.LOCAL_PROVIDER_URL
    if is_test_phone(phone) and not is_local:
        raise ZaloError(WAY, "test_phone_real_zalo")
    if is_local and not is_test_phone(phone):
        raise ZaloError(WAY, "real_phone_local_zalo")
