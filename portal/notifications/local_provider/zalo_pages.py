"""What a person sees of the imitated Zalo: the chat of an imaginary phone, and the developer console."""

import html
from typing import Any

from portal.notifications.local_provider.pages import FOOT, head, show, time_of

_ACTS = (
    ("follow", "Quan tâm"),
    ("unfollow", "Bỏ quan tâm"),
    ("image", "Gửi ảnh"),
    ("location", "Gửi vị trí"),
    ("file", "Gửi tệp"),
    ("submit_info", "Chia sẻ thông tin"),
    ("click", "Bấm nhắn tin"),
)
_KINDS = {
    "image": "Ảnh",
    "gif": "Ảnh động",
    "sticker": "Nhãn dán",
    "file": "Tệp",
    "location": "Vị trí",
    "location_old": "Vị trí",
    "audio": "Tiếng nói",
    "video": "Phim",
    "article": "Bài viết",
    "request_user_info": "Xin thông tin",
    "template": "Mẫu ZBS",
    "zbs": "Mẫu ZBS",
}


def bubble(message: dict[str, Any], accounts: dict[str, Any]) -> str:
    """One Zalo message, from either side."""
    account = accounts.get(message["oa_id"], {"name": message["oa_id"]})
    mine = message["from"] == "user"
    who = "Tôi" if mine else account["name"]
    kind = _KINDS.get(message["kind"], "")
    words = " · ".join(part for part in (kind, message["text"]) if part)
    buttons = "".join(f"<li>{html.escape(str(one['title']))}</li>" for one in message.get("buttons", []))
    keys = f'<ul class="keys">{buttons}</ul>' if buttons else ""
    return (
        f'<li class="{"mine" if mine else "zalo"}"><small>Zalo · {html.escape(who)} · '
        f"{time_of(message['at'])}</small><p>{html.escape(words)}</p>{keys}</li>"
    )


def chat_page(phone: str, account: dict[str, Any], member: dict[str, Any], rows: list[str]) -> str:
    """Talk to one OA as the holder of this phone. No refresh here: it would lose what is being typed."""
    action = f"/phones/{phone}/zalo/{account['oa_id']}"
    acts = "".join(f'<button name="act" value="{act}">{label}</button>' for act, label in _ACTS)
    state = "Đang quan tâm" if member["followed"] else "Chưa quan tâm"
    form = (
        f'<form method="post" action="{action}"><label for="text">Nhắn cho {html.escape(account["name"])}'
        f"</label><input id='text' name='text' maxlength='2000' autocomplete='off'>"
        f'<button name="act" value="text">Gửi</button></form>'
        f'<form method="post" action="{action}" class="acts">{acts}</form>'
    )
    listing = f'<ol class="bubbles" reversed>{"".join(rows)}</ol>' if rows else "<p>Chưa có tin nào.</p>"
    back = f'<p><a href="/phones/{phone}">Mọi tin của số này</a> · <a href="{action}">Tải lại</a></p>'
    title = head(f"Zalo của {show(phone)}", refresh=False)
    return f"{title}{back}<p class='counts'>{state}</p>{form}{listing}{FOOT}"


def console_page(accounts: list[dict[str, Any]], transcript: list[dict[str, Any]]) -> str:
    """The developer console: what an officer copies into the portal, and what he tells Zalo."""
    cards = "".join(_account_card(one) for one in accounts)
    calls = "".join(
        f"<li><small>{time_of(one['at'])}</small> {html.escape(one['method'])} {html.escape(one['path'])}"
        f" → {html.escape(str(one['error']))}</li>"
        for one in reversed(transcript[-50:])
    )
    heard = f"<h2>50 lệnh gọi gần nhất</h2><ol class='calls'>{calls}</ol>" if calls else ""
    more = '<form method="post" action="/zalo/them"><button>Thêm một OA mô phỏng</button></form>'
    return head("Bảng điều khiển Zalo mô phỏng", refresh=False) + cards + more + heard + FOOT


def _account_card(account: dict[str, Any]) -> str:
    number = account["oa_id"]
    rows = "".join(
        f"<dt>{label}</dt><dd><code>{html.escape(account[name])}</code></dd>"
        for name, label in (
            ("oa_id", "OA ID"),
            ("app_id", "Mã ứng dụng (App ID)"),
            ("app_secret", "Khóa bí mật của ứng dụng"),
            ("oa_secret", "OA Secret Key (trang Webhook)"),
        )
    )
    fields = "".join(
        f'<label for="{name}-{number}">{label}</label>'
        f'<input id="{name}-{number}" name="{name}" value="{html.escape(account[name])}">'
        for name, label in (("webhook_url", "Địa chỉ Webhook"), ("redirect_uri", "Official Account Callback"))
    )
    off = "" if account["webhook_on"] else "<p><b>Webhook đã bị tắt vì không trả lời. Lưu lại để bật.</b></p>"
    return (
        f"<section class='card'><h2>{html.escape(account['name'])}</h2><dl>{rows}</dl>{off}"
        f'<form method="post" action="/zalo/{number}">{fields}<button>Lưu</button></form></section>'
    )
