"""What the portal answers by itself: at once, once, and never instead of an officer when one is needed."""

import datetime as dt
import itertools

import pytest
from django.db import transaction
from django.utils import timezone

from appointments.tests.visits import book
from portal.citizens.models import Person
from portal.common.clock import local_moment
from portal.common.codes import new_code, show_code
from portal.common.phones import show_phone
from portal.common.text import fold
from portal.conversations.actions.hear_event import hear_event
from portal.conversations.answers.emergency import emergency_lines
from portal.conversations.answers.menu import asked_for
from portal.conversations.answers.texts import chat_text, menu
from portal.conversations.limits import AUTOMATIC_AN_HOUR, CODES_AN_HOUR
from portal.conversations.models import ChatMessage, Shift
from portal.conversations.queries import hours_lines, reply_from, show_moment
from portal.conversations.tests.conftest import MONDAY
from portal.conversations.tests.talks import LISTENER, answer, event_of, keys
from portal.notifications.notices import template_folder
from portal.units.models import OpeningHours
from portal.zalo.client.messages import MAX_BUTTONS, MAX_TEXT

# ---- words of the menu


@pytest.mark.parametrize(
    ("written", "entry", "whole"),
    [
        ("#tracuu", "#tracuu", True),
        ("#TraCuu ", "#tracuu", True),
        ("tra cứu", "#tracuu", True),
        ("Tra Cuu!", "#tracuu", True),
        ("Đặt lịch", "#datlich", True),
        ("dat lich", "#datlich", True),
        ("tôi muốn đặt lịch làm căn cước", "#datlich", False),
        ("thủ tục", "#thutuc", True),
        ("liên hệ", "#lienhe", True),
        ("giờ làm việc?", "#gio", True),
        ("Giờ", "#gio", True),
        ("cho hỏi mấy giờ làm việc ạ", "#gio", False),
        ("bây giờ tôi đang ở xa", None, False),
        ("chào cán bộ, con tôi 6 tuổi làm căn cước được không", None, False),
        ("#khongco", None, True),
        ("", None, False),
    ],
)
def test_words_of_the_menu_with_and_without_accents(written, entry, whole):
    found, is_whole = asked_for(fold(written))
    assert found == entry
    assert is_whole is whole or entry is None


def test_a_pressed_button_is_answered_and_asks_nobody(say, ward):
    conversation = say("#gio")
    assert (keys(conversation), conversation.state, conversation.unread) == (["hours"], "closed", 0)
    text = conversation.messages.get(answer="hours").text
    assert "Thứ Hai đến Thứ Sáu: 07:00-11:30, 13:30-17:00\nThứ Bảy: 07:00-11:30" in text
    assert show_phone(ward.duty_phone) in text


def test_a_sentence_with_such_a_word_is_answered_and_read_by_a_person(say):
    conversation = say("Tôi muốn đặt lịch làm căn cước")
    assert (keys(conversation), conversation.state, conversation.unread) == (["booking"], "unassigned", 1)


def test_every_text_fits_into_a_message_of_zalo(say, ward, account):
    """All of them in their longest form, rendered by the road itself or with long values."""
    long = "Công an phường Hoàng Hoa Thám Nam, thành phố Hải Vân Đông"
    values = dict.fromkeys(
        (
            "unit",
            "address",
            "phones",
            "phone",
            "hours",
            "duty_phone",
            "code",
            "status",
            "time",
            "first",
            "children",
        ),
        long,
    )
    files = sorted(path.stem for path in template_folder().joinpath("chat").glob("*.txt"))
    assert len(files) == 19
    assert {key: len(text) for key in files if len(text := chat_text(key, **values)) > MAX_TEXT} == {}
    assert {key for key in files if "{" in chat_text(key, **values)} == set()
    assert len(menu()) <= MAX_BUTTONS


def test_lines_without_a_value_are_left_out():
    assert chat_text("contact", unit="Công an xã", address="", phones="") == (
        "Công an xã\nÔng/Bà cũng có thể nhắn câu hỏi tại đây, cán bộ sẽ trả lời."
    )


# ---- codes


