"""The whole road in a browser: a citizen writes on his phone, the portal answers, an officer on his."""

import re

import pytest

from portal.conversations.actions.send_messages import send_due
from portal.zalo.actions.process_event import process_due
from portal.zalo.queries import webhook_url
from tests.journeys.checks import barriers, sideways, small_targets
from tests.journeys.steps import log_in
from tests.people import BY
from tests.processes import wait_until
from tests.zalo.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_citizen_asks_and_an_officer_answers_on_a_phone(open_page, live_portal, provider, connected, owner):
    provider.zalo.world.state["accounts"][connected.oa_id]["webhook_url"] = webhook_url(connected)
    provider.zalo.world.switches.update({"echo": False, "receipts": False})
    citizen, desk = open_page(), open_page()
    citizen.goto(f"http://127.0.0.1:{provider.server_address[1]}/phones/{PHONE}/zalo/{connected.oa_id}")

    def write(text: str, posted: int) -> None:
        """He writes, Zalo tells the portal, the workers do their work, he looks again."""
        citizen.get_by_label("Nhắn cho").fill(text)
        citizen.get_by_role("button", name="Gửi", exact=True).click()
        assert wait_until(lambda: provider.zalo.webhooks.posted >= posted, seconds=20)
        process_due(by=BY)
        send_due(by=BY)
        citizen.get_by_role("link", name="Tải lại").click()

    citizen.get_by_role("button", name="Quan tâm", exact=True).click()
    citizen.get_by_text("Đang quan tâm").wait_for()
    write("giờ làm việc", 2)
    citizen.get_by_text(re.compile("Thứ Hai đến Thứ Sáu: 07:00-11:30")).wait_for()
    write("Con tôi 6 tuổi làm căn cước được không?", 3)

    log_in(desk, live_portal, owner)
    desk.goto(f"{live_portal}/quan-tri/conversations/conversation/")
    assert (barriers(desk), small_targets(desk), sideways(desk, 320)) == ([], [], [])
    desk.get_by_role("link", name=re.compile("Con tôi 6 tuổi")).click()
    desk.get_by_text("Miễn phí").wait_for()
    assert (barriers(desk), small_targets(desk), sideways(desk, 320)) == ([], [], [])
    desk.get_by_label("Trả lời công dân").fill("Được. Mời Ông/Bà đưa cháu đến trụ sở.")
    desk.get_by_role("button", name="Gửi trả lời").click()
    desk.get_by_text(re.compile("Chờ gửi")).wait_for()
    send_due(by=BY)
    # The page looks again by itself.
    desk.get_by_text(re.compile(r"owner · .* · Đã gửi")).wait_for(timeout=20_000)
    citizen.get_by_role("link", name="Tải lại").click()
    citizen.get_by_text("Được. Mời Ông/Bà đưa cháu đến trụ sở.").wait_for()
