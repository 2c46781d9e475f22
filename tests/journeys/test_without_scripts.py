"""The same road with JavaScript off, also through the gate that asks for a turn in the queue."""

import pytest

from tests.journeys.checks import forgive_status
from tests.journeys.steps import HOLD, choose_hour, declare, enter_code, press, queue_number

pytestmark = [pytest.mark.browser]


def test_road_without_scripts(page_without_scripts, live_portal, campaign, page_problems) -> None:
    page = page_without_scripts
    choose_hour(page, live_portal)
    press(page, HOLD)
    page.locator(".error-summary a").first.click()
    assert page.url.endswith("#id_request_kind_0")
    page.locator("[data-fold=more] summary").click()
    page.locator("#id_note").fill("Đi xe lăn")
    declare(page)
    assert "Chỗ được giữ đến" in page.locator(".countdown").inner_text()
    enter_code(page)
    assert queue_number(page) == "1"
    assert page.get_by_role("button", name="Chép mã").count() == 0
    forgive_status(page_problems, 400)


def test_queue_leads_to_the_code_without_scripts(
    page_without_scripts, live_portal, campaign, settings, page_problems
) -> None:
    settings.CODES_PER_PREFIX_PER_HOUR = 0
    settings.QUEUE_SECONDS = 2
    page = page_without_scripts
    choose_hour(page, live_portal)
    declare(page)
    press(page, "Chờ đến lượt")
    page.get_by_text("Trang này tự tải lại").wait_for()
    page.get_by_role("button", name="Nhận mã xác nhận").wait_for()  # by meta refresh alone
    press(page, "Nhận mã xác nhận")
    enter_code(page)
    assert queue_number(page) == "1"
    forgive_status(page_problems, 429)
