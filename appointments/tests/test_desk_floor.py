"""Pages of the day without script: what each button does, who may open them, what the journal knows."""

import json
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.actions.check_in import walk_in
from appointments.floor import live_days, live_turn
from appointments.models import Booking, DeskDay, Session, Station, Turn
from appointments.tests.halls import arrive, at, book_people, make_counter, make_station, today_of
from appointments.tests.test_close_day import set_clock
from portal.audit.models import AuditEntry
from tests.people import make_officer

SHUT_FOR_STRANGERS = ("hall", "press", "search", "close", "state", "people", "sync")


@pytest.fixture
def session(campaign) -> Session:
    return today_of(campaign)


def desk(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def page(name: str, session: Session | None = None) -> str:
    return reverse(f"desk:{name}", args=[session.uid] if session else [])


def flashes(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def press(client: Client, session: Session, kind: str, **more) -> list[str]:
    data = {"uid": str(uuid.uuid4()), "kind": kind, **more}
    return flashes(client.post(page("press", session), data, follow=True))


def search(client: Client, session: Session, text: str):
    return client.post(page("search", session), {"text": text}, follow=True)


def test_whole_visit_by_forms(session, colleague) -> None:
    make_counter(session.unit, 1)
    booking = book_people(session, 1)[0]
    client = desk(colleague)
    scanned = f"https://cong.example/{session.unit.slug}/phieu/{booking.declaration.code}/"
    assert flashes(search(client, session, scanned)) == ["Số 1: Đang chờ gọi."]
    assert press(client, session, "next") == ["Xin chọn quầy trước khi gọi."]
    assert press(client, session, "counter", number="1") == []
    assert press(client, session, "next") == ["Số 1: Đang ở quầy."]
    turn = Turn.objects.get()
    shown = client.get(page("hall", session)).content.decode()
    assert '<p class="floor-number">1</p>' in shown
    assert press(client, session, "recall", turn=turn.uid) == ["Số 1: Đang ở quầy."]
    assert press(client, session, "finish", turn=turn.uid) == ["Số 1: Đã làm xong."]
    assert press(client, session, "next") == ["Không còn ai chờ."]
    booking.refresh_from_db()
    assert (booking.status, Station.objects.count()) == ("finished", 1)


def test_family_is_a_choice_of_who_came(session, colleague) -> None:
    first, second, third = book_people(session, 3)
    Booking.objects.filter(pk__in=[second.pk, third.pk]).update(party=first.party)
    client = desk(colleague)
    shown = search(client, session, second.declaration.code)
    assert [one.number for one in shown.context["found"]] == [1, 2, 3]
    assert not Turn.objects.exists()
    assert press(client, session, "check_in", booking=[first.uid, third.uid]) == [
        "Số 1: Đang chờ gọi.",
        "Số 3: Đang chờ gọi.",
    ]
    assert press(client, session, "check_in") == ["Xin chọn ít nhất một người đã đến."]


def test_name_is_answered_on_the_page_and_in_no_address(session, colleague) -> None:
    book_people(session, 2)
    shown = search(desk(colleague), session, "bnh")
    assert shown.redirect_chain == []
    assert [one.number for one in shown.context["found"]] == [2]
    assert "Không tìm thấy ai trong buổi này." in search(desk(colleague), session, "xyz").content.decode()


def test_same_press_twice_gives_one_number_and_another_page_another(session, colleague) -> None:
    client = desk(colleague)
    data = {"uid": str(uuid.uuid4()), "kind": "walk_in", "priority": "elderly"}
    for _press in range(2):
        client.post(page("press", session), data)
    press(client, session, "walk_in")
    assert list(Turn.objects.order_by("order").values_list("label", "is_priority")) == [
        ("B1-001", True),
        ("B1-002", False),
    ]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"uid": "x", "kind": "next"},
        {"uid": str(uuid.uuid4()), "kind": "call", "turn": "x"},
    ],
)
def test_broken_forms_are_answered_in_words(session, colleague, data) -> None:
    answer = desk(colleague).post(page("press", session), data, follow=True)
    assert flashes(answer) == ["Dữ liệu gửi lên không đúng dạng."]


def test_day_is_closed_by_one_press_after_its_last_slot(session, colleague, monkeypatch) -> None:
    book_people(session, 2)
    client = desk(colleague)
    set_clock(monkeypatch, at(9))
    early = client.post(page("close", session), follow=True)
    assert flashes(early) == ["Buổi làm việc chưa kết thúc: còn khung giờ chưa qua."]
    set_clock(monkeypatch, at(10, 1))
    closed = client.post(page("close", session), follow=True)
    assert flashes(closed) == ["Đã kết thúc ngày làm việc: 2 người không đến, 0 lượt còn mở đã đóng."]
    assert set(Booking.objects.values_list("status", flat=True)) == {"missed"}


