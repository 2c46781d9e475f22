"""Costs and providers on a phone of 360 px."""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from portal.notifications.actions.count_messages import count_recent_days
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.set_budget import set_budget
from portal.notifications.tests.conftest import TESTER
from portal.units.actions.rebuild_reach import rebuild_reach
from tests.people import make_officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("messagebudget", "sắp hết"),
        ("providerstate", "đang gửi bình thường"),
        ("outboxmessage", "nhà cung cấp đã nhận"),
    ],
)
def test_the_page_fits_a_phone(live_portal, page, unit, make_message, answer, name, words):
    rebuild_reach()
    chief = make_officer("truong.phong", unit, "unit_chief", "id_desk")
    deliver(message_uid=make_message().uid, by=TESTER)
    set_budget(unit=unit, monthly_limit=300, by=chief)
    count_recent_days(by=TESTER)
    client = Client()
    client.force_login(chief)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    host = urlsplit(live_portal).hostname
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "domain": host, "path": "/"}])
    page.goto(f"{live_portal}/quan-tri/notifications/{name}/")
    assert words in page.inner_text("main")
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
