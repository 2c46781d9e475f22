"""Officers write, check, let go and watch mass messages at the desk, each in his own unit."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.send_batch import send_batch
from portal.notifications.models import MassMessage
from portal.notifications.tests.mass import GROUP, TESTER, TEXT, phones, tend, written
from portal.units.actions.rebuild_reach import rebuild_reach
from tests.people import make_officer

ADD, LIST = "admin:notifications_massmessage_add", "admin:notifications_massmessage_changelist"


@pytest.fixture
def unit(unit):
    unit.slug, unit.is_open = "song-moi", True
    unit.save()
    rebuild_reach()
    return unit


@pytest.fixture
def chief(unit):
    return make_officer("truong.phong", unit, "unit_chief")


@pytest.fixture
def editor(unit):
    return make_officer("bien.tap", unit, "editor")


def desk(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def page_of(name: str, mass: MassMessage, *more: str) -> str:
    return reverse(f"admin:notifications_massmessage_{name}", args=[mass.pk, *more])


def filled(unit, **given: str) -> dict[str, str]:
    data = {"group": f"{GROUP}|{unit.uid}|", "title": "Lịch tháng 12", "text": TEXT, "link": ""}
    return data | {"per_minute": "600"} | given


def test_the_form_writes_and_shows_the_dry_run(unit, chief):
    phones(3)
    answer = desk(chief).post(reverse(ADD), filled(unit), follow=True)
    mass = MassMessage.objects.get()
    assert (mass.state, mass.unit, mass.estimate["people"]) == ("checked", unit, 3)
    content = desk(chief).get(page_of("change", mass)).content.decode()
    assert answer.status_code == 200
    for words in ("Kết quả chạy thử", "1.500", "Cong an KHONG goi", "Chuyển tiếp vào nhóm Zalo", "/z/"):
        assert words in content


def test_what_was_typed_stays_beside_what_is_wrong(unit, chief):
    phones(1)
    typed = "Xem ngay tại www.la.example nhé bà con"
    answer = desk(chief).post(reverse(ADD), filled(unit, text=typed))
    content = answer.content.decode()
    assert (answer.status_code, MassMessage.objects.count()) == (200, 0)
    assert typed in content
    assert "Tin không kèm địa chỉ ngoài cổng này (www.la.example)" in content


def test_an_officer_writes_for_his_own_units_only(unit, stranger):
    answer = desk(stranger).post(reverse(ADD), filled(unit))
    assert (answer.status_code, MassMessage.objects.count()) == (200, 0)


def test_owner_colleague_and_stranger(unit, chief, editor, officer, stranger, published):
    phones(2)
    mass = written(unit, by=editor)
    move_mass(obj=mass, to="checked", by=editor)
    pages = [page_of("change", mass), page_of("move", mass, "queued")]
    assert [desk(chief).get(page).status_code for page in pages] == [200, 200]
    assert [desk(editor).get(page).status_code for page in pages] == [200, 302]  # may not let it go
    assert [desk(officer).get(page).status_code for page in pages] == [403, 404]
    assert [desk(stranger).get(page).status_code for page in pages] == [404, 404]
    desk(editor).post(pages[1])
    mass.refresh_from_db()
    assert mass.state == "checked"
    desk(chief).post(pages[1])
    mass.refresh_from_db()
    assert mass.state == "queued"


def test_the_page_of_a_running_message_refreshes_itself_and_one_that_ended_rests(
    unit, chief, answer, published
):
    phones(2)
    mass = written(unit)
    move_mass(obj=mass, to="checked", by=TESTER)
    assert "Refresh" not in desk(chief).get(page_of("change", mass)).headers
    move_mass(obj=mass, to="queued", by=TESTER)
    tend(mass)
    running = desk(chief).get(page_of("change", mass))
    assert running.headers["Refresh"] == "10"
    assert "Tạm dừng" in running.content.decode()
    send_batch(message_class="bulk", by=TESTER)
    tend(mass)
    ended = desk(chief).get(page_of("change", mass))
    assert "Refresh" not in ended.headers
    assert "Đã xử lý 2 trong 2 người (100 %)" in ended.content.decode()


def test_stopping_asks_for_a_reason_and_keeps_it(unit, chief, published):
    phones(1)
    mass = written(unit)
    move_mass(obj=mass, to="checked", by=TESTER)
    move_mass(obj=mass, to="queued", by=TESTER)
    stop = page_of("move", mass, "stopped")
    assert "Xin nhập lý do." in desk(chief).post(stop).content.decode()
    desk(chief).post(stop, {"reason": "Nhầm ngày"})
    mass.refresh_from_db()
    assert (mass.state, mass.history.last().reason) == ("stopped", "Nhầm ngày")
    assert "Nhầm ngày" in desk(chief).get(page_of("change", mass)).content.decode()


def test_list_and_page_cost_the_same_for_1_and_3(unit, chief):
    phones(1)
    counts = []
    for number in (1, 2):
        masses = [written(unit) for _one in range(number)]
        [move_mass(obj=mass, to="checked", by=TESTER) for mass in masses]
        client = desk(chief)
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(LIST)).status_code == 200
        counts.append(len(seen))
    assert MassMessage.objects.count() == 3
    assert counts[0] == counts[1]
