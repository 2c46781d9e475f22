"""An officer lays out a campaign and opens it with one button; the citizen sees it."""

import datetime as dt
import re

import pytest

from portal.common.clock import local_now
from tests.journeys.steps import WARD, log_in, press

pytestmark = [pytest.mark.browser]
NAME = "Cấp căn cước tại nhà sinh hoạt tổ dân phố"


def fill_plan(desk, procedure) -> None:
    """The form of a new campaign: one week from tomorrow on."""
    now = local_now()
    texts = {
        "name": NAME,
        "rounds-0-first_date": f"{now + dt.timedelta(days=1):%d/%m/%Y}",
        "rounds-0-last_date": f"{now + dt.timedelta(days=8):%d/%m/%Y}",
        "rounds-0-place_name": "Nhà sinh hoạt tổ dân phố",
        "rounds-0-place_address": "Số 2 đường Hoa Sữa",
        "rounds-0-spans": "07:30-09:30",
        "intake_opens_at_0": f"{now - dt.timedelta(days=1):%d/%m/%Y}",
        "intake_opens_at_1": "00:00",
        "intake_closes_at_0": f"{now + dt.timedelta(days=9):%d/%m/%Y}",
        "intake_closes_at_1": "00:00",
    }
    desk.locator("#id_unit").select_option(index=1)
    desk.locator("#id_procedure").select_option(value=str(procedure.pk))
    for name, value in texts.items():
        desk.locator(f"#id_{name}").fill(value)


def test_officer_opens_a_campaign_and_the_citizen_sees_it(open_page, live_portal, id_card, owner) -> None:
    desk, page = open_page(viewport={"width": 1280, "height": 900}), open_page()
    log_in(desk, live_portal, owner)
    desk.goto(f"{live_portal}/quan-tri/appointments/campaign/add/")
    fill_plan(desk, id_card)
    desk.keyboard.press("Escape")
    press(desk, "Xem trước")
    press(desk, "Tạo đợt này")
    desk.wait_for_url(re.compile(r"/campaign/\d+/change/$"))
    desk.goto(f"{live_portal}/quan-tri/appointments/campaign/")
    desk.get_by_role("link", name=NAME).click()
    desk.get_by_role("link", name="Mở nhận đăng ký", exact=True).click()
    press(desk, "Mở nhận đăng ký")

    page.goto(f"{live_portal}/")
    page.get_by_role("link", name=WARD).click()
    page.get_by_role("link", name=re.compile("Đặt lịch làm căn cước")).click()
    assert page.locator("h1").inner_text() == NAME