def test_a_code_tells_its_status_and_nothing_of_a_person(say, slot):
    booking = book(slot, 1)
    conversation = say(f"mã của tôi {show_code(booking.declaration.code).lower()} xem giúp")
    text = conversation.messages.get(answer="code").text
    assert f"số thứ tự {booking.number}" in text
    assert Person.objects.get().full_name not in text
    assert (conversation.state, conversation.unread) == ("closed", 0)


def test_a_wrong_code_is_no_code_and_an_unknown_one_is_said_so(say):
    assert keys(say(show_code(new_code()))) == ["code_unknown"]
    assert keys(say("AAAA-BBBB-CCCC", user="3000000000000000009")) == ["received"]


def test_codes_are_asked_for_only_so_often(say):
    for _each in range(CODES_AN_HOUR):
        conversation = say(show_code(new_code()))
    assert conversation.unread == 0
    conversation = say(show_code(new_code()))
    assert (keys(conversation)[-1], conversation.unread) == ("code_often", 1)


# ---- dangers


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("Có cướp ở chợ!", ["113"]),
        ("co cuop o cho", ["113"]),
        ("Cháy nhà số 5", ["114"]),
        ("chay nha roi", ["114"]),
        ("CHÁY!!!", ["114"]),
        ("đánh nhau trước quán", ["113"]),
        ("danh nhau truoc quan", ["113"]),
        ("mẹ tôi ngất xỉu cần cấp cứu", ["115"]),
        ("can cap cuu", ["115"]),
        ("cháu bé bị đánh", ["113", "111"]),
        ("xâm hại trẻ em", ["113", "111"]),
        # no dangers
        ("căn cước", []),
        ("can cuoc", []),
        ("cấp căn cước", []),
        ("cap lai can cuoc", []),
        ("cấp cước công dân", []),
        ("thủ tục phòng cháy chữa cháy", []),
        ("thu tuc phong chay chua chay quan karaoke", []),
        ("tôi đang chạy xe đến", []),
        ("toi chay xe ra ngay", []),
        ("đánh máy đơn", []),
        ("ăn chay", []),
        ("bảo hiểm tai nạn", []),
        ("", []),
    ],
)
def test_words_of_danger_and_words_that_only_look_so(written, lines):
    assert emergency_lines(written) == lines


def test_danger_is_answered_at_once_even_at_night_and_on_top_of_the_inbox(say, morning, ward):
    morning.move_to(local_moment(MONDAY, 23 * 60))
    conversation = say("Cháy nhà, cứu với")
    row = conversation.messages.get(answer="emergency")
    assert "GỌI NGAY 114" in row.text and show_phone(ward.duty_phone) in row.text
    assert row.body["buttons"][0]["payload"] == {"phone_code": "114"}
    assert (conversation.is_urgent, conversation.state, keys(conversation)) == (
        True,
        "unassigned",
        ["emergency"],
    )


def test_danger_is_heard_although_an_officer_is_talking(say, owner):
    conversation = say()
    answer(conversation, owner)
    conversation = say("đang có đánh nhau")
    assert (keys(conversation)[-1], conversation.state, conversation.is_urgent) == (
        "emergency",
        "assigned",
        True,
    )


def test_the_numbers_are_said_once_in_ten_minutes(say, morning):
    say("cướp"), say("cướp"), say("bị cướp rồi")
    morning.shift(dt.timedelta(minutes=11))
    assert keys(say("cướp")) == ["emergency", "emergency"]


# ---- after hours


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return local_moment(day, hour * 60 + minute)


def test_in_the_evening_the_time_of_the_answer_is_said_once(say, morning, ward):
    morning.move_to(at(MONDAY, 20))
    say("Tôi hỏi việc A"), say("và việc B")
    morning.move_to(at(MONDAY + dt.timedelta(days=1), 1))
    conversation = say("còn việc C")
    assert keys(conversation) == ["later"]
    text = conversation.messages.get(answer="later").text
    assert "07:00 ngày mai (24/11/2026)" in text and show_phone(ward.duty_phone) in text
    morning.move_to(at(MONDAY + dt.timedelta(days=1), 21))
    assert keys(say("hôm sau"))[-1] == "later"
    assert conversation.messages.filter(answer="later").count() == 2


