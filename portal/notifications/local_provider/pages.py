"""What a person sees: the imaginary phones and their messages. No script, nothing from other hosts."""

import datetime as dt
import html
from typing import Any

from portal.notifications.local_provider.esms import parts_of

HEAD = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}<title>{title}</title><link rel="stylesheet" href="/_style.css"></head>
<body><header><p class="where">Máy mô phỏng · không có tin nào ra khỏi máy tính này</p>
<h1>{title}</h1></header><main>
"""
FOOT = "</main></body></html>\n"
_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def head(title: str, *, refresh: bool = True) -> str:
    """The top of a page; a page that only shows reads itself again every five seconds."""
    again = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return HEAD.format(title=title, refresh=again)


def show(phone: str) -> str:
    """`0750 123 456`."""
    return f"{phone[:4]} {phone[4:7]} {phone[7:]}"


def time_of(at: float) -> str:
    return f"{dt.datetime.fromtimestamp(at, tz=_VIETNAM):%H:%M:%S %d/%m/%Y}"


def phones_page(rows: list[dict[str, Any]], stats: dict[str, int], part: str) -> str:
    """All phones, the one with the latest message first."""
    search = (
        '<form method="get" action="/" role="search"><label for="so">Tìm số điện thoại</label>'
        f'<input id="so" name="so" inputmode="numeric" value="{html.escape(part)}">'
        "<button>Tìm</button></form>"
    )
    counts = f"<p class='counts'>{stats['count']} tin nhắn tới {stats['phones']} số điện thoại.</p>"
    items = "".join(
        f'<li><a href="/phones/{row["phone"]}"><b>{show(row["phone"])}</b>'
        f"<span>{html.escape(row['last'])}</span>"
        f"<small>{row['count']} tin · {time_of(row['at'])}</small></a></li>"
        for row in rows
    )
    listing = f'<ul class="phones">{items}</ul>' if rows else "<p>Chưa có tin nhắn nào.</p>"
    counts += '<p><a href="/zalo">Bảng điều khiển Zalo mô phỏng</a></p>'
    return head("Điện thoại mô phỏng") + search + counts + listing + FOOT


def sms_bubble(one: dict[str, Any]) -> str:
    """One SMS."""
    return (
        f"<li><small>{html.escape(one['brand'])} · {time_of(one['at'])} · "
        f"{parts_of(one['text'])} phần tin</small>"
        f"<p>{html.escape(one['text'])}</p></li>"
    )


def phone_page(phone: str, bubbles: list[str], accounts: list[dict[str, Any]]) -> str:
    """One phone: bubbles of SMS and Zalo, newest first, and the way into each chat."""
    listing = (
        f'<ol class="bubbles" reversed>{"".join(bubbles)}</ol>'
        if bubbles
        else "<p>Số này chưa nhận tin nào.</p>"
    )
    chats = " · ".join(
        f'<a href="/phones/{phone}/zalo/{one["oa_id"]}">Nhắn Zalo cho {html.escape(one["name"])}</a>'
        for one in accounts
    )
    back = f'<p><a href="/">Tất cả điện thoại</a></p><p>{chats}</p>'
    return head(f"Điện thoại {show(phone)}") + back + listing + FOOT
