"""The call list on a phone of 360 px: from the list to the written outcome."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from portal.notifications.actions.templates import create_template
from portal.notifications.models import CallAttempt
from portal.notifications.tests.calls import POSTMAN
from portal.units.actions.rebuild_reach import rebuild_reach

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Whatever is tapped on this page and is lower than a finger needs.
SMALL = """() => [...document.querySelectorAll('main .desk-button')]
    .filter(one => one.getBoundingClientRect().height < 44).map(one => one.innerText)"""


@pytest.fixture
def desk(live_portal, page, officer):
    """A page of the officer, logged in."""
    client = Client()
    client.force_login(officer)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "domain": urlsplit(live_portal).hostname}
    page.context.add_cookies([cookie | {"path": "/"}])
    return page


def test_an_officer_calls_from_a_phone(live_portal, desk, templates, make_call):
    rebuild_reach()
    words = "Thưa Ông/Bà, tôi gọi từ đơn vị.\n\nSố thứ tự {so}."
    create_template(channel="call", notice="tests.ask", body=words, provider_id="", unit=None, by=POSTMAN)
    call = make_call()
    desk.goto(f"{live_portal}/quan-tri/notifications/calltask/")
    desk.get_by_role("link", name="Mở", exact=True).click()
    desk.get_by_role("button", name="Nhận cuộc gọi").click()
    assert desk.get_by_role("link", name="Gọi 0750 123 456").get_attribute("href") == "tel:+84750123456"
    assert desk.evaluate(SMALL) == []
    assert desk.evaluate("document.documentElement.scrollWidth") == 360
    desk.get_by_label("Ghi chú (không bắt buộc)").fill("Hẹn đến sáng mai")
    desk.get_by_role("button", name="Đã gặp").click()
    desk.get_by_text("Đã ghi: Đã gặp.").wait_for()
    call.refresh_from_db()
    attempt = CallAttempt.objects.get()
    assert (call.state, attempt.outcome, attempt.note) == ("reached", "reached", "Hẹn đến sáng mai")