def test_a_shift_answers_while_the_counter_is_shut(ward, owner):
    evening = at(MONDAY, 20)
    assert reply_from(ward, evening) == at(MONDAY + dt.timedelta(days=1), 7)
    Shift.objects.create(unit=ward, officer=owner, weekday=0, opens=21 * 60, closes=22 * 60)
    assert reply_from(ward, evening) == at(MONDAY, 21)
    assert reply_from(ward, at(MONDAY, 21, 30)) is None
    assert reply_from(ward, at(MONDAY, 22)) == at(MONDAY + dt.timedelta(days=1), 7)


def test_the_shift_of_somebody_who_left_answers_nobody(ward, owner):
    Shift.objects.create(unit=ward, officer=owner, weekday=0, opens=20 * 60, closes=22 * 60)
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert reply_from(ward, at(MONDAY, 21)) == at(MONDAY + dt.timedelta(days=1), 7)


def test_a_unit_that_announced_no_hours_has_everybodys_office_hours(other_ward):
    OpeningHours.objects.filter(unit=other_ward).delete()
    assert hours_lines(other_ward) == []
    assert reply_from(other_ward, at(MONDAY, 9)) is None
    assert reply_from(other_ward, at(MONDAY, 19)) == at(MONDAY + dt.timedelta(days=1), 7)


def test_moments_are_said_in_the_words_of_the_day():
    now = at(MONDAY, 5)
    said = [show_moment(at(MONDAY + dt.timedelta(days=days), 7), now) for days in (0, 1, 3)]
    assert said == ["07:00 hôm nay", "07:00 ngày mai (24/11/2026)", "07:00 Thứ Năm, 26/11/2026"]


# ---- once, and not in between


def test_in_hours_the_receipt_is_said_once(say, morning):
    say("Tôi hỏi việc A")
    assert keys(say("và việc B")) == ["received"]
    morning.shift(dt.timedelta(hours=24))
    assert keys(say("hôm sau hỏi tiếp")) == ["received", "received"]


def test_who_talks_with_an_officer_is_not_interrupted(say, owner):
    conversation = say()
    answer(conversation, owner)
    before = keys(conversation)
    assert keys(say("thủ tục")) == before
    assert keys(say("#thutuc")) == [*before, "procedures"]


def test_a_program_that_asks_without_end_gets_a_person(say):
    for _each in range(AUTOMATIC_AN_HOUR):
        conversation = say("#gio")
    assert (conversation.state, len(keys(conversation))) == ("closed", AUTOMATIC_AN_HOUR)
    conversation = say("#gio")
    assert (conversation.state, len(keys(conversation))) == ("unassigned", AUTOMATIC_AN_HOUR)


def test_words_that_arrive_hours_late_get_no_answer_but_an_officer(say):
    conversation = say("giờ làm việc", at=timezone.now() - dt.timedelta(hours=2))
    assert (keys(conversation), conversation.unread) == ([], 1)


def test_a_worker_that_dies_before_the_commit_leaves_nothing_and_the_next_answers_once(account, unpublished):
    event = event_of(account, text="#gio", at=timezone.now(), msg_id="m-dies")
    with pytest.raises(RuntimeError), transaction.atomic():
        hear_event(event=event, by=LISTENER)
        raise RuntimeError("killed")
    assert ChatMessage.objects.count() == 0
    for _each in range(2):
        hear_event(event=event, by=LISTENER)
    assert list(ChatMessage.objects.order_by("pk").values_list("direction", "answer")) == [
        ("in", ""),
        ("out", "hours"),
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_three_messages_come_the_end_is_the_same(say, order):
    now = timezone.now()
    words = ["Chào", "tôi hỏi về xe", "biển số bị mờ"]
    for place in order:
        conversation = say(words[place], at=now + dt.timedelta(seconds=place), msg_id=f"p{place}")
    rows = [row.text for row in conversation.messages.filter(direction="in").in_order()]
    assert (rows, conversation.state) == (words, "unassigned")


def test_words_of_linking_are_left_to_whoever_links_and_stop_without_a_link_to_an_officer(say):
    linking = say("KN ABCD-EFGH")
    assert (linking.unread, linking.messages.outgoing().count()) == (0, 0)
    stopping = say("HỦY")
    assert stopping.unread == 1
