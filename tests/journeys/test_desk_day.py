"""The day at the desks in a real browser: scanned, called, on the screen; twenty minutes without network."""

import re
from typing import Any

import pytest
import qrcode
from django.test import Client
from django.urls import reverse

from appointments.models import Booking, DeskDay, DeskOperation, Session, Turn
from appointments.tests.halls import at, book_people, make_counter, today_of
from appointments.tests.test_close_day import set_clock
from tests.journeys.checks import assert_good
from tests.journeys.steps import log_in, press

pytestmark = [pytest.mark.browser]
WIDE = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def session(campaign) -> Session:
    session = today_of(campaign)
    make_counter(session.unit, 1, "Thu nhận vân tay")
    make_counter(session.unit, 2)
    return session


def to_desk(page: Any, address: str, officer: Any, session: Session, *, counter: str = "1") -> None:
    """Logged in, at the desk, serving at a counter."""
    log_in(page, address, officer)
    page.goto(address + reverse("desk:hall", args=[session.uid]))
    page.locator("[data-live][data-ready]").wait_for()
    page.locator("#live-quay").select_option(counter)
    page.get_by_role("heading", name=f"Quầy {counter}").wait_for()


def remember(page: Any, address: str, officer: Any) -> None:
    """Logged in as if an hour ago: the theme's log-in form itself wants scripts."""
    client = Client()
    client.force_login(officer)
    cookie = client.cookies["officer"].value
    page.context.add_cookies([{"name": "officer", "value": cookie, "url": f"{address}/quan-tri/"}])


def scan(page: Any, text: str) -> None:
    """A desk scanner types fast and ends with Enter."""
    page.locator("#live-tim").fill(text)
    page.keyboard.press("Enter")


def current(page: Any) -> Any:
    return page.locator("[data-current]")


def said(page: Any) -> str:
    page.locator(".floor-said").wait_for()
    return page.locator(".floor-said").inner_text()


def ticket_address(live_portal: str, booking: Booking) -> str:
    path = reverse("appointments:ticket", args=[booking.unit.slug, booking.declaration.code])
    return f"{live_portal}{path}"


def forgive_outage(problems: list[str]) -> None:
    """Chromium reports each question that found no network."""
    problems[:] = [text for text in problems if "ERR_INTERNET_DISCONNECTED" not in text]


def settle(*pages: Any) -> None:
    """Wait until the server has answered every press."""
    for page in pages:
        page.locator("[data-live][data-owing='0']").wait_for()


def statuses(session: Session) -> dict[str, str]:
    return dict(Turn.objects.filter(session=session).values_list("label", "status"))


def test_scanned_ticket_is_called_shown_and_finished(open_page, live_portal, session, colleague) -> None:
    people = book_people(session, 3)
    desk, screen = open_page(**WIDE), open_page(**WIDE)
    to_desk(desk, live_portal, colleague, session)
    code = DeskDay.objects.get(session=session).screen_code
    screen.goto(live_portal + reverse("appointments:screen", args=[session.unit.slug, code]))
    screen.get_by_text("Chưa gọi số nào").wait_for()

    scan(desk, ticket_address(live_portal, people[1]))
    assert said(desk) == "Số 2 đã đến"
    scan(desk, people[0].declaration.code)
    desk.get_by_text("Số 1 đã đến").wait_for()
    press(desk, "Gọi số tiếp")
    desk.locator("[data-current]", has_text="1").wait_for()
    screen.locator(".screen-here > b", has_text="1").wait_for(timeout=4_000)
    assert screen.locator(".screen-here span").inner_text() == "Quầy 1"
    press(desk, "Xong, gọi số tiếp")
    desk.locator("[data-current]", has_text="2").wait_for()
    screen.locator(".screen-here > b", has_text="2").wait_for(timeout=4_000)
    press(desk, "Đã xong")
    desk.get_by_role("button", name="Gọi số tiếp", exact=True).wait_for()
    settle(desk)
    assert statuses(session) == {"1": "done", "2": "done"}
    assert "Nguyễn" not in screen.content()
    assert_good(desk)


