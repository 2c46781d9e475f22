"""One mass message on a phone of 360 px: written, tried, let go, watched, stopped."""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from portal.notifications.models import MassMessage
from portal.notifications.tests.mass import phones, tend
from portal.units.actions.rebuild_reach import rebuild_reach
from tests.journeys.checks import barriers, sideways, small_targets
from tests.people import make_officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 900}


def look(page, name: str) -> dict:
    """What is wrong with the page on a phone; with SCREENS set, pictures of both widths."""
    faults = {"axe": barriers(page), "small": small_targets(page), "sideways": sideways(page, 360)}
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=f"{folder}/{name}-360.png", full_page=True)
        size = page.viewport_size
        page.set_viewport_size(DESK)
        page.screenshot(path=f"{folder}/{name}-1280.png", full_page=True)
        page.set_viewport_size(size)
    return {f"{name} {kind}": found for kind, found in faults.items() if found}


def test_a_mass_message_from_the_first_word_to_the_stop(live_portal, page, open_unit, published):
    rebuild_reach()
    phones(3)
    chief = make_officer("truong.phong", open_unit, "unit_chief")
    client = Client()
    client.force_login(chief)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    host = urlsplit(live_portal).hostname
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "domain": host, "path": "/"}])

    page.goto(f"{live_portal}/quan-tri/notifications/massmessage/add/")
    page.get_by_label("Gửi tới").select_option(label="Mọi người thử (Phường Sông Mới)")
    page.get_by_label("Tên tin").fill("Lịch tháng 12")
    page.get_by_label("Nội dung").fill("Xem www.la.example")
    page.locator("button[name=_save]").click()
    assert "Tin không kèm địa chỉ ngoài cổng này" in page.inner_text("main")
    faults = look(page, "mass-refused")
    page.get_by_label("Nội dung").fill("Sáng thứ bảy nhà văn hóa làm căn cước lưu động.")
    page.locator("button[name=_save]").click()

    mass = MassMessage.objects.get()
    page.goto(f"{live_portal}/quan-tri/notifications/massmessage/{mass.pk}/change/")
    assert "Kết quả chạy thử" in page.inner_text("main")
    faults |= look(page, "mass-checked")
    page.get_by_role("link", name="Gửi", exact=True).click()
    assert "3 người, khoảng 1.500 đồng" in page.inner_text("main")
    faults |= look(page, "mass-sure")
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.get_by_text("Đã thực hiện: Gửi.").wait_for()
    tend(mass)
    page.reload()
    assert "Đã xử lý 0 trong 3 người (0 %)" in page.inner_text("main")
    faults |= look(page, "mass-running")
    page.get_by_role("link", name="Dừng hẳn").click()
    page.get_by_label("Lý do").fill("Nhầm ngày")
    page.get_by_role("button", name="Dừng hẳn", exact=True).click()
    page.get_by_text("Đã thực hiện: Dừng hẳn.").wait_for()
    tend(mass)
    page.reload()
    assert "Nhầm ngày" in page.inner_text("main")
    faults |= look(page, "mass-stopped")
    page.goto(f"{live_portal}/quan-tri/notifications/massmessage/")
    faults |= look(page, "mass-list")
    assert faults == {}
