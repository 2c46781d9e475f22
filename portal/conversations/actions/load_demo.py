"""Fictitious conversations for demonstrations: nobody in them exists, and nothing of them is ever sent."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.conversations.actions.hear_event import hear_event
from portal.conversations.actions.keep_messages import queue_outgoing
from portal.conversations.actions.move_conversation import (
    hand_over,
    lock_conversation,
    move_conversation,
    take_conversation,
)
from portal.conversations.enums import ConversationState, SendState
from portal.conversations.limits import OFFICER_VALID
from portal.conversations.models import ChatMessage, Conversation, QuickReply, Shift
from portal.officers.models import Officer
from portal.units.models import Unit
from portal.zalo.demo import DEMO_OA
from portal.zalo.events import Event
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.models.events import user_id_hash

READY = (
    (
        "Giấy tờ làm căn cước",
        "Ông/Bà mang theo căn cước/CCCD cũ (nếu có). Trẻ dưới 14 tuổi đi cùng cha, mẹ hoặc người giám hộ.",
    ),
    (
        "Hẹn đến trụ sở",
        "Mời Ông/Bà đến trụ sở trong giờ tiếp dân, báo tên tại bàn trực ban.",
    ),
    (
        "Xin thêm thông tin",
        "Ông/Bà cho biết thêm việc xảy ra ở đâu, lúc nào. Xin không gửi số căn cước.",
    ),
)


@dataclass(frozen=True)
class Talk:
    """`said`: (minutes ago, words) of the citizen; `answered`: words of the officer; `then`: what he did."""

    said: tuple[tuple[int, str], ...]
    answered: str = ""
    then: str = ""
    info: dict[str, Any] = field(default_factory=dict)
    picture: bool = False


TALKS = (
    Talk(((6, "Cho tôi hỏi con tôi 6 tuổi làm căn cước được không, cần mang gì?"),)),
    Talk(((4, "Ngã tư chợ có xe máy va nhau, nhờ các chú ra xem"), (3, "")), picture=True),
    Talk(
        ((30, "Tôi muốn đặt lịch làm căn cước cho mẹ 80 tuổi, mẹ không dùng điện thoại"),),
        then="take",
        info={"name": "Lò Thị Mây", "phone": "84750000019"},
    ),
    Talk(((50, "Xóm tôi có quán hát to quá 22 giờ"),), then="hand_over"),
    Talk(
        ((55, "Tạm trú của tôi sắp hết hạn thì gia hạn ở đâu ạ?"),),
        answered="Ông/Bà gia hạn trước khi hết hạn 15 ngày, trên Cổng dịch vụ công hoặc tại trụ sở.",
    ),
    Talk(((40, "giờ làm việc"),)),
)
_numbers = itertools.count(1)


@transaction.atomic
def load_demo_conversations(*, unit: Unit, officer: Officer, colleague: Officer, by: Actor) -> int:
    """Fill the inbox of a demonstration unit that has none; how many conversations were made."""
    account, _is_new = OfficialAccount.objects.get_or_create(unit=unit, defaults=DEMO_OA)
    if Conversation.objects.filter(account=account).exists():
        return 0
    for title, text in READY:
        QuickReply.objects.get_or_create(unit=unit, title=title, defaults={"text": text})
    for weekday in range(5):
        hours: dict[str, Any] = {"weekday": weekday, "opens": 17 * 60, "closes": 21 * 60}
        Shift.objects.get_or_create(unit=unit, officer=colleague, **hours)
    for number, talk in enumerate(TALKS, start=1):
        conversation = _play(account, f"30000000000000009{number:02d}", talk, by)
        _go_on(conversation, talk, officer, colleague, by)
    # Whatever was answered counts as sent: these people do not exist, at the local provider neither.
    ChatMessage.objects.filter(conversation__account=account).on_the_way().update(
        state=SendState.SENT, next_at=None
    )
    return len(TALKS)


def _play(account: OfficialAccount, user: str, talk: Talk, by: Actor) -> Conversation:
    """Let somebody write as Zalo would tell it."""
    for minutes, words in talk.said:
        with_picture = talk.picture and not words
        hear_event(event=_event(account, user, words, minutes, with_picture), by=by)
    found = Conversation.objects.get(
        zalo_user=ZaloUser.objects.get(account=account, user_id_hash=user_id_hash(user))
    )
    if talk.info:
        found.shared_info = talk.info
        found.save(update_fields=["shared_info"])
    return found


def _event(account: OfficialAccount, user: str, words: str, minutes: int, with_picture: bool) -> Event:
    picture = {"type": "image", "payload": {"url": "https://portal.example.vn/anh-mo-phong.jpg"}}
    message: dict[str, Any] = {"msg_id": f"demo-{next(_numbers)}", "text": words}
    message |= {"attachments": [picture]} if with_picture else {}
    return Event(
        name="user_send_image" if with_picture else "user_send_text",
        account=account,
        user_id=user,
        happened_at=timezone.now() - dt.timedelta(minutes=minutes),
        by_phone=False,
        content={"message": message},
    )


def _go_on(conversation: Conversation, talk: Talk, officer: Officer, colleague: Officer, by: Actor) -> None:
    """What an officer did with it."""
    if talk.then in ("take", "hand_over"):
        take_conversation(conversation=conversation, by=officer)
    if talk.then == "hand_over":
        note = "Nhờ đồng chí trực tối nay xác minh."
        hand_over(conversation=conversation, colleague=colleague, note=note, by=officer)
    if talk.answered:
        fresh, now = lock_conversation(conversation), timezone.now()
        queue_outgoing(
            conversation=fresh,
            body={"text": talk.answered},
            once=f"demo:{fresh.uid}",
            at=now,
            valid_until=now + OFFICER_VALID,
            author=officer,
        )
        to = ConversationState.WAITING
        move_conversation(conversation=fresh, to=to, by=officer, assignee=officer, unread=0)