def test_family_brings_one_ticket_and_somebody_stayed_home(page, live_portal, session, colleague) -> None:
    people = book_people(session, 3)
    Booking.objects.filter(pk__in=[one.pk for one in people]).update(party=people[0].party)
    to_desk(page, live_portal, colleague, session)
    scan(page, ticket_address(live_portal, people[2]))
    page.get_by_label("1 Nguyễn Thị Anh").check()
    page.get_by_label("3 Nguyễn Thị Cnh").check()
    page.locator("form.floor-found").get_by_role("button", name="Đã đến").click()
    page.locator("[data-list=waiting] li").nth(1).wait_for()
    page.locator("[data-found]").get_by_role("button").wait_for(state="detached")
    settle(page)
    assert page.locator("[data-list=expected] li").count() == 1
    assert_good(page)
    page.get_by_role("button", name="Gọi số tiếp", exact=True).click()
    page.locator("[data-current]", has_text="1").wait_for()
    settle(page)
    assert statuses(session) == {"1": "called", "3": "waiting"}


def test_somebody_with_nothing_is_found_by_phone_and_birth_date(
    page, live_portal, session, colleague
) -> None:
    book_people(session, 3)
    to_desk(page, live_portal, colleague, session)
    for typed, expected in (("0751000002", "3 Nguyễn Thị Cnh"), ("05/09/1951", "2 Nguyễn Thị Bnh")):
        scan(page, typed)
        page.locator("[data-found]").get_by_text(expected).wait_for()
    scan(page, "không có ai")
    page.get_by_text("Không tìm thấy ai trong buổi này.").wait_for()
    press(page, "Người cao tuổi")
    press(page, "Cấp số cho người không hẹn")
    assert said(page) == "Đã cấp số B1-001"
    assert Turn.objects.get().is_priority is True


def test_desk_works_without_scripts(page_without_scripts, live_portal, session, colleague) -> None:
    page = page_without_scripts
    booking = book_people(session, 1)[0]
    remember(page, live_portal, colleague)
    page.goto(live_portal + reverse("desk:hall", args=[session.uid]))
    press(page, "Chọn quầy")
    page.get_by_label("Quét mã trên phiếu").fill(ticket_address(live_portal, booking))
    press(page, "Tìm")
    press(page, "Gọi số tiếp")
    assert page.locator(".floor-number").inner_text() == "1"
    press(page, "Đã xong")
    assert statuses(session) == {"1": "done"}


def test_twenty_minutes_without_network_at_two_desks(
    open_page, live_portal, session, colleague, owner, page_problems, monkeypatch
) -> None:
    """Both desks go on; meanwhile one is reloaded. Afterwards everybody was served once."""
    people = book_people(session, 6)
    now = at(8, 10)  # everybody of the first slot is on time
    set_clock(monkeypatch, now)
    one, two = open_page(**WIDE), open_page()
    for desk, officer, counter in ((one, colleague, "1"), (two, owner, "2")):
        desk.set_default_timeout(30_000)  # a minute's ticks at once, each sealing the copy, on a busy machine
        desk.clock.install(time=now)
        to_desk(desk, live_portal, officer, session, counter=counter)
        desk.evaluate("navigator.serviceWorker.ready.then(() => true)")
    scan(one, people[0].declaration.code)  # checked in at desk 1 while there is network
    one.get_by_text("Số 1 đã đến").wait_for()

    for desk in (one, two):
        desk.context.set_offline(True)
        desk.clock.fast_forward(12_000)
        desk.get_by_text("Mất mạng").wait_for()
    scan(one, people[1].declaration.code)
    one.get_by_text("Số 2 đã đến").wait_for()
    scan(two, people[2].declaration.code)
    two.get_by_text("Số 3 đã đến").wait_for()
    scan(two, people[1].declaration.code)  # came to both desks
    two.get_by_text("Số 2 đã đến").wait_for()
    press(one, "Cấp số cho người không hẹn")
    one.get_by_text("Đã cấp số B1-001").wait_for()
    press(two, "Cấp số cho người không hẹn")
    two.get_by_text("Đã cấp số B2-001").wait_for()
    for desk in (one, two):
        desk.clock.fast_forward(60_000)

    two.reload()  # from the encrypted copy, by the service worker
    two.locator("[data-live][data-ready]").wait_for()
    assert "Nguyễn Thị Cnh" in two.content()
    two.clock.fast_forward(60_000)
    served: list[str] = []
    for desk, count in ((one, 3), (two, 2)):
        press(desk, "Gọi số tiếp")
        for number in range(count):
            current(desk).filter(has_text=re.compile(r"\d")).wait_for()
            served.append(current(desk).inner_text())
            desk.clock.fast_forward(240_000)
            last = number == count - 1
            before = served[-1]
            press(desk, "Đã xong" if last else "Xong, gọi số tiếp")
            current(desk).filter(has_not_text=re.compile(rf"^{before}$")).wait_for()
    assert served == ["1", "2", "B1-001", "2", "3"]
    assert DeskOperation.objects.filter(kind__in=["call", "finish", "walk_in"]).count() == 0

    for desk in (two, one):
        desk.context.set_offline(False)
        desk.clock.fast_forward(12_000)
        desk.get_by_text("Mất mạng").wait_for(state="hidden")
    settle(one, two)
    assert statuses(session) == {
        "1": "done", "2": "done", "3": "done", "B1-001": "done", "B2-001": "waiting",
    }  # fmt: skip
    assert list(Booking.objects.order_by("number").values_list("status", flat=True)) == [
        "finished", "finished", "finished", "booked", "booked", "booked",
    ]  # fmt: skip
    assert Turn.objects.count() == 5
    forgive_outage(page_problems)


