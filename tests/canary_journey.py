"""What happens to the planted people: every door, right and wrong, until the officer has dealt with them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from tests.canary import BREAKING_PATH, BREAKING_TASK
from tests.canary_road import DOUBTFUL, NUMBER, PHONES, Road, declaration, expect
from tests.canary_stack import Stack
from tests.canary_zalo import (
    citizen_is_told_on_zalo,
    citizen_links_zalo,
    citizen_writes_on_zalo,
    events_come_from_zalo,
    officer_answers_on_zalo,
    officer_tells_many,
)
from tests.processes import wait_until

PASSWORD = "mot con vit xoe ra hai cai canh 84"
# The journal seals entries ten seconds old; a quick journey is over before that.
JOBS = f"""
import datetime
from celery import current_app
from portal.audit import queries
from portal.audit.tasks import export_last_head, seal_new_entries
from portal.notifications.tasks import sweep
from appointments.tasks import erase_old_drafts_task, expire_holds_task
queries.GRACE = datetime.timedelta(0)
for job in (sweep, expire_holds_task, erase_old_drafts_task, seal_new_entries, export_last_head):
    job()
current_app.send_task("{BREAKING_TASK}", queue="maintenance")
"""


def citizens_type_wrong(road: Road) -> None:
    """Field errors, a doubtful number, garbage; nothing is booked."""
    wrong = {
        "full_name": "Bạch Thị Khuyếch Đoỏng 99",
        "phone": f"0{PHONES[0]}77",
        "identity_number": NUMBER + "5",
    }
    garbage = {"full_name": "Khuyếch Đoỏng \x00", "slot": "Khuyếch Đoỏng"}
    expect(road.post(road.slot_page(0), declaration(0, **wrong, birth_date="31/02/1984")), 400)
    expect(road.post(road.slot_page(0), declaration(0, identity_number=DOUBTFUL)), 400)
    expect(road.post(road.slot_page(0), declaration(0, **garbage)), 400)
    expect(road.api(road.visits, declaration(0, **wrong, slot=road.slots[0])), 400)
    expect(road.api(road.visits, declaration(0, slot="Khuyếch Đoỏng")), 400)
    expect(road.api(road.visits, [declaration(0)]), 400)
    body = json.dumps(declaration(0), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    expect(road.client.post(road.stack.base + road.visits, content=body[:-2], headers=headers), 400)
    expect(road.client.post(road.stack.base + road.visits, data=declaration(0)), 415)
    expect(road.client.post(road.stack.base + road.slot_page(0), data=declaration(0)), 403)  # no CSRF token
    expect(road.post(road.slot_page(0), declaration(0, note="Khuyếch Đoỏng " * 50_000)), 400, 413)


def citizens_book(road: Road) -> tuple[str, str]:
    """Declaration codes of a visit booked on the pages and of one booked by the API."""
    data = declaration(0, identity_number=DOUBTFUL, accept_warnings="on")
    first = road.door.register(data, road.slots[0], f"0{PHONES[0]}", road.telephone)
    expect(road.post(road.slot_page(1), data), 409)
    expect(road.api(road.visits, {**data, "slot": road.slots[1]}), 409)
    held = expect(road.api(road.visits, declaration(1, slot=road.slots[0])), 201).json()
    confirm = f"/api/v1/visits/{held['booking']}/confirm/"
    code = road.telephone.code(f"0{PHONES[1]}")
    expect(road.api(confirm, {"code": "Khuyếch"}), 400)
    second = expect(road.api(confirm, {"code": code, "device": "Máy của Khuyếch Đoỏng"}), 200).json()
    return first.code, second["code"].replace("-", "")


def citizens_find_no_place(road: Road) -> None:
    """A full slot, and a turn in the queue before a code."""
    road.stack.sql("UPDATE appointments_slot SET taken = capacity WHERE starts = 480")
    found = road.stack.sql("SELECT uid FROM appointments_slot WHERE starts = 480 ORDER BY id LIMIT 1")[0][0]
    slot = str(UUID(str(found)))
    full = f"/{road.unit}/dat-lich/khung-gio/{slot}/"
    expect(road.post(full, declaration(2)), 409)
    expect(road.api(road.visits, declaration(2, slot=slot)), 409)
    expect(road.post(road.slot_page(0), declaration(3, proof_wait="1"), follow=True), 200)


def citizens_look_up_and_cancel(road: Road, code: str) -> None:
    path = f"/{road.unit}/phieu/{code}/"
    for page in (path, f"/tra-cuu/?code={code}", f"{path}lich.ics", f"/api/v1/visits/{code}/"):
        expect(road.get(page), 200)
    expect(road.post(f"{path}huy/", {"phone": f"0{PHONES[1]}9"}), 400)
    expect(road.api(f"/api/v1/visits/{code}/cancel/", {"phone": f"+84{PHONES[2]}"}), 400)
    expect(road.api("/api/v1/tokens/", {"phone": f"0{PHONES[5]}", "unit": road.unit}), 202)
    expect(road.post(f"{path}huy/", {"phone": f"+84 {PHONES[0]}"}), 302)


@contextmanager
def broken_table(stack: Stack, table: str) -> Iterator[None]:
    """No row can be written to `table`; the database's refusal quotes the row."""
    if stack.database is None:
        stack.sql(f"CREATE TRIGGER canary BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'canary'); END")
        yield
        stack.sql("DROP TRIGGER canary")
    else:
        stack.sql(f"ALTER TABLE {table} ADD CONSTRAINT canary CHECK (id < 0) NOT VALID")
        yield
        stack.sql(f"ALTER TABLE {table} DROP CONSTRAINT canary")