def test_looks_at_names_stand_in_the_journal(session, colleague) -> None:
    book_people(session, 1)
    client = desk(colleague)
    client.get(page("hall", session))
    client.get(page("people", session))
    client.get(page("state", session))  # numbers only
    search(client, session, "anh")
    entries = AuditEntry.objects.filter(action__startswith="session.people").order_by("pk")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("session.people_viewed", colleague.actor_ref),
        ("session.people_viewed", colleague.actor_ref),
        ("session.people_searched", colleague.actor_ref),
    ]


# ---- by script


def send(client: Client, session: Session, *operations: dict):
    body = json.dumps({"operations": operations})
    return client.post(page("sync", session), body, content_type="application/json")


def test_script_sends_operations_and_gets_the_hall_back(session, colleague) -> None:
    booking = book_people(session, 1)[0]
    client, uid, turn = desk(colleague), str(uuid.uuid4()), str(uuid.uuid4())
    operation = {"uid": uid, "kind": "check_in", "booking": str(booking.uid), "turn": turn, "ago": 5}
    answer = send(client, session, operation).json()
    assert answer["answers"] == [
        {"uid": uid, "outcome": "done", "turn": turn, "label": "1", "code": "", "message": ""}
    ]
    (row,) = answer["state"]["turns"]
    assert (row["uid"], row["status"], row["mine"]) == (turn, "waiting", True)
    assert answer["state"]["station"]["prefix"] == "B1"
    assert Station.objects.get().keeps_copy is True


def test_copy_keeps_its_desk_after_a_new_log_in(session, colleague, other_ward) -> None:
    first = desk(colleague).get(page("state", session)).json()["station"]
    again = desk(colleague)
    kept = again.get(page("state", session), headers={"X-Desk-Station": first["uid"]}).json()["station"]
    assert kept == first
    assert again.get(page("state", session)).json()["station"] == first
    for wrong in ("x", str(uuid.uuid4())):
        other = desk(colleague).get(page("state", session), headers={"X-Desk-Station": wrong})
        assert other.json()["station"]["uid"] != first["uid"]


def test_state_holds_no_name_and_the_list_of_people_does(session, colleague) -> None:
    arrive(book_people(session, 1)[0], colleague)
    client = desk(colleague)
    assert "Nguy" not in client.get(page("state", session)).content.decode()
    (person,) = client.get(page("people", session)).json()["people"]
    assert (person["name"], person["folded"], person["number"]) == ("Nguyễn Thị Anh", "nguyen thi anh", 1)


@pytest.mark.parametrize("body", ["", "[]", "7", '{"operations": 7}', '{"operations": [{}]}', "{"])
def test_broken_operations_are_refused_with_a_code(session, colleague, body: str) -> None:
    answer = desk(colleague).post(page("sync", session), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "operations_invalid")


# ---- who may


def answers(client: Client, session: Session) -> dict[str, int]:
    found = {}
    for name in SHUT_FOR_STRANGERS:
        for method in ("get", "post"):
            status = getattr(client, method)(page(name, session)).status_code
            if status != 405:
                found[name] = status
    return found


def test_owner_and_colleague_work_at_the_desks(session, owner, colleague) -> None:
    for officer in (owner, colleague):
        found = answers(desk(officer), session)
        assert found == {
            "hall": 200, "press": 302, "search": 200, "close": 302, "state": 200, "people": 200, "sync": 400,
        }  # fmt: skip


def test_stranger_finds_no_session_and_none_in_his_list(session, stranger) -> None:
    client = desk(stranger)
    assert set(answers(client, session).values()) == {404}
    assert client.get(page("today")).context["sessions"] == []


def test_roles_without_reception_are_shut_out(session, ward) -> None:
    client = desk(make_officer("editor", ward, "editor", "it_admin"))
    assert set(answers(client, session).values()) == {403}
    assert (client.get(page("today")).status_code, client.get(page("shell")).status_code) == (403, 403)


def test_nobody_is_sent_to_the_log_in(session) -> None:
    assert set(answers(Client(), session).values()) == {302}
    for name in ("today", "shell"):
        assert Client().get(page(name))["Location"].startswith("/quan-tri/login/?next=/quan-tri/ban/")


