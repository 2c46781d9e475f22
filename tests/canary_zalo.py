"""What the planted people and the officer say to each other on Zalo, through the local provider."""

import html
import json
import re
from typing import Any

from portal.common.text import fold
from portal.notifications.local_provider.zalo_wire import mac_of
from portal.notifications.local_provider.zalo_world import FIRST_OA
from portal.zalo.demo import DEMO_WEBHOOK
from tests.canary_road import (
    ANSWERED,
    DOUBTFUL,
    NEEDLES,
    NOTED,
    OA_ID,
    PHONES,
    SAID,
    Road,
    declaration,
    expect,
)
from tests.canary_stack import Stack
from tests.processes import wait_until

# The same words for many name nobody: they stand in a plain column, and nowhere beside the database.
TO_MANY = "Bà con xem rối nước cá bống quấn khăn rằn trước cổng nhà văn hóa"
STAMP = "1795219200000"
TALKS, MANY = "/quan-tri/conversations/conversation/", "/quan-tri/notifications/massmessage/"


def act(stack: Stack, which: int, does: str, text: str = "") -> str:
    """The holder of the `which`-th phone does something in his Zalo; the id of what he wrote."""
    fields = {"oa_id": OA_ID, "phone": f"0{PHONES[which]}", "act": does, "text": text}
    with Road.new_client() as client:
        answer = expect(client.post(f"{stack.provider}/_zalo/act", json=fields), 200)
    return str(answer.json()["msg_id"])


def chat(road: Road, which: int) -> str:
    """What stands on his telephone under the account."""
    page = road.client.get(f"{road.stack.provider}/phones/0{PHONES[which]}/zalo/{OA_ID}")
    return html.unescape(expect(page, 200).text)


def sms(road: Road, which: int) -> str:
    """What his telephone received, without accents: that is how some of it is sent."""
    return fold(road.client.get(f"{road.stack.provider}/_phones/0{PHONES[which]}/messages").text)


def events_come_from_zalo(road: Road) -> None:
    """A message and shared facts of somebody Zalo will not deliver to: rightly signed, wrongly, garbage."""
    address = f"{road.stack.base}/callbacks/zalo/{DEMO_WEBHOOK}/"
    text = f"Tôi là Bạch Thị Khuyếch Đoỏng, 0{PHONES[5]}, 47 ngõ Khoai Mài Tím"
    info = {"name": "Bạch Thị Khuyếch Đoỏng", "phone": f"84{PHONES[5]}", "user_dob": "17/03/1984"}
    facts: dict[str, Any] = {"message": {"text": text, "msg_id": "m1"}}
    for name, more in (("user_send_text", facts), ("user_submit_info", {"info": info})):
        content = {
            "app_id": FIRST_OA["app_id"],
            "sender": {"id": NEEDLES["zalo id"][0]},
            "recipient": {"id": OA_ID},
            "event_name": name,
            **more,
            "timestamp": STAMP,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        signature = f"mac={mac_of(FIRST_OA['app_id'], body, STAMP, FIRST_OA['oa_secret'])}"
        for sent, wanted in ((body, 200), (body, 200), (body[:-2], 401), (body + b" ", 401)):
            expect(road.client.post(address, content=sent, headers={"X-ZEvent-Signature": signature}), wanted)
    done = "SELECT count(*) FROM zalo_webhookevent WHERE state = 'done'"
    assert wait_until(lambda: road.stack.sql(done) == [(2,)], seconds=30)


def citizen_links_zalo(road: Road) -> None:
    """Still signed in from booking, he takes a code, follows the account and sends it the code."""
    page = f"/{road.unit}/cach-nhan-tin/"
    expect(road.post(f"{page}ma/", {}, page=page), 302)
    code = re.search(r"KN \w{4}-\w{4}", expect(road.get(page), 200).text)
    assert code is not None
    act(road.stack, 0, "follow")
    act(road.stack, 0, "text", code[0])
    assert wait_until(lambda: "đã được liên kết với Zalo này" in chat(road, 0), seconds=30)


def citizen_is_told_on_zalo(road: Road) -> None:
    """A new visit of the linked phone: the code by SMS, number, hour and place on Zalo."""
    phone, changes = f"0{PHONES[0]}", {"identity_number": DOUBTFUL, "accept_warnings": "on"}
    earlier = road.telephone.code(phone)
    held = expect(road.api(road.visits, declaration(0, slot=road.slots[3], **changes)), 201).json()
    assert wait_until(lambda: road.telephone.code(phone) != earlier, seconds=30)
    confirm = f"/api/v1/visits/{held['booking']}/confirm/"
    expect(road.api(confirm, {"code": road.telephone.code(phone)}), 200)
    assert wait_until(lambda: "Lịch hẹn của Ông/Bà: số" in chat(road, 0), seconds=30)


def citizen_writes_on_zalo(road: Road) -> int:
    """Name, number and a question the portal answers by itself; the key of the conversation."""
    text = f"Khuyếch Đoỏng, 0{PHONES[5]}, {SAID}, giờ làm việc?"
    written = act(road.stack, 0, "text", text)
    assert wait_until(lambda: "giờ tiếp dân" in chat(road, 0).lower(), seconds=30)
    talk = "SELECT conversation_id FROM conversations_chatmessage WHERE provider_id = %s"
    return int(road.stack.sql(talk, written)[0][0])


def officer_answers_on_zalo(officer: Road, talk: int) -> None:
    """An answer that is too long, a right one, and the conversation handed to a colleague with a note."""
    page = f"{TALKS}{talk}/change/"
    assert SAID in expect(officer.get(page), 200).text
    expect(officer.get(TALKS), 200)
    reply = f"{TALKS}{talk}/tra-loi/"
    refused = expect(officer.post(reply, {"text": f"{ANSWERED} " * 100}, page=page), 400)
    assert ANSWERED in refused.text
    words = f"Chào bà Khuyếch Đoỏng, {ANSWERED}, sẽ gọi số 0{PHONES[5]}."
    expect(officer.post(reply, {"text": words}, page=page), 302)
    assert wait_until(lambda: words in chat(officer, 0), seconds=30)
    colleague = officer.stack.sql("SELECT id FROM officers_officer WHERE username = 'trucban'")[0][0]
    note = {"colleague": str(colleague), "note": f"Khuyếch Đoỏng: {NOTED}"}
    expect(officer.post(f"{TALKS}{talk}/chuyen/", note, page=page), 302)


def officer_tells_many(officer: Road) -> None:
    """One message to everybody who has a place in the campaign; one of them was registered by a command."""
    add = expect(officer.get(f"{MANY}add/"), 200).text
    group = re.search(r'value="(appointments\.campaign\|[^"]+)"', add)
    assert group is not None
    typed = {"group": group[1], "title": "Rối nước", "text": TO_MANY, "link": "", "per_minute": "600"}
    expect(officer.post(f"{MANY}add/", typed), 302)
    mass = officer.stack.sql("SELECT max(id) FROM notifications_massmessage")[0][0]
    expect(officer.post(f"{MANY}{mass}/chuyen/queued/", {}), 302)
    for which in (0, 1, 4):
        assert wait_until(lambda which=which: fold(TO_MANY) in sms(officer, which), seconds=30), which
