"""The page of a hamlet's news on a phone of 360 px, without scripts."""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from portal.citizens.actions.sessions import start_session
from portal.citizens.models import HamletFollower
from tests.journeys.checks import sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_citizen_chooses_and_refuses(live_portal, page_without_scripts, ward, citizen):
    page = page_without_scripts
    _session, secret = start_session(contact=citizen, device_label="")
    host = urlsplit(live_portal).hostname
    cookie = {"name": settings.CITIZEN_COOKIE_NAME, "value": secret, "domain": host, "path": "/"}
    page.context.add_cookies([cookie])
    page.goto(live_portal + reverse("citizens:hamlet_news", args=[ward.slug]))
    page.get_by_label("Tổ dân phố 3", exact=True).check()
    page.get_by_role("button", name="Lưu", exact=True).click()
    assert "Đã lưu lựa chọn nhận tin." in page.inner_text("main")
    assert page.get_by_label("Tổ dân phố 3", exact=True).is_checked()
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=f"{folder}/hamlet-360.png", full_page=True)
    assert sideways(page, 360) == []
    page.get_by_role("button", name="Không nhận tin chung nào nữa").click()
    assert HamletFollower.objects.current().count() == 0