def test_copy_on_the_disk_holds_no_readable_name(page, live_portal, session, colleague) -> None:
    book_people(session, 2)
    to_desk(page, live_portal, colleague, session)
    raw = page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open('desk-floor').onsuccess = (event) => {
            const found = event.target.result.transaction(['boxes', 'keys']);
            const boxes = found.objectStore('boxes').getAll(), keys = found.objectStore('keys').getAll();
            found.oncomplete = () => resolve({
              text: boxes.result.map(
                (box) => box.data ? new TextDecoder('latin1').decode(box.data) : String(box)).join('|'),
              extractable: keys.result.map((row) => row.key.extractable),
            });
          };
        })"""
    )
    assert raw["extractable"] == [False]
    assert len(raw["text"]) > 500
    assert "Nguy" not in raw["text"]
    assert "booked" not in raw["text"]
    shown = page.evaluate(
        "caches.keys().then(async n => (await (await caches.open(n[0])).keys()).map(r => r.url))"
    )
    assert not [address for address in shown if str(session.uid) in address]


def test_screen_keeps_its_last_numbers_while_the_network_is_down(
    open_page, live_portal, session, colleague, page_problems
) -> None:
    people = book_people(session, 1)
    desk, screen = open_page(), open_page(**WIDE)
    screen.add_init_script(
        "window.spoken = [];"
        "speechSynthesis.speak = (words) => window.spoken.push(words.text + '/' + words.lang);"
    )
    to_desk(desk, live_portal, colleague, session)
    code = DeskDay.objects.get(session=session).screen_code
    screen.goto(live_portal + reverse("appointments:screen", args=[session.unit.slug, code]))
    screen.get_by_text("Chưa gọi số nào").wait_for()
    scan(desk, people[0].declaration.code)
    desk.get_by_text("Số 1 đã đến").wait_for()
    press(desk, "Gọi số tiếp")
    screen.locator(".screen-here > b", has_text="1").wait_for()
    assert screen.evaluate("window.spoken") == ["Mời số một đến quầy một/vi-VN"]
    press(desk, "Gọi lại")
    with screen.expect_response(lambda answer: answer.status == 200 and "so.json" in answer.url):
        settle(desk)
    screen.locator(".screen-new").wait_for()
    assert screen.evaluate("window.spoken.length") == 2
    screen.context.set_offline(True)
    screen.get_by_text("Mất mạng – số cuối lúc").wait_for()
    assert screen.locator(".screen-here > b").inner_text() == "1"
    screen.context.set_offline(False)
    screen.get_by_text("Mất mạng").wait_for(state="hidden")
    forgive_outage(page_problems)


CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement('canvas'), brush = canvas.getContext('2d'), rows = window.ticketRows;
  canvas.width = canvas.height = 480;
  const draw = () => {
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, 480, 480);
    brush.fillStyle = '#000';
    const side = Math.floor(400 / rows.length);
    const square = (x, y) => brush.fillRect(40 + x * side, 40 + y * side, side, side);
    rows.forEach((row, y) => row.forEach((dark, x) => dark && square(x, y)));
  };
  draw();
  window.setInterval(draw, 100);
  return canvas.captureStream(10);
};
"""


def test_camera_reads_the_qr_of_a_ticket(page, live_portal, session, colleague) -> None:
    """What the camera sees is drawn; finding and reading the code is the page's own work."""
    booking = book_people(session, 1)[0]
    drawing = qrcode.QRCode(border=2)
    drawing.add_data(ticket_address(live_portal, booking))
    rows = drawing.get_matrix()
    to_desk(page, live_portal, colleague, session)
    page.evaluate("rows => { window.ticketRows = rows; }", rows)
    page.evaluate(CAMERA)
    press(page, "Quét bằng camera")
    page.get_by_text("Số 1 đã đến").wait_for()
    press(page, "Tắt camera")
    settle(page)
    assert statuses(session) == {"1": "waiting"}
