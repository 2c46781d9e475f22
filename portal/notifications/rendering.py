"""From a row and its template to the words that leave the house."""

import datetime as dt
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portal.notifications.channels.errors import ChannelError, rule_of
from portal.notifications.enums import CallOutcome, CallState, Channel, ErrorKind, State
from portal.notifications.models import CallTask, MessageTemplate, OutboxMessage
from portal.notifications.notices import Notice, UnknownNotice, find_notice
from portal.notifications.validators import fill

logger = logging.getLogger(__name__)
_WORDS = re.compile(r"\S+\s*|\s+")
# For the citizen's own page; the officers' words stand in enums.py.
_SENT = {
    State.QUEUED: _("đang chờ gửi"),
    State.CLAIMED: _("đang gửi"),
    State.ACCEPTED: _("đã gửi"),
    State.DELIVERED: _("đã tới máy"),
    State.SEEN: _("đã xem"),
    State.FAILED: _("không gửi được"),
    State.EXPIRED: _("không gửi kịp"),
    State.CANCELLED: _("không gửi"),
}
_CALLED = {
    CallOutcome.REACHED: _("đã nói chuyện"),
    CallOutcome.NO_ANSWER: _("không có người nghe"),
    CallOutcome.LATER: _("hẹn gọi lại"),
    CallOutcome.WRONG_NUMBER: _("không gặp đúng người"),
}
_TO_CALL = {
    CallState.WAITING: _("cán bộ sẽ gọi"),
    CallState.NO_ANSWER: _("cán bộ sẽ gọi"),
    CallState.CALLING: _("cán bộ đang gọi"),
}
HIDDEN = "••••••"
# What an officer does about a message that ended with an error of this kind.
_NEXT = {
    ErrorKind.SUCCESS: _("Không cần làm gì: tin đã gửi từ trước."),
    ErrorKind.RETRY: _("Chờ nhà cung cấp hoạt động lại rồi bấm Gửi lại."),
    ErrorKind.REFRESH: _("Cấp quyền lại cho Zalo OA rồi bấm Gửi lại."),
    ErrorKind.RESCHEDULE: _("Gửi lại vào giờ khác hoặc ngày khác."),
    ErrorKind.CONFIG: _("Sửa cấu hình hoặc mẫu tin trước, rồi mới gửi lại."),
    ErrorKind.FALLBACK: _("Gửi lại thường không tới; nên gọi điện cho người nhận."),
    ErrorKind.PERMANENT: _("Gửi lại cũng không tới; gọi điện hoặc hỏi lại số điện thoại."),
    ErrorKind.UNKNOWN: _("Gửi lại một lần; vẫn lỗi thì báo quản trị kỹ thuật kèm mã lỗi."),
}
# About the longest each parameter can be, for looking at a text before it is used. One that stands nowhere
# here is shown as forty letters.
LONGEST = {
    "unit": "Công an phường Hoàng Hoa Thám Nam, thành phố Hải Vân Đông",
    "code": "ABCD-EFGH-JKMN",
    "code_tail": "JKMN",
    "until": "11:30 25/11",
    "campaign_name": "Cấp căn cước lưu động tại Nhà văn hóa tổ dân phố số 14, tháng 11 năm 2026",
    "link": "https://dichvu.haivandong.example/phuong-hai-van-dong-son-hai/phieu/ABCDEFGHJKMN/",
    "text": "Từ ngày 01/12 đến 24/12, nhà văn hóa tổ dân phố số 14 làm căn cước lưu động từ 7 giờ 30 các "
    "ngày thứ bảy. Xin mang theo căn cước cũ.",
    "number": "1250",
    "time": "08:30",
    "date": "05/09/2026",
    "place": "Nhà văn hóa tổ dân phố số 14, số 125 đường Nguyễn Thị Minh Khai, phường Hải Vân Đông",
}
_UNNAMED = "X" * 40


def _notice_of(message: OutboxMessage | CallTask) -> Notice:
    try:
        return find_notice(message.notice)
    except UnknownNotice as error:
        raise ChannelError("notice_unknown") from error