def test_desk_keeps_the_strict_content_policy(session, colleague) -> None:
    policy = desk(colleague).get(page("hall", session))["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_shell_and_worker_hold_nothing_about_anybody(session, colleague) -> None:
    arrive(book_people(session, 1)[0], colleague)
    client = desk(colleague)
    shell = client.get(page("shell")).content.decode()
    worker = Client().get(page("worker"))
    assert worker["Content-Type"] == "text/javascript"
    for text in (shell, worker.content.decode()):
        assert "Nguy" not in text
        assert str(session.uid) not in text
        assert "csrfmiddlewaretoken" not in text


def test_logging_out_wipes_the_copy(session, colleague) -> None:
    client = desk(colleague)
    client.get(page("hall", session))
    assert client.post(reverse("admin:logout"))["Clear-Site-Data"] == '"storage"'


def test_today_opens_the_only_session_and_lists_several(session, campaign, colleague) -> None:
    client = desk(colleague)
    assert client.get(page("today"))["Location"] == page("hall", session)
    other = campaign.sessions.order_by("date").last()
    Session.objects.filter(pk=other.pk).update(date=session.date, place_name="Trường học")
    assert len(client.get(page("today")).context["sessions"]) == 2


def test_hall_costs_the_same_for_one_person_and_for_three(session, colleague) -> None:
    client, costs = desk(colleague), []
    client.get(page("hall", session))
    people = book_people(session, 6)
    for arrivals in (people[:1], people[1:3]):
        for booking in arrivals:
            arrive(booking, colleague)
        for name in ("hall", "state", "people"):
            with CaptureQueriesContext(connection) as captured:
                client.get(page(name, session))
            costs.append((name, len(captured)))
    assert costs[:3] == costs[3:]


# ---- the screen and what citizens see


@pytest.fixture
def screen(session, colleague) -> str:
    desk(colleague).get(page("hall", session))
    code = DeskDay.objects.get(session=session).screen_code
    return reverse("appointments:screen", args=[session.unit.slug, code])


def test_screen_answers_304_until_somebody_is_called(session, colleague, screen) -> None:
    counter = make_counter(session.unit)
    arrive(book_people(session, 1)[0], colleague)
    first = Client().get(f"{screen}so.json")
    tag = first["ETag"]
    assert Client().get(f"{screen}so.json", headers={"If-None-Match": tag}).status_code == 304
    station = make_station(session, colleague, counter)
    from appointments.actions.call_next import call_next

    call_next(session=session, counter=counter, by=colleague, station=station)
    changed = Client().get(f"{screen}so.json", headers={"If-None-Match": tag})
    assert (changed.status_code, changed["ETag"] != tag) == (200, True)
    assert changed.json()["calls"][0]["say"] == "Mời số một đến quầy một"
    shown = Client().get(screen).content.decode()
    assert re.search(r'class="screen-here"><b>1</b><span>Quầy <b>1</b>', shown)
    assert "Nguy" not in shown + changed.content.decode()


def test_screen_needs_its_code_and_its_unit(session, colleague, screen, other_ward) -> None:
    code = screen.rstrip("/").split("/")[-1]
    wrong = [
        reverse("appointments:screen", args=[session.unit.slug, "ABCDEFGHJKMN"]),
        reverse("appointments:screen", args=[other_ward.slug, code]),
        reverse("appointments:screen_calls", args=[other_ward.slug, code]),
    ]
    assert {Client().get(path).status_code for path in wrong} == {404}


def test_live_page_and_api_tell_the_number_and_a_range(session, colleague) -> None:
    counter, people = make_counter(session.unit), book_people(session, 4)
    for booking in people:
        arrive(booking, colleague)
    press_client = desk(colleague)
    press(press_client, session, "counter", number="1")
    press(press_client, session, "next")
    (day,) = live_days(session.unit)
    assert (day.serving, day.waiting, day.least, day.most) == ("1", 3, 25, 35)
    shown = Client().get(reverse("appointments:live", args=[session.unit.slug])).content.decode()
    assert "25–35 phút" in shown
    assert "Nguy" not in shown
    (told,) = Client().get(f"/api/v1/units/{session.unit.slug}/today/").json()
    assert (told["serving"], told["waiting"], told["wait_least"], told["wait_most"]) == ("1", 3, 25, 35)
    mine = Client().get(f"/api/v1/visits/{people[3].declaration.code}/live/").json()
    assert (mine["ahead"], mine["status"], mine["wait_least"], mine["wait_most"]) == (2, "waiting", 15, 25)
    called = Client().get(f"/api/v1/visits/{people[0].declaration.code}/live/").json()
    assert (called["status"], called["counter"], called["wait_most"]) == ("called", counter.number, None)


def test_ticket_of_today_tells_how_long(session, colleague, monkeypatch) -> None:
    people = book_people(session, 2)
    path = reverse("appointments:ticket", args=[session.unit.slug, people[1].declaration.code])
    set_clock(monkeypatch, at(5))
    assert "Chưa bắt đầu gọi số</strong>." in Client().get(path).content.decode()
    set_clock(monkeypatch, at(7, 30))
    assert "còn khoảng 30–40 phút" in Client().get(path).content.decode()
    arrive(people[1], colleague)
    walk_in(station=make_station(session, colleague), by=colleague)
    assert live_turn(Booking.objects.get(pk=people[1].pk)).ahead == 1


def test_ticket_of_another_day_tells_nothing(campaign) -> None:
    booking = book_people(campaign.sessions.order_by("date").last(), 1)[0]
    path = reverse("appointments:ticket", args=[booking.unit.slug, booking.declaration.code])
    assert "data-ticket-live" not in Client().get(path).content.decode()
    assert Client().get(f"/api/v1/visits/{booking.declaration.code}/live/").status_code == 404


def test_unit_without_a_session_today_says_so(ward) -> None:
    shown = Client().get(reverse("appointments:live", args=[ward.slug])).content.decode()
    assert "Hôm nay đơn vị không có buổi tiếp dân theo lịch hẹn." in shown
