"""What people do on Zalo becomes messages: once each, in any order, and a closed conversation opens again."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.conversations.actions.hear_event import hear_echo, hear_event, note_receipt
from portal.conversations.actions.move_conversation import close_conversation
from portal.conversations.enums import SendState
from portal.conversations.models import ChatMessage, Conversation, StatusEntry
from portal.conversations.queries import history, shown_attachments
from portal.conversations.tests.talks import LISTENER, answer, event_of, keys
from portal.zalo.events import handlers_of

PICTURE = {"type": "image", "payload": {"url": "https://a.example/1.jpg", "thumbnail": "x"}}


def incoming(conversation: Conversation) -> list[str]:
    rows = conversation.messages.filter(direction="in").in_order()
    return [row.text for row in rows]


def test_every_event_has_its_handler_once():
    assert [one.__name__ for one in handlers_of("user_send_text")].count("hear") == 1
    assert [one.__name__ for one in handlers_of("oa_send_text")] == ["echo"]
    assert "receipt" in [one.__name__ for one in handlers_of("user_seen_message")]


def test_words_wait_for_an_officer_of_the_accounts_unit(say, ward):
    conversation = say("Tôi bị mất xe đạp, phải làm gì?")
    assert (conversation.state, conversation.unit, conversation.unread) == ("unassigned", ward, 1)
    assert conversation.last_line == "Tôi bị mất xe đạp, phải làm gì?"
    entries = StatusEntry.objects.filter(conversation=conversation)
    assert list(entries.values_list("frm", "to", "verb")) == [("closed", "unassigned", "reopen")]
    assert AuditEntry.objects.get(action="conversation.reopen").object_uid == str(conversation.uid)


def test_the_same_message_twice_is_once(say, account):
    first = say("Xin hỏi", msg_id="same")
    again = say("Xin hỏi", msg_id="same")
    assert (again.unread, again.version) == (first.unread, first.version)
    assert incoming(again) == ["Xin hỏi"]


def test_messages_that_come_in_the_wrong_order_stand_in_the_right_one(say):
    now = timezone.now()
    say("thứ hai", at=now)
    conversation = say("thứ nhất", at=now - dt.timedelta(minutes=2))
    assert incoming(conversation) == ["thứ nhất", "thứ hai"]
    assert abs(conversation.last_in_at - now) < dt.timedelta(milliseconds=2)


def test_an_older_word_does_not_become_the_last_line(say, owner):
    now = timezone.now()
    conversation = say("câu mới nhất", at=now + dt.timedelta(seconds=30))
    conversation = say("câu cũ", at=now - dt.timedelta(minutes=2))
    assert conversation.last_line == "câu mới nhất"


def test_a_closed_conversation_opens_again(say, owner):
    conversation = say()
    close_conversation(conversation=conversation, seen=conversation.version, by=owner)
    conversation = say("Còn việc nữa")
    assert (conversation.state, conversation.assignee, conversation.unread) == ("unassigned", None, 1)


def test_who_waits_for_the_citizen_hears_him_again(say, owner):
    conversation = say()
    answer(conversation, owner)
    conversation = say("Vâng, cảm ơn")
    assert (conversation.state, conversation.assignee, conversation.unread) == ("assigned", owner, 1)


@pytest.mark.parametrize(
    ("name", "message", "shown"),
    [
        ("user_send_image", {"attachments": [PICTURE]}, [{"name": "Ảnh", "url": "https://a.example/1.jpg"}]),
        (
            "user_send_file",
            {"attachments": [{"type": "file", "payload": {"url": "http://a.example/x", "name": "don.pdf"}}]},
            [{"name": "Tệp: don.pdf", "url": ""}],
        ),
        (
            "user_send_image",
            {"attachments": [{"type": "image", "payload": {"url": "javascript:alert(1)"}}]},
            [{"name": "Ảnh", "url": ""}],
        ),
        (
            "user_send_location",
            {"location": {"latitude": "16.08", "longitude": "108.23"}},
            [
                {
                    "name": "Vị trí: 16.08000,108.23000",
                    "url": "https://www.openstreetmap.org/?mlat=16.08000&mlon=108.23000&zoom=17",
                }
            ],
        ),
        (
            "user_send_sticker",
            {"attachments": ["nonsense", {"payload": 3}]},
            [{"name": "Nhãn dán", "url": ""}] * 2,
        ),
    ],
)
def test_what_is_no_text_is_named_and_linked_only_over_https(say, name, message, shown):
    conversation = say("", name=name, **message)
    row = conversation.messages.get(direction="in")
    assert (row.kind, shown_attachments(row)) == (name.removeprefix("user_send_"), shown)


def test_shared_details_stay_sealed_and_are_told_to_officers(say):
    info = {"phone": "84750000009", "full_address": {"user_city": "Sơn Hải"}, "name": "Lò Thị Mây"}
    conversation = say("", name="user_submit_info", info=info)
    assert (conversation.shared_name, conversation.shared_phone) == ("Lò Thị Mây", "84750000009")
    raw = Conversation.objects.filter(pk=conversation.pk).values("shared_info").get()["shared_info"].content
    assert "Mây".encode() not in raw


def test_following_is_greeted_and_asks_nobody(say):
    conversation = say("", name="follow")
    assert (conversation.state, conversation.unread, keys(conversation)) == ("closed", 0, ["welcome"])


def test_numbers_and_codes_are_masked_in_the_list(say):
    conversation = say("Số tôi 0750 123 456, căn cước 012345678901, alo")
    assert conversation.last_line == "Số tôi [số], căn cước [số], alo"


# ---- what the account says itself


def test_an_echo_of_our_own_row_settles_it(say, account, owner):
    conversation = say()
    row = answer(conversation, owner, "Mời Ông/Bà đến lúc 8 giờ")
    ChatMessage.objects.filter(pk=row.pk).update(state=SendState.UNSURE)
    echo = {"name": "oa_send_text", "text": "Mời Ông/Bà đến lúc 8 giờ", "msg_id": "z1", "at": timezone.now()}
    assert hear_echo(event=event_of(account, **echo), by=LISTENER) is None
    assert hear_echo(event=event_of(account, **echo), by=LISTENER) is None
    row.refresh_from_db()
    assert (row.state, row.provider_id) == ("sent", "z1")
    assert [one.text for one in conversation.messages.outgoing().filter(answer="")] == [row.text]


def test_words_from_elsewhere_join_the_history_without_changing_whose_turn_it_is(say, account):
    conversation = say()
    echo = {"name": "oa_send_text", "text": "Trả lời từ trang của Zalo", "msg_id": "z2"}
    hear_echo(event=event_of(account, **echo, at=timezone.now()), by=LISTENER)
    conversation.refresh_from_db()
    row = conversation.messages.get(provider_id="z2")
    assert (row.state, row.author, row.answer, conversation.state) == ("sent", None, "", "unassigned")
    assert row in [one.get("message") for one in history(conversation)]


def test_an_echo_to_somebody_who_never_wrote_makes_no_conversation(account):
    echo = event_of(account, name="oa_send_text", text="Lịch hẹn", at=timezone.now())
    assert hear_echo(event=echo, by=LISTENER) is None
    assert Conversation.objects.count() == 0


def test_receipts_go_forward_only(say, account, owner):
    conversation = say()
    row = answer(conversation, owner)
    ChatMessage.objects.filter(pk=row.pk).update(state=SendState.SENT, provider_id="z3")
    for name, moved in (("user_seen_message", 1), ("user_received_message", 0), ("user_seen_message", 0)):
        event = event_of(account, name=name, msg_id="z3", at=timezone.now())
        assert note_receipt(event=event, by=LISTENER) == moved
    row.refresh_from_db()
    assert row.state == "seen"


def test_an_event_about_nobody_is_nothing(account):
    event = event_of(account, text="x", at=timezone.now(), user=account.oa_id)
    assert hear_event(event=event, by=LISTENER) is None
