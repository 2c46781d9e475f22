"""What a person sees: the imaginary phones and their messages. No script, nothing from other hosts."""

import datetime as dt
import html
from typing import Any

from portal.notifications.local_provider.esms import parts_of

_HEAD = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5"><title>{title}</title><link rel="stylesheet" href="/_style.css"></head>
<body><header><p class="where">Máy mô phỏng · không có tin nào ra khỏi máy tính này</p>
<h1>{title}</h1></header><main>
"""
_FOOT = "</main></body></html>\n"
_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def show(phone: str) -> str:
    """`0750 123 456`."""
    return f"{phone[:4]} {phone[4:7]} {phone[7:]}"


def _time(at: float) -> str:
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
        f"<small>{row['count']} tin · {_time(row['at'])}</small></a></li>"
        for row in rows
    )
    listing = f'<ul class="phones">{items}</ul>' if rows else "<p>Chưa có tin nhắn nào.</p>"
    return _HEAD.format(title="Điện thoại mô phỏng") + search + counts + listing + _FOOT


def phone_page(phone: str, messages: list[dict[str, Any]]) -> str:
    """One phone: bubbles, newest first."""
    bubbles = "".join(
        f"<li><small>{html.escape(one['brand'])} · {_time(one['at'])} · "
        f"{parts_of(one['text'])} phần tin</small>"
        f"<p>{html.escape(one['text'])}</p></li>"
        for one in messages
    )
    listing = (
        f'<ol class="bubbles" reversed>{bubbles}</ol>' if messages else "<p>Số này chưa nhận tin nào.</p>"
    )
    back = '<p><a href="/">Tất cả điện thoại</a></p>'
    return _HEAD.format(title=f"Điện thoại {show(phone)}") + back + listing + _FOOT
