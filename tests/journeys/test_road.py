"""The whole road in a real browser: a citizen books, an officer sees the person and checks in."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from appointments.actions.sweep import expire_holds
from appointments.models import Booking, Slot
from portal.citizens.models import OneTimeCode
from tests.journeys.checks import assert_good, forgive_status
from tests.journeys.steps import (
    CONFIRM,
    HOLD,
    PERSON,
    PHONE,
    choose_hour,
    declare,
    enter_code,
    log_in,
    newest_code,
    press,
    queue_number,
)
from tests.people import BY

pytestmark = [pytest.mark.browser]


@pytest.mark.sqlite_journey
def test_citizen_books_and_officer_checks_in(open_page, live_portal, campaign, owner) -> None:
    page, desk = open_page(), open_page(viewport={"width": 1280, "height": 800})
    choose_hour(page, live_portal)
    declare(page)
    enter_code(page)
    assert queue_number(page) == "1"

    log_in(desk, live_portal, owner)
    desk.goto(f"{live_portal}/quan-tri/appointments/booking/")
    assert PERSON["full_name"] in desk.locator("#result_list tbody, main tbody").first.inner_text()
    desk.get_by_role("link", name="1", exact=True).click()
    desk.get_by_role("link", name="Xác nhận đã đến", exact=True).click()
    press(desk, "Xác nhận đã đến")
    desk.get_by_text("Đã đến", exact=True).first.wait_for()

    page.reload()
    assert page.locator(".badge").inner_text() == "Đã đến"


def test_every_page_of_the_road_has_no_barrier_and_fits(page, live_portal, campaign, page_problems) -> None:
    page.goto(f"{live_portal}/")
    assert_good(page)
    page.goto(f"{live_portal}/?q=quan+ben+dong")
    assert page.locator(".link-card").count() == 2
    assert_good(page)
    choose_hour(page, live_portal)
    assert_good(page)
    page.go_back()
    assert_good(page)
    page.go_back()
    assert_good(page)

    choose_hour(page, live_portal)
    press(page, HOLD)
    assert page.locator(".error-summary a").count() == 4
    assert_good(page)
    declare(page, phone="0912")
    assert page.locator("#id_full_name").input_value() == PERSON["full_name"]
    assert page.locator(".error-summary a").count() == 1
    assert_good(page)
    declare(page)
    page.locator("#id_code").wait_for()
    assert_good(page)

    page.locator("#id_code").fill("000000" if newest_code() != "000000" else "000001")
    press(page, CONFIRM)
    page.get_by_text("Ông/Bà còn 4 lần nhập").first.wait_for()
    assert_good(page)
    enter_code(page)
    assert_good(page)
    forgive_status(page_problems, 400)


def test_doubtful_number_is_accepted_after_a_tick(page, live_portal, campaign, page_problems) -> None:
    choose_hour(page, live_portal)
    page.locator("[data-fold=more] summary").click()
    declare(page, identity_number="001090012345")
    assert page.locator("[data-fold=more]").get_attribute("open") is None
    assert_good(page)
    page.get_by_label("Tôi đã kiểm tra").check()
    press(page, HOLD)
    enter_code(page)
    forgive_status(page_problems, 400)


def test_full_hour_offers_others_and_keeps_what_was_typed(page, live_portal, slot, page_problems) -> None:
    choose_hour(page, live_portal)
    Slot.objects.filter(pk=slot.pk).update(taken=slot.capacity)
    declare(page)
    assert page.locator("#id_full_name").input_value() == PERSON["full_name"]
    assert_good(page)
    page.get_by_role("radio", name=re.compile("08:30-09:00")).first.check()
    page.locator("#id_phone").fill("0912")
    press(page, HOLD)
    assert "08:30" in page.locator(".chosen").inner_text()
    page.locator("#id_phone").fill(PHONE)
    press(page, HOLD)
    enter_code(page)
    assert "08:30" in page.locator(".ticket-time").inner_text()
    forgive_status(page_problems, 400, 409)


def test_second_code_and_cancelling(page, live_portal, campaign, page_problems) -> None:
    choose_hour(page, live_portal)
    page.clock.install()
    declare(page)
    another = page.get_by_role("button", name="Gửi lại mã (Tin nhắn SMS)")
    page.get_by_text("cách khác được sau").wait_for()
    assert not another.is_visible()
    page.clock.fast_forward(61_000)
    another.click()  # the page's clock ran ahead of the server's: refused politely
    page.locator(".notice").first.wait_for()
    assert_good(page)
    OneTimeCode.objects.update(created_at=timezone.now() - dt.timedelta(seconds=61))
    page.go_back()
    page.clock.fast_forward(61_000)
    another.click()
    page.get_by_text("Mã mới đã được gửi").wait_for()
    enter_code(page)

    code = page.locator(".copy .code").inner_text()
    page.goto(f"{live_portal}/tra-cuu/")
    assert_good(page)
    page.locator("#id_code").fill("ABCD-EFGH-JKM")
    press(page, "Tra cứu")
    page.locator(".error-summary").wait_for()
    assert_good(page)
    page.locator("#id_code").fill(code.lower())
    press(page, "Tra cứu")
    page.context.clear_cookies()  # the browser that booked is not asked for the phone
    page.get_by_role("link", name="Hủy lịch hẹn").click()
    assert_good(page)
    page.locator("#id_phone").fill("0751999999")
    press(page, "Hủy lịch hẹn này")
    page.locator(".error-summary").wait_for()
    assert_good(page)
    page.locator("#id_phone").fill(PHONE)
    press(page, "Hủy lịch hẹn này")
    page.get_by_role("heading", name="Lịch hẹn đã hủy").wait_for()
    assert_good(page)
    forgive_status(page_problems, 400, 404, 409, 429)


def test_two_taps_book_one_place(page, live_portal, campaign) -> None:
    choose_hour(page, live_portal)
    declare(page)
    page.locator("#id_code").wait_for()
    page.locator("#id_code").fill(newest_code())
    page.get_by_role("button", name=CONFIRM).dblclick()
    page.locator(".ticket").wait_for()
    assert queue_number(page) == "1"


def test_late_code_offers_other_hours(page, live_portal, slot, page_problems) -> None:
    choose_hour(page, live_portal)
    declare(page)
    page.locator("#id_code").wait_for()
    Booking.objects.update(hold_until=timezone.now() - dt.timedelta(minutes=1))
    expire_holds(by=BY)
    Slot.objects.filter(pk=slot.pk).update(taken=slot.capacity)
    page.locator("#id_code").fill(newest_code())
    press(page, CONFIRM)
    page.locator(".error-summary").wait_for()
    assert page.locator(".error-summary a").get_attribute("href") == "#id_slot_0_0"
    assert page.locator(".countdown").count() == 0
    assert_good(page)
    page.get_by_role("radio", name=re.compile("08:30-09:00")).first.check()
    press(page, CONFIRM)
    page.locator(".ticket").wait_for()
    assert "08:30" in page.locator(".ticket-time").inner_text()
    forgive_status(page_problems, 409)


def test_last_hour_gone_leaves_a_way_back(page, live_portal, slot, page_problems) -> None:
    choose_hour(page, live_portal)
    Slot.objects.update(taken=slot.capacity)
    declare(page)
    assert page.locator(".error-summary li").inner_text().startswith("Khung giờ này vừa hết chỗ")
    assert_good(page)
    page.get_by_role("link", name="Đổi ngày giờ khác").click()
    page.get_by_text("Tất cả các ngày đã hết chỗ").wait_for()
    assert_good(page)
    forgive_status(page_problems, 409)