def _derive(notice: Notice, context: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {name: derive(context) for name, derive in notice.derived.items()}
    except Exception as error:
        # The room's own fault; its words may hold personal data, so only the kind is written down.
        logger.warning("notice %s: derivation raised %s", notice.key, type(error).__name__)
        raise ChannelError("derivation_failed") from error


def _fill(template: MessageTemplate, values: Mapping[str, Any]) -> str:
    try:
        return fill(template.body, values)
    except KeyError as error:
        raise ChannelError("parameter_missing") from error


def title_of(key: str) -> str:
    """What a notice is called; its key when no room registers it any more."""
    try:
        return find_notice(key).title
    except UnknownNotice:
        return key


def call_script(call: CallTask, template: MessageTemplate | None) -> list[str]:
    """What the officer says, in sections; what is wrong when the words cannot be put together."""
    try:
        if template is None:
            raise ChannelError("template_missing")
        return [part.strip() for part in render(call, template).split("\n\n") if part.strip()]
    except ChannelError as error:
        return [str(rule_of(error.code).text)]


def render(message: OutboxMessage | CallTask, template: MessageTemplate) -> str:
    """The text to send, codes included. Raises ChannelError."""
    notice = _notice_of(message)
    return _fill(template, {**message.context, **_derive(notice, message.context)})


def preview(message: OutboxMessage, template: MessageTemplate) -> str:
    """The text for an officer's eyes: codes hidden."""
    notice = _notice_of(message)
    return _fill(template, {**message.context, **dict.fromkeys(notice.derived, HIDDEN)})


def example(template: MessageTemplate) -> str:
    """The text with each parameter as its name in capitals, for looking at a template."""
    return fill(template.body, {name: name.upper() for name in template.parameters})


def longest(template: MessageTemplate) -> str:
    """The text with about the longest value of each parameter: what it may cost at worst."""
    return fill(template.body, {name: LONGEST.get(name, _UNNAMED) for name in template.parameters})


def strangers_of(template: MessageTemplate) -> list[str]:
    """Parameters of a text that its notice does not give: a message with one of these never leaves."""
    try:
        given = find_notice(template.notice).parameters
    except UnknownNotice:
        return []
    return [name for name in template.parameters if name not in given]


@dataclass(frozen=True)
class Piece:
    """Some words of a text: `kept`, `added` or `removed` since the version before."""

    change: str
    text: str


def changes_of(old: str, new: str) -> list[Piece]:
    """What was removed and added, word by word, in the order of reading."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, False).get_opcodes():
        removed, added = "".join(before[start:end]), "".join(after[new_start:new_end])
        if tag == "equal":
            pieces.append(Piece("kept", removed))
        else:
            pieces += [Piece(kind, text) for kind, text in (("removed", removed), ("added", added)) if text]
    return pieces


def what_next(message: OutboxMessage) -> Any:
    """What an officer does about a message that failed; "" while nothing went wrong."""
    return _NEXT[rule_of(message.last_error).kind] if message.last_error else ""


@dataclass(frozen=True)
class Said:
    """One message or call as its recipient may know it: when, by which way, how it ended, never its words."""

    when: dt.datetime
    kind: Any
    channel: str
    state: Any
    title: str
    about: UUID


def messages_about(about_uids: Iterable[UUID]) -> list[Said]:
    """Every message and call about these things, the newest first, so that citizens can check who called.

    Three queries, however many things.
    """
    uids = list(about_uids)
    messages = OutboxMessage.objects.filter(about__in=uids).defer("context")
    calls = CallTask.objects.filter(about__in=uids).defer("context").prefetch_related("tries")
    found = [_said(message) for message in messages if message.plan[0] != Channel.CALL]
    found += [said for call in calls for said in _calls_made(call)]
    return sorted(found, key=lambda said: said.when, reverse=True)


def _said(message: OutboxMessage) -> Said:
    """The message up to the call that took over from it; the call is told by itself."""
    by_call = message.channel == Channel.CALL
    hop = message.plan.index(Channel.CALL) - 1 if by_call else message.hop
    return Said(
        # Since the call was asked for, the later moments are the call's.
        when=message.next_at if by_call else message.accepted_at or message.finished_at or message.next_at,
        kind=_("tin nhắn"),
        channel=message.plan[hop],
        state=_SENT[State.FAILED] if by_call else _SENT[State(message.state)],
        title=title_of(message.notice),
        about=message.about,
    )


def _calls_made(call: CallTask) -> list[Said]:
    """What was called, and what still will be."""
    moments = [(one.called_at, _CALLED[CallOutcome(one.outcome)]) for one in call.tries.all()]
    if call.state in _TO_CALL:
        moments.append((call.due_at, _TO_CALL[CallState(call.state)]))
    title = title_of(call.notice)
    return [
        Said(when, _("cuộc gọi"), Channel.CALL.value, state, title, call.about) for when, state in moments
    ]
