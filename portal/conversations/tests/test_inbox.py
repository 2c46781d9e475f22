"""The officers' pages: who sees what, what a press does, and that nothing typed is lost."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Booking
from appointments.origins import read_origin
from portal.audit.models import AuditEntry
from portal.conversations.actions.move_conversation import take_conversation
from portal.conversations.models import ChatMessage, Conversation, Outcome, QuickReply, Shift
from portal.conversations.queries import inbox_alerts
from portal.conversations.tests.talks import answer
from portal.officers.models import Officer
from tests.people import make_officer, visit_data

LIST = reverse("admin:conversations_conversation_changelist")


def address(door: str, conversation: Conversation) -> str:
    return reverse(f"admin:conversations_conversation_{door}", args=[conversation.pk])


def browser_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def desk(owner) -> Client:
    return browser_of(owner)


def page_text(answer_: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer_.content.decode()))


# ---- who sees what


def test_owner_and_duty_officer_see_it_strangers_and_others_do_not(say, owner, colleague, stranger, ward):
    conversation = say("Câu hỏi riêng của tôi")
    others = (stranger, make_officer("bien-tap", ward, "editor"), make_officer("ky-thuat", ward, "it_admin"))
    for officer in (owner, colleague):
        client = browser_of(officer)
        assert "Câu hỏi riêng" in page_text(client.get(LIST))
        assert "Câu hỏi riêng" in page_text(client.get(address("change", conversation)))
    for officer in others:
        client = browser_of(officer)
        assert "Câu hỏi riêng" not in page_text(client.get(LIST))
        for door in ("change", "news"):
            assert client.get(address(door, conversation)).status_code in (403, 404)
        for door in ("reply", "take", "hand_over", "put_back", "close", "resend"):
            assert client.post(address(door, conversation), {"text": "x"}).status_code in (403, 404)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.messages.filter(answer="", direction="out").count()) == (
        "unassigned",
        0,
    )


def test_opening_is_in_the_journal_listing_and_looking_again_are_not(say, desk, owner):
    conversation = say()
    desk.get(LIST), desk.get(address("news", conversation))
    assert AuditEntry.objects.filter(action="conversation.viewed").count() == 0
    desk.get(address("change", conversation))
    assert AuditEntry.objects.get(action="conversation.viewed").actor == owner.actor_ref


@pytest.mark.parametrize("url", ["list", "page"])
def test_one_row_and_three_cost_the_same(say, desk, url):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(LIST if url == "list" else address("change", conversation)).status_code == 200
        return len(seen)

    conversation = say("một")
    first = count()
    for number in range(2):
        say("nữa"), say("hai", user=f"300000000000000001{number}")
    assert count() == first


# ---- the four lists


def test_tabs_count_and_list_what_belongs_there(say, desk, owner, second):
    talks = [say(f"chuyện {number}", user=f"300000000000000002{number}") for number in range(5)]
    take_conversation(conversation=talks[1], by=owner)
    take_conversation(conversation=talks[2], by=second)
    answer(talks[3], owner)
    page = desk.get(LIST)
    assert {one["name"]: one["count"] for one in page.context["tabs"]} == {
        "chua-nhan": 2,
        "cua-toi": 1,
        "cho": 1,
        "xong": 0,
    }
    listed = {
        tab: [row["talk"].pk for row in desk.get(LIST, {"muc": tab}).context["rows"]]
        for tab in ("chua-nhan", "cua-toi", "cho", "xong")
    }
    assert listed == {
        "chua-nhan": [talks[0].pk, talks[4].pk],
        "cua-toi": [talks[1].pk, talks[2].pk],
        "cho": [talks[3].pk],
        "xong": [],
    }


def test_danger_stands_on_top(say, desk):
    say("Hỏi thủ tục gì đó", user="3000000000000000031")
    urgent = say("Có cướp", user="3000000000000000032")
    assert desk.get(LIST).context["rows"][0]["talk"].pk == urgent.pk


def test_the_start_page_tells_of_danger_and_of_what_did_not_go_out(say, owner, stranger):
    urgent, broken = say("Có cướp", user="3000000000000000033"), say(user="3000000000000000034")
    Conversation.objects.filter(pk=broken.pk).update(has_broken=True)
    told = page_text(browser_of(owner).get(reverse("admin:index")))
    assert "1 cuộc có dấu Khẩn" in told and "1 cuộc có tin chưa gửi được" in told
    assert inbox_alerts(stranger) == []
    answer(urgent, owner)
    assert [text for text, _page in inbox_alerts(owner)] == ["Trò chuyện Zalo: 1 cuộc có tin chưa gửi được."]


def test_a_name_somebody_shared_is_masked_in_the_list_only(say, desk):
    info = {"name": "Lò Thị Mây", "phone": "84750000009"}
    conversation = say("", name="user_submit_info", info=info)
    assert "L*** T*** Mây" in page_text(desk.get(LIST))
    assert "Lò Thị Mây" in page_text(desk.get(address("change", conversation)))


# ---- answering


def press(client: Client, door: str, conversation: Conversation, **fields: Any) -> Any:
    fresh = Conversation.objects.get(pk=conversation.pk)
    given = {"seen": fresh.version, "form": uuid.uuid4(), **fields}
    return client.post(address(door, conversation), given)


def test_an_answer_is_queued_and_the_page_comes_back(say, desk, owner):
    conversation = say()
    answered = press(desk, "reply", conversation, text="Mời Ông/Bà đến lúc 8 giờ")
    assert (answered.status_code, answered["Location"].endswith("#tra-loi")) == (302, True)
    page = page_text(desk.get(address("change", conversation)))
    assert "Mời Ông/Bà đến lúc 8 giờ" in page and "Chờ công dân" in page


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"text": "   "}, 400, "Xin nhập nội dung trả lời."),
        ({"text": "Nội dung đang soạn", "seen": "0"}, 409, "Vừa có thay đổi"),
        ({"text": "Nội dung đang soạn", "seen": "rác", "form": "rác"}, 409, "Vừa có thay đổi"),
        ({"text": "Nội dung đang soạn " + "x" * 2000}, 400, "ký tự, chỉ được 2000"),
    ],
)
def test_what_is_refused_stays_in_the_box(say, desk, fields, status, said):
    conversation = say()
    refused = press(desk, "reply", conversation, **fields)
    assert (refused.status_code, said in page_text(refused)) == (status, True)
    assert refused.context["text"] == fields["text"]
    assert conversation.messages.filter(direction="out", answer="").count() == 0


def test_the_second_officer_sees_the_first_ones_words_and_keeps_his_own(say, desk, owner, second):
    conversation = say()
    seen = conversation.version
    press(desk, "reply", conversation, text="Câu của người thứ nhất")
    other = browser_of(second)
    refused = press(other, "reply", conversation, text="Câu của người thứ hai", seen=seen)
    assert refused.status_code == 409
    text = page_text(refused)
    assert "Câu của người thứ nhất" in text and "Đồng chí owner đang trả lời" in text
    taken = press(other, "take", conversation, text="Câu của người thứ hai")
    assert (taken.status_code, taken.context["text"], taken.context["mine"]) == (
        200,
        "Câu của người thứ hai",
        True,
    )
    assert press(other, "reply", conversation, text="Câu của người thứ hai").status_code == 302


def test_ready_words_join_what_was_typed(say, desk, ward):
    ready = QuickReply.objects.create(unit=ward, title="Chào", text="Xin chào Ông/Bà.")
    conversation = say()
    page = press(desk, "reply", conversation, text="Thưa bà,", mau=ready.pk)
    assert (page.status_code, page.context["text"]) == (200, "Thưa bà,\nXin chào Ông/Bà.")
    assert conversation.messages.filter(direction="out", answer="").count() == 0


def test_a_closed_window_says_why_there_is_no_box(say, owner, morning):
    conversation = say()
    morning.shift(dt.timedelta(days=8))
    page = browser_of(owner).get(address("change", conversation))
    text = page_text(page)
    assert "Đã đóng" in text and "quá 7 ngày" in text
    assert b'name="text"' not in page.content


def test_hand_over_put_back_close_and_again(say, desk, owner, second):
    conversation = take_conversation(conversation=say(), by=owner)
    refused = press(desk, "hand_over", conversation, colleague="", note="Nhờ xem giúp")
    assert (refused.status_code, refused.context["note"]) == (400, "Nhờ xem giúp")
    assert press(desk, "put_back", conversation).status_code == 302
    assert press(desk, "take", conversation).status_code == 302
    assert press(desk, "hand_over", conversation, colleague=second.pk, note="Nhờ xem giúp").status_code == 302
    conversation.refresh_from_db()
    assert conversation.assignee == second
    other = browser_of(second)
    page = page_text(other.get(address("change", conversation)))
    assert "owner chuyển cho đồng chí second : “Nhờ xem giúp”" in page.replace("second:", "second :")
    assert "owner nhận trả lời" in page and "owner trả về hộp thư chung" in page
    assert "Nhờ xem giúp" in page_text(other.get(address("change", conversation)))
    assert press(other, "close", conversation).status_code == 302
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assignee) == ("closed", None)


def test_a_message_that_did_not_go_out_has_its_reason_and_a_button(say, desk, owner):
    conversation = say()
    row = answer(conversation, owner)
    ChatMessage.objects.filter(pk=row.pk).update(state="failed", last_error="oa_-213")
    page = desk.get(address("change", conversation))
    assert "Không gửi được" in page_text(page) and "Gửi lại" in page_text(page)
    assert desk.post(address("resend", conversation), {"message": row.uid}).status_code == 302
    row.refresh_from_db()
    assert row.state == "queued"
    assert desk.post(address("resend", conversation), {"message": uuid.uuid4()}).status_code == 404


def test_pictures_of_citizens_are_never_loaded_by_the_page(say, desk):
    picture = {"type": "image", "payload": {"url": "https://anh.example/1.jpg"}}
    conversation = say("", name="user_send_image", attachments=[picture])
    page = desk.get(address("change", conversation)).content.decode()
    assert re.findall(r"<[^>]*https://anh\.example/1\.jpg[^>]*>", page) == [
        '<a class="desk-link desk-break" href="https://anh.example/1.jpg" target="_blank" '
        'rel="noopener noreferrer nofollow">'
    ]


def test_words_of_citizens_are_no_markup(say, desk):
    conversation = say("<script>alert(1)</script> & <b>đậm</b>")
    page = desk.get(address("change", conversation)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page
    assert "<script>alert(1)" not in page


# ---- looking again


def test_news_come_only_when_there_are_some(say, desk, owner):
    conversation = say("câu đầu")
    first = desk.get(address("news", conversation)).json()
    assert "câu đầu" in first["html"]
    assert desk.get(address("news", conversation), {"biet": first["stamp"]}).json() == {
        "stamp": first["stamp"],
        "version": conversation.version,
    }
    say("câu sau")
    assert "câu sau" in desk.get(address("news", conversation), {"biet": first["stamp"]}).json()["html"]
    stamp = desk.get(address("news", conversation)).json()["stamp"]
    conversation.messages.filter(direction="out").update(state="delivered")
    assert "html" in desk.get(address("news", conversation), {"biet": stamp}).json()
    inbox = reverse("admin:conversations_conversation_inbox_news")
    known = desk.get(inbox).json()["stamp"]
    assert desk.get(inbox, {"biet": known}).json() == {"stamp": known}
    say("người khác", user="3000000000000000041")
    assert "người khác" in desk.get(inbox, {"biet": known}).json()["html"]


# ---- what it becomes


def test_a_conversation_becomes_a_visit_and_remembers_it(say, desk, owner, slot):
    conversation = say("Đặt giúp mẹ tôi")
    page = desk.get(address("change", conversation))
    [target] = page.context["targets"]
    sessions = desk.get(target["url"])
    back = address("change", conversation)
    assert f'href="{back}"' in sessions.content.decode()
    book = reverse("counter:book", args=[slot.session.uid])
    written = f"?tu=conversation:{conversation.uid}"
    assert f"{book}?tu=conversation%3A{conversation.uid}" in sessions.content.decode()
    data = visit_data(1)
    booked = desk.post(book + written, {**data, "slot": str(slot.uid), "phone": ""})
    assert (booked.status_code, booked.get("Location")) == (302, back), page_text(booked)[:2000]
    outcome = Outcome.objects.get()
    assert (outcome.target, outcome.about, outcome.officer) == ("booking", Booking.objects.get().uid, owner)
    text = page_text(desk.get(back))
    assert "Lịch hẹn số 1" in text


def test_only_ones_own_conversations_lead_back(say, owner, stranger):
    conversation = say()
    written = f"conversation:{conversation.uid}"
    assert read_origin(written, by=owner).way_back == address("change", conversation)
    assert read_origin(written, by=stranger) is None
    for wrong in ("", "conversation:", f"other:{conversation.uid}", "conversation:" + "-" * 36, "//evil"):
        assert read_origin(wrong, by=owner) is None


def test_the_target_is_for_those_who_may_book(say, owner, colleague):
    conversation = say()
    assert len(browser_of(owner).get(address("change", conversation)).context["targets"]) == 1
    assert browser_of(colleague).get(address("change", conversation)).context["targets"] == []


# ---- ready words and shifts


def test_a_shift_is_typed_as_on_a_clock(desk, ward, owner):
    add = reverse("admin:conversations_shift_add")
    given = {"unit": ward.pk, "officer": owner.pk, "weekday": 0, "opens": "17:00", "closes": "00:00"}
    assert desk.post(add, given).status_code == 302
    shift = Shift.objects.get()
    assert (shift.opens, shift.closes) == (17 * 60, 24 * 60)
    refused = desk.post(add, given | {"opens": "18:00", "closes": "17:00"})
    assert (refused.status_code, "Giờ kết thúc phải sau giờ bắt đầu" in page_text(refused)) == (200, True)


def test_the_duty_officer_reads_the_roster_and_changes_nothing(ward, owner, colleague):
    shift = Shift.objects.create(unit=ward, officer=owner, weekday=0, opens=0, closes=60)
    ready = QuickReply.objects.create(unit=ward, title="Chào", text="x")
    client = browser_of(colleague)
    for name, row in (("shift", shift), ("quickreply", ready)):
        assert client.get(reverse(f"admin:conversations_{name}_changelist")).status_code == 200
        assert client.post(reverse(f"admin:conversations_{name}_delete", args=[row.pk])).status_code == 403


def test_the_demo_fills_the_inbox_once_and_sends_nothing(db):
    call_command("seed_demo", verbosity=0)
    for _each in range(2):
        call_command("seed_conversations", verbosity=0)
    found = sorted(Conversation.objects.values_list("state", flat=True))
    assert found == ["assigned", "assigned", "closed", "unassigned", "unassigned", "waiting"]
    assert ChatMessage.objects.on_the_way().count() == 0
