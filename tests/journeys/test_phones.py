"""Phones as they are: the proof of work, Zalo's in-app browser, a keyboard, a weak network."""

import gzip
import re

import pytest

from portal.citizens.models import OneTimeCode
from tests.journeys.checks import assert_good, forgive_status
from tests.journeys.steps import HOLD, PERSON, PHONE, choose_hour, declare, enter_code, press, queue_number

pytestmark = [pytest.mark.browser]
ZALO = (
    "Mozilla/5.0 (Linux; Android 10; SM-A107F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/96.0.4664.104 Mobile Safari/537.36 Zalo android/12100696 ZaloTheme/light ZaloLanguage/vi"
)
FIRST_VIEW_BYTES = 60 * 1024
FIRST_VIEW_REQUESTS = 6


def test_proof_of_work_is_sent_by_itself(page, live_portal, campaign, settings, page_problems) -> None:
    settings.CODES_PER_PREFIX_PER_HOUR = 0
    settings.WORK_BITS = 15
    choose_hour(page, live_portal)
    declare(page)
    page.locator("#id_code").wait_for()
    assert OneTimeCode.objects.count() == 1
    enter_code(page)
    assert queue_number(page) == "1"
    forgive_status(page_problems, 429)


def test_gate_and_queue_have_no_barrier(page, live_portal, campaign, settings, page_problems) -> None:
    settings.CODES_PER_PREFIX_PER_HOUR = 0
    settings.WORK_BITS = 30  # more than this test waits for
    choose_hour(page, live_portal)
    declare(page)
    page.locator("progress").wait_for()
    assert_good(page)
    press(page, "Chờ đến lượt")
    page.get_by_text("Trang này tự tải lại").wait_for()
    assert_good(page)
    forgive_status(page_problems, 429)


def test_zalo_browser_ends_on_a_ticket_without_downloads(open_page, live_portal, campaign) -> None:
    page = open_page(user_agent=ZALO, accept_downloads=False, service_workers="block")
    page.add_init_script(
        "window.print = () => { throw new Error('print'); };"
        "delete Navigator.prototype.serviceWorker; delete Navigator.prototype.clipboard;"
    )
    downloads = []
    page.on("download", lambda download: downloads.append(download.url))
    choose_hour(page, live_portal)
    declare(page)
    enter_code(page)
    assert queue_number(page) == "1"
    ticket = page.locator(".ticket").inner_text()
    assert [
        part for part in ("08:00", "Nhà văn hóa phường", "Cần mang theo", "Lệ phí") if part not in ticket
    ] == []
    assert page.locator(".ticket svg.qr, .ticket .qr").is_visible()
    press(page, "Chép mã")
    assert page.locator("[data-copy-done]").inner_text() == "Hãy giữ tay trên mã để chép."
    assert downloads == []


def test_keyboard_alone_fills_the_declaration(page, live_portal, campaign, page_problems) -> None:
    choose_hour(page, live_portal)
    page.get_by_role("button", name=HOLD).focus()
    page.keyboard.press("Enter")
    page.locator(".error-summary").wait_for()
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    for place, field in enumerate(("request_kind_0", "full_name", "birth_date", "phone")):
        page.locator(".error-summary a").nth(place).focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == f"id_{field}"
        page.keyboard.press("Space") if place == 0 else page.keyboard.type(
            (PERSON["full_name"], PERSON["birth_date"], PHONE)[place - 1]
        )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Khai thêm để khi đến làm nhanh hơn"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Thêm người đi cùng"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == HOLD
    page.keyboard.press("Enter")
    page.locator("#id_code").wait_for()
    forgive_status(page_problems, 400)


def test_fields_help_the_phone_and_mark_what_is_optional(page, live_portal, campaign) -> None:
    choose_hour(page, live_portal)
    assert page.locator("form[method=post]").get_attribute("novalidate") == ""
    asked = {
        name: page.locator(f"#id_{name}") for name in ("full_name", "birth_date", "phone", "identity_number")
    }
    assert {name: field.get_attribute("autocomplete") for name, field in asked.items()} == {
        "full_name": "name",
        "birth_date": "bday",
        "phone": "tel",
        "identity_number": "off",
    }
    assert asked["phone"].get_attribute("type") == "tel"
    assert asked["birth_date"].get_attribute("inputmode") == "numeric"
    assert asked["identity_number"].get_attribute("inputmode") == "numeric"
    assert not asked["identity_number"].is_visible()
    marked = page.locator("label:has(.optional)")
    assert marked.count() == page.locator(".fold-body .form-label").count() == 16


def test_first_view_is_light(page, live_portal, campaign) -> None:
    sizes = {}

    def weigh(response) -> None:
        body = response.body()
        packed = body if response.url.endswith(".woff2") else gzip.compress(body, 9)
        sizes[response.url] = len(packed)

    page.on("response", weigh)
    page.goto(f"{live_portal}/", wait_until="networkidle")
    page.wait_for_timeout(300)
    assert sum(sizes.values()) < FIRST_VIEW_BYTES
    assert len(sizes) <= FIRST_VIEW_REQUESTS


def test_other_pages_have_no_barrier(page, live_portal, campaign, page_problems) -> None:
    unit = re.sub("/dat-lich/.*", "", f"{live_portal}/{campaign.unit.slug}/")
    for path in ("bao-tin/", "khong-co/"):
        page.goto(unit + path)
        assert_good(page)
    type(campaign).objects.update(status="closed")
    page.goto(f"{unit}dat-lich/{campaign.slug}/")
    assert_good(page)
    page.goto(f"{unit}dat-lich/")
    assert_good(page)
    forgive_status(page_problems, 404)
