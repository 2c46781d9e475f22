"""The call list on the desk: who sees whom, and what is shown before and after a call is taken."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.notifications.actions.claim_call import claim_call
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.templates import create_template
from portal.notifications.models import CallAttempt, CallTask, MessageTemplate
from portal.notifications.tests.calls import POSTMAN, claimed, state_of
from portal.notifications.tests.test_desk import desk_of
from portal.officers.models import Officer
from portal.units.actions.rebuild_reach import rebuild_reach
from tests.people import make_officer

LIST = "/quan-tri/notifications/calltask/"
NUMBERS = ("750123456", "0750 123 456", "+84750123456")


@pytest.fixture(autouse=True)
def words(templates, unit):
    """What is said about tests.ask."""
    rebuild_reach()
    text = "Thưa Ông/Bà.\n\nSố thứ tự {so}."
    create_template(channel="call", notice="tests.ask", body=text, provider_id="", unit=None, by=POSTMAN)


def page_of(call: CallTask, door: str = "change") -> str:
    return reverse(f"admin:notifications_calltask_{door}", args=[call.pk])


def text_of(officer: Officer, address: str) -> str:
    return desk_of(officer).get(address).content.decode()


def shown_numbers(text: str) -> list[str]:
    return [number for number in NUMBERS if number in text]


def test_the_list_shows_own_calls_masked_the_earliest_first(make_call, officer, stranger):
    other = ensure_contact_point(phone="0750 999 888", by=POSTMAN)
    later, sooner = make_call(), make_call(to=other)
    CallTask.objects.filter(pk=later.pk).update(due_at=timezone.now() + dt.timedelta(hours=1))
    text = text_of(officer, LIST)
    assert 0 < text.index("0750 *** 888") < text.index("0750 *** 456")
    assert shown_numbers(text) == []
    assert [page_of(call) in text_of(stranger, LIST) for call in (later, sooner)] == [False, False]


@pytest.mark.parametrize("role", ["duty_officer", "id_desk", "residence_desk", "unit_chief"])
def test_these_roles_work_through_the_list(make_call, unit, role):
    call, client = make_call(), desk_of(make_officer("mot.nguoi", unit, role))
    assert client.get(LIST).status_code == 200
    assert (client.post(page_of(call, "claim")).status_code, state_of(call)) == (302, "calling")


@pytest.mark.parametrize(
    "role", ["investigator", "editor", "reviewer", "province_viewer", "inspectorate", "it_admin"]
)
def test_other_roles_see_no_list_and_no_call(make_call, unit, role):
    call, client = make_call(), desk_of(make_officer("mot.nguoi", unit, role))
    answers = [client.get(LIST), client.get(page_of(call)), client.post(page_of(call, "claim"))]
    assert [answer.status_code in (403, 404) for answer in answers] == [True] * 3
    assert state_of(call) == "waiting"


def test_what_has_ended_is_found_by_the_filter(make_call, officer):
    waiting, expired = make_call(), make_call()
    CallTask.objects.filter(pk=expired.pk).update(state="expired")
    found = {
        choice: [page_of(call) in text_of(officer, LIST + choice) for call in (waiting, expired)]
        for choice in ("", "?xem=xong", "?xem=tat-ca")
    }
    assert found == {"": [True, False], "?xem=xong": [False, True], "?xem=tat-ca": [True, True]}


def test_an_empty_list_says_so(officer):
    assert "Không có ai cần gọi" in text_of(officer, LIST)


def test_the_list_costs_the_same_for_one_row_and_for_three(make_call, officer):
    client, costs = desk_of(officer), []
    client.get(LIST)  # the session's first request is no cost of the page
    for phones in (["0750123451"], ["0750123452", "0750123453"]):
        for phone in phones:
            make_call(to=ensure_contact_point(phone=phone, by=POSTMAN))
        with CaptureQueriesContext(connection) as captured:
            text = client.get(LIST).content.decode()
        costs.append((text.count(">Mở<"), len([one for one in captured if "SAVEPOINT" not in one["sql"]])))
    assert costs == [(1, costs[0][1]), (3, costs[0][1])]


def test_before_it_is_taken_the_page_hides_number_and_words(make_call, officer):
    text = text_of(officer, page_of(make_call()))
    assert ("0750 *** 456" in text, "Nhận cuộc gọi" in text, "Số thứ tự 7" in text) == (True, True, False)
    assert shown_numbers(text) == []


def test_whoever_takes_the_call_gets_number_words_and_four_buttons(make_call, officer):
    call, client = make_call(), desk_of(officer)
    answer = client.post(page_of(call, "claim"))
    assert answer.headers["Location"] == page_of(call)
    text = client.get(page_of(call)).content.decode()
    assert ('href="tel:+84750123456"' in text, "0750 123 456" in text) == (True, True)
    assert ("<p>Thưa Ông/Bà.</p>" in text, "<p>Số thứ tự 7.</p>" in text) == (True, True)
    assert [
        label for label in ("Đã gặp", "Không nghe máy", "Gọi lại sau", "Sai số") if label not in text
    ] == []


def test_a_colleague_sees_that_somebody_is_calling_and_no_number(make_call, officer, second):
    call = claimed(make_call(), officer)
    text = text_of(second, page_of(call))
    assert ("Đồng chí khác đang gọi số này" in text, "Nhận cuộc gọi" in text) == (True, False)
    assert shown_numbers(text) == []
    answer = desk_of(second).post(page_of(call, "claim"), follow=True)
    assert "Đồng chí khác đang gọi số này. Xin chọn cuộc gọi khác." in answer.content.decode()


@pytest.mark.parametrize("door", ["change", "claim", "record", "release"])
def test_an_officer_of_another_unit_finds_no_such_call(make_call, officer, stranger, door):
    call, client = claimed(make_call(), officer), desk_of(stranger)
    address = page_of(call, door)
    answer = client.get(address) if door == "change" else client.post(address, {"outcome": "reached"})
    assert (answer.status_code, state_of(call), CallAttempt.objects.count()) == (404, "calling", 0)


@pytest.mark.parametrize("door", ["claim", "record", "release"])
def test_looking_at_an_address_does_nothing(make_call, officer, door):
    call = make_call()
    assert (desk_of(officer).get(page_of(call, door)).status_code, state_of(call)) == (405, "waiting")


def test_every_look_at_a_number_is_in_the_journal(make_call, officer):
    call = claimed(make_call(), officer)
    client = desk_of(officer)
    client.get(page_of(call)), client.get(page_of(call))
    looks = AuditEntry.objects.filter(action="calltask.viewed", object_uid=str(call.uid))
    assert [entry.actor for entry in looks] == [officer.actor_ref] * 2


def test_a_button_writes_the_outcome_and_leads_back_to_the_list(make_call, officer):
    call = claimed(make_call(), officer)
    answer = desk_of(officer).post(
        page_of(call, "record"), {"outcome": "no_answer", "note": "Chuông dài"}, follow=True
    )
    assert (answer.redirect_chain, state_of(call)) == ([(LIST, 302)], "no_answer")
    assert "Đã ghi: Không nghe máy." in answer.content.decode()
    history = text_of(officer, page_of(call))
    assert ("Chuông dài" in history, "truc.ban" in history) == (True, True)


def test_a_note_that_is_too_long_is_kept_and_said(make_call, officer):
    call, note = claimed(make_call(), officer), "Dài " * 200
    answer = desk_of(officer).post(page_of(call, "record"), {"outcome": "reached", "note": note})
    text = answer.content.decode()
    assert ("Ghi chú dài nhất 500 ký tự." in text, note in text, state_of(call)) == (True, True, "calling")


def test_a_call_put_back_waits_for_a_colleague(make_call, officer, second):
    call = claimed(make_call(), officer)
    desk_of(officer).post(page_of(call, "release"))
    assert state_of(call) == "waiting"
    assert claim_call(call=call, by=second).claimed_by == second


def test_a_call_without_words_says_what_is_missing(make_call, officer, unit):
    MessageTemplate.objects.filter(channel="call").update(is_active=False)
    call = claimed(make_call(), officer)
    assert "Chưa có mẫu tin cho thông báo này." in text_of(officer, page_of(call))


def test_a_message_shows_how_far_each_channel_came(called_message, unit):
    client: Client = desk_of(make_officer("can.bo", unit, "id_desk"))
    shown = "Tin nhắn SMS: không tới → Gọi điện: chờ cán bộ gọi"
    page = reverse("admin:notifications_outboxmessage_change", args=[called_message.pk])
    found = [
        shown in client.get(address).content.decode()
        for address in (page, "/quan-tri/notifications/outboxmessage/")
    ]
    assert found == [True, True]