def things_break(road: Road) -> None:
    """An exception nobody expected in a page, in the API, in a command and in the worker."""
    stack, data = road.stack, declaration(4, slot=road.slots[2])
    with broken_table(stack, "appointments_booking"):
        expect(road.post(road.slot_page(2), declaration(4)), 500)
        expect(road.api(road.visits, data), 500)
    expect(road.client.post(stack.base + BREAKING_PATH, data=data), 500)
    with broken_table(stack, "notifications_deliveryattempt"):
        stack.manage("book_visit", road.unit, road.slots[2], text=json.dumps(data))
        assert wait_until(lambda: "IntegrityError" in stack.log("worker"), seconds=30)


def officer_works(road: Road, code: str) -> Road:
    """Log in, replace the password, search by name, phone and code, open, check in; his browser."""
    officer, desk = Road(road.stack), "/quan-tri/appointments/booking/"
    prepare = road.stack.running[0].output
    one_time = json.loads(prepare[prepare.index('{"seed"') :].splitlines()[0])["seed"].split()[1]
    login = "/quan-tri/login/"
    expect(officer.post(login, {"username": f"0{PHONES[0]}", "password": "Khuyếch Đoỏng"}), 200)
    expect(officer.post(login, {"username": "canbo", "password": one_time}), 302)
    words = {"old_password": one_time, "new_password1": PASSWORD, "new_password2": PASSWORD}
    expect(officer.post("/quan-tri/password_change/", words), 302)
    texts = ["Khuyếch Đoỏng", "khuyech", f"0{PHONES[1]}", f"+84 {PHONES[1]}", NUMBER, code]
    pages = [expect(officer.post(desk, {"q": text}, follow=True), 200) for text in texts]
    assert [("Khuyếch Đoỏng" in page.text) for page in pages[:3]] == [True] * 3
    row = officer.stack.sql(
        "SELECT b.id FROM appointments_booking b JOIN procedures_declaration d ON d.id = b.declaration_id "
        "WHERE d.code = %s",
        code,
    )[0][0]
    expect(officer.get(f"{desk}{row}/change/"), 200)
    moved = officer.post(f"{desk}{row}/chuyen/checked_in/", {"reason": f"Khuyếch Đoỏng gọi 0{PHONES[1]}"})
    expect(moved, 302)
    expect(officer.post(f"{desk}{row}/chuyen/open/", {"reason": "Khuyếch Đoỏng"}), 302)
    return officer


def play(stack: Stack) -> None:
    """Everything, in the order of a day."""
    road = Road(stack)
    citizens_type_wrong(road)
    first, second = citizens_book(road)
    events_come_from_zalo(road)
    citizen_links_zalo(road)
    citizens_find_no_place(road)
    citizens_look_up_and_cancel(road, first)
    citizen_is_told_on_zalo(road)
    talk = citizen_writes_on_zalo(road)
    things_break(road)
    officer = officer_works(road, second)
    officer_answers_on_zalo(officer, talk)
    officer_tells_many(officer)
    stack.manage("shell", "-c", JOBS)
    assert wait_until(lambda: "ValueError" in stack.log("worker"), seconds=30)
    # The last confirmation went through the broker and the worker, so their traces are complete.
    told = f"{stack.provider}/_phones/0{PHONES[4]}/messages"
    assert wait_until(lambda: road.telephone.client.get(told).json() != [], seconds=30)
