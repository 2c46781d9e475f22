"""What an OA asks about itself and its people: uploads, users, tags, history, quota, articles.

Upload paths, field `file`, seven days [2]; limits of pictures [2], of GIFs and documents [1]. user/detail and
user/getlist v3 [1]. Tags, conversation, getoa [2]. Articles are made asynchronously [1].
"""

import datetime as dt
import secrets
from email import message_from_bytes, policy
from typing import Any

from portal.notifications.local_provider.zalo_messages import member_of
from portal.notifications.local_provider.zalo_wire import Call, Refusal, Reply, success
from portal.notifications.local_provider.zalo_world import World

MEGABYTE = 1024 * 1024
WEEK = 7 * 24 * 3600
_LIMITS = {"image": MEGABYTE, "gif": 5 * MEGABYTE, "file": 5 * MEGABYTE}
_STARTS = {"image": (b"\xff\xd8", b"\x89PNG"), "gif": (b"GIF8",)}
_ENDINGS = (".pdf", ".doc", ".docx", ".csv")
LAST_OFFSET, PAGE, CONVERSATION = 9951, 50, 10
_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def upload(world: World, account: dict[str, Any], call: Call) -> Reply:
    """POST /v2.0/oa/upload/{image,gif,file}"""
    kind = call.path.rsplit("/", 1)[-1]
    name, content = _file_field(call)
    if not content or len(content) > _LIMITS[kind]:
        raise Refusal(-210, "file size")
    wrong_start = kind in _STARTS and not content.startswith(_STARTS[kind])
    if wrong_start or (kind == "file" and not name.lower().endswith(_ENDINGS)):
        raise Refusal(-201, "file type")
    upload_id = secrets.token_urlsafe(24)
    row = {"oa_id": account["oa_id"], "kind": kind, "name": name, "until": world.switches.now() + WEEK}
    world.state["uploads"][upload_id] = row
    return success({"token" if kind == "file" else "attachment_id": upload_id})


def _file_field(call: Call) -> tuple[str, bytes]:
    head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    parts = message_from_bytes(head + call.body, policy=policy.HTTP)
    if not parts.is_multipart():
        raise Refusal(-201, "multipart is expected")
    for part in parts.iter_parts():  # type: ignore[attr-defined]
        if part.get_param("name", header="content-disposition") == "file":
            return str(part.get_filename() or ""), part.get_payload(decode=True)
    raise Refusal(-201, "field file")


def user_detail(world: World, account: dict[str, Any], call: Call) -> Reply:
    if world.switches.personal_data_limited:
        raise Refusal(
            -501, "Personal information is limited due to IP address not inside Vietnam: 203.0.113.7"
        )
    member = member_of(world, account, call.data().get("user_id"))
    last = dt.datetime.fromtimestamp(member["last_interaction"], tz=_VIETNAM)
    return success(
        {
            "user_id": member["user_id"],
            "user_id_by_app": member["by_app"],
            "display_name": f"Người Dùng {member['phone'][-3:]}",
            "user_alias": "",
            "is_sensitive": False,
            "user_is_follower": member["followed"],
            "user_last_interaction_date": f"{last:%d/%m/%Y}" if member["last_interaction"] else "",
            "tags_and_notes_info": {"notes": [], "tag_names": member["tags"]},
            "shared_info": {},
        }
    )


def user_list(world: World, account: dict[str, Any], call: Call) -> Reply:
    asked = call.data()
    offset, count = int(asked.get("offset", 0)), int(asked.get("count", PAGE))
    if not 0 <= offset <= LAST_OFFSET or not 1 <= count <= PAGE:
        raise Refusal(-210)
    rows = [
        {"user_id": one["user_id"]}
        for one in sorted(world.members_of(account["oa_id"]), key=lambda one: one["user_id"])
        if one["followed"] and asked.get("tag_name") in (None, *one["tags"])
    ]
    page = rows[offset : offset + count]
    return success({"total": len(rows), "count": len(page), "offset": offset, "users": page})


def tag(world: World, account: dict[str, Any], call: Call) -> Reply:
    """tagfollower, rmfollowerfromtag, rmtag"""
    body, verb = call.json(), call.path.rsplit("/", 1)[-1]
    name = str(body.get("tag_name", ""))
    if not name:
        raise Refusal(-201, "tag_name")
    if verb == "rmtag":
        members = world.members_of(account["oa_id"])
    else:
        members = [member_of(world, account, body.get("user_id"))]
    for member in members:
        member["tags"] = [one for one in member["tags"] if one != name]
        member["tags"] += [name] if verb == "tagfollower" else []
    return success({})


def tags(world: World, account: dict[str, Any], _call: Call) -> Reply:
    """A flat list of names. [2]"""
    return success(sorted({name for one in world.members_of(account["oa_id"]) for name in one["tags"]}))


def conversation(world: World, account: dict[str, Any], call: Call) -> Reply:
    asked = call.data()
    member = member_of(world, account, asked.get("user_id"))
    offset, count = int(asked.get("offset", 0)), int(asked.get("count", CONVERSATION))
    if count > CONVERSATION:
        raise Refusal(-210)
    rows = world.messages(member["phone"], account["oa_id"])[offset : offset + count]
    return success([_told(one, member) for one in rows])


def _told(message: dict[str, Any], member: dict[str, Any]) -> dict[str, Any]:
    return {
        "src": 1 if message["from"] == "user" else 0,
        "time": int(message["at"] * 1000),
        "type": message["kind"],
        "message": message["text"],
        "message_id": message["msg_id"],
        "from_id": member["user_id"] if message["from"] == "user" else member["oa_id"],
    }


def official_account(world: World, account: dict[str, Any], _call: Call) -> Reply:
    followers = sum(one["followed"] for one in world.members_of(account["oa_id"]))
    return success(
        {
            "oa_id": account["oa_id"],
            "oaid": account["oa_id"],
            "name": account["name"],
            "is_verified": True,
            "oa_type": 4,
            "num_follower": followers,
            "package_name": "Nâng cao",
            "linked_ZCA": "ZCA mô phỏng",
        }
    )


def message_quota(world: World, account: dict[str, Any], call: Call) -> Reply:
    """POST /v3.0/oa/quota/message"""
    member = member_of(world, account, call.json().get("user_id"))
    last = str(int(member["last_interaction"] * 1000)) if member["last_interaction"] else ""
    return success(
        {
            "last_interaction": last,
            "cs_reply": {"remain": "8", "total": "8"},
            "promotion": {
                "daily_remain": "1",
                "daily_total": "1",
                "monthly_remain": "4",
                "monthly_total": "4",
            },
        }
    )


def create_article(world: World, account: dict[str, Any], call: Call) -> Reply:
    body = call.json()
    title = str(body.get("title", ""))
    author, description = str(body.get("author", "")), str(body.get("description", ""))
    if not title or len(title) > 150 or len(author) > 50 or len(description) > 300:
        raise Refusal(-201)
    number = f"article-{world.next_number()}"
    ready = world.switches.now() + 1
    row = {"oa_id": account["oa_id"], "title": title, "status": body.get("status", "hide"), "ready": ready}
    world.state["articles"][number] = row
    return success({"token": number})


def verify_article(world: World, _account: dict[str, Any], call: Call) -> Reply:
    """Polled until the article is there: -214 means it is still being made."""
    number = str(call.json().get("token", ""))
    article = world.state["articles"].get(number)
    if article is None:
        raise Refusal(-201, "token")
    if article["ready"] > world.switches.now():
        raise Refusal(-214)
    return success({"id": number})
