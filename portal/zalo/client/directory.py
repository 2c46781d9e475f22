"""What an OA asks about itself and its people, and what it publishes.

Uploads [2]; user/detail and user/getlist v3 [1]; tags, getoa [2]; articles and broadcast [1/2].
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from portal.zalo.client.session import Session, get_oa, get_zbs, post_oa
from portal.zalo.client.transport import UPLOAD_TIMEOUT, ask
from portal.zalo.enums import UploadKind
from portal.zalo.errors import OA, WAY, ZaloError

PAGE, LAST_OFFSET, TEMPLATE_PAGE = 50, 9951, 100


@dataclass(frozen=True)
class AccountFacts:
    """What getoa tells."""

    oa_id: str
    name: str
    followers: int | None
    is_verified: bool


@dataclass(frozen=True)
class Quota:
    daily: int | None
    remaining: int | None


def account_facts(session: Session) -> AccountFacts:
    """The health check. ZaloError."""
    data = get_oa(session, "/v2.0/oa/getoa")
    oa_id = str(data.get("oaid") or data.get("oa_id") or "")
    verified = data.get("is_verified") in (True, "true", 1)
    return AccountFacts(oa_id, str(data.get("name", "")), _number(data.get("num_follower")), verified)


def phone_quota(session: Session) -> Quota:
    """Templates by phone left today; read, never assumed, as it moves with quality. ZaloError."""
    data = get_zbs(session, "/message/quota", {})
    return Quota(_number(data.get("dailyQuota")), _number(data.get("remainingQuota")))


def message_status(session: Session, message_id: str) -> int:
    """-1 unknown, 0 at Zalo, 1 on the phone. [2] ZaloError."""
    return int(get_zbs(session, "/message/status", {"message_id": message_id}).get("status", -1))


def template_facts(session: Session, template_id: str) -> dict[str, Any]:
    """Name, status and parameters of a template as Zalo has it. ZaloError."""
    return dict(get_zbs(session, "/template/info/v2", {"template_id": template_id}))


def template_list(session: Session, *, offset: int = 0, limit: int = TEMPLATE_PAGE) -> list[dict[str, Any]]:
    """ZaloError."""
    return list(get_zbs(session, "/template/all", {"offset": str(offset), "limit": str(limit)}))


def user_detail(session: Session, user_id: str) -> dict[str, Any]:
    """Name, tags and what somebody shared; needs an address in Vietnam (-501). [2] ZaloError."""
    return dict(get_oa(session, "/v3.0/oa/user/detail", {"user_id": user_id}))


def follower_ids(session: Session, *, offset: int = 0, tag: str = "") -> tuple[list[str], int]:
    """One page of at most 50 and how many there are; nobody beyond the 10,000th can be listed. [1]
    ZaloError.
    """
    asked: dict[str, Any] = {"offset": min(offset, LAST_OFFSET), "count": PAGE, "is_follower": "true"}
    data = get_oa(session, "/v3.0/oa/user/getlist", asked | ({"tag_name": tag} if tag else {}))
    return [str(one["user_id"]) for one in data.get("users", [])], _number(data.get("total")) or 0


def add_tag(session: Session, *, user_id: str, tag: str) -> None:
    """ZaloError."""
    post_oa(session, "/v2.0/oa/tag/tagfollower", {"user_id": user_id, "tag_name": tag})


def remove_tag(session: Session, *, user_id: str, tag: str) -> None:
    """ZaloError."""
    post_oa(session, "/v2.0/oa/tag/rmfollowerfromtag", {"user_id": user_id, "tag_name": tag})


def tag_names(session: Session) -> list[str]:
    """A flat list. [2] ZaloError."""
    return [str(name) for name in get_oa(session, "/v2.0/oa/tag/gettagsofoa")]


def upload(session: Session, *, kind: str, name: str, content: bytes) -> str:
    """The id of the upload, good for seven days. [2] ZaloError."""
    path = f"/v2.0/oa/upload/{UploadKind(kind).value}"
    files = {"file": (name, content)}
    answer = ask(
        OA, "POST", settings.ZALO_OA_URL, path, files=files, headers=session.headers, timeout=UPLOAD_TIMEOUT
    )
    data = answer.get("data") or {}
    upload_id = data.get("token") if kind == UploadKind.FILE else data.get("attachment_id")
    if not upload_id:
        raise ZaloError(WAY, "answer_unreadable")
    return str(upload_id)


def create_article(session: Session, article: dict[str, Any]) -> str:
    """A token to ask with until the article is there. [1] ZaloError."""
    return str(post_oa(session, "/v2.0/article/create", article)["token"])


def article_id(session: Session, token: str) -> str:
    """ZaloError oa -214 while Zalo is still at it. [1]"""
    return str(post_oa(session, "/v2.0/article/verify", {"token": token})["id"])


def broadcast_article(session: Session, *, article: str, target: dict[str, Any] | None = None) -> str:
    """One article to followers; free text cannot be broadcast. [2] ZaloError."""
    elements = [{"media_type": "article", "attachment_id": article}]
    payload = {"template_type": "media", "elements": elements}
    message = {"attachment": {"type": "template", "payload": payload}}
    data = post_oa(session, "/v2.0/oa/message", {"recipient": {"target": target or {}}, "message": message})
    return str(data.get("message_id", ""))


def _number(value: Any) -> int | None:
    """Numbers often come as strings. [2]"""
    text = str(value)
    return int(text) if text.isdecimal() else None
