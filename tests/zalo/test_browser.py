"""In a real browser: an officer goes to Zalo's consent page and comes back; a citizen writes on his phone."""

from typing import Any

import pytest
from django.urls import reverse

from portal.citizens.actions.answer_zalo import answer_due
from portal.citizens.actions.sessions import start_session
from portal.zalo.actions.process_event import process_due
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.queries import webhook_url
from tests.journeys.checks import assert_no_barriers
from tests.journeys.steps import log_in
from tests.people import BY
from tests.processes import wait_until
from tests.zalo.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_consent_leads_to_zalo_and_back_into_the_officers_session(page, live_portal, account, owner):
    """The way back comes from another site: the officer's cookie must travel with it."""
    log_in(page, live_portal, owner)
    page.goto(live_portal + reverse("admin:zalo_officialaccount_connect", args=[account.pk]))
    page.get_by_role("button", name="Lấy liên kết cấp quyền").click()
    page.get_by_role("link", name="Mở trang cấp quyền của Zalo").click()
    page.get_by_role("link", name="Cho phép").click()
    page.get_by_text("Đã kết nối Công an phường (mô phỏng).").wait_for()
    assert "code=" not in page.url and "state=" not in page.url
    assert OfficialAccount.objects.get().state == "connected"


def test_a_citizen_follows_and_writes_on_the_imaginary_phone(page, live_portal, provider, connected):
    provider.zalo.world.state["accounts"][connected.oa_id]["webhook_url"] = webhook_url(connected)
    page.goto(f"http://127.0.0.1:{provider.server_address[1]}/phones/{PHONE}/zalo/{connected.oa_id}")
    page.get_by_role("button", name="Quan tâm", exact=True).click()
    page.get_by_text("Đang quan tâm").wait_for()
    page.get_by_label("Nhắn cho").fill("Tôi muốn đặt lịch")
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.get_by_text("Tôi muốn đặt lịch").wait_for()
    assert wait_until(lambda: provider.zalo.webhooks.posted >= 2, seconds=20)
    process_due(by=BY)
    user = ZaloUser.objects.get()
    assert (user.is_following, user.last_interaction_at is not None) == (True, True)


def test_a_citizen_links_his_zalo_by_a_code_and_stops_by_a_word(
    page, live_portal, provider, connected, citizen, ward, settings
):
    """Page, phone, page, phone: what one side does the other side says."""
    provider.zalo.world.state["accounts"][connected.oa_id]["webhook_url"] = webhook_url(connected)
    provider.zalo.people.act(oa_id=connected.oa_id, phone=PHONE, act="follow")  # or no answer reaches him
    assert wait_until(lambda: provider.zalo.webhooks.posted == 1, seconds=20)
    _session, secret = start_session(contact=citizen)
    cookie = {"name": settings.CITIZEN_COOKIE_NAME, "value": secret, "url": live_portal}
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": 360, "height": 740})
    here = live_portal + reverse("citizens:reach", args=[ward.slug])
    chat = f"http://127.0.0.1:{provider.server_address[1]}/phones/{PHONE}/zalo/{connected.oa_id}"

    page.goto(here)
    assert_no_barriers(page)
    page.get_by_role("button", name="Lấy mã liên kết").click()
    code = page.locator("#link-code").inner_text()
    assert_no_barriers(page)
    say(page, provider, chat, code)
    page.get_by_text("Số điện thoại của Ông/Bà đã được liên kết với Zalo này.").wait_for()

    page.goto(here)
    page.get_by_role("button", name="Ngừng gửi qua Zalo này").wait_for()
    assert_no_barriers(page)
    say(page, provider, chat, "Hủy nhận tin")
    page.get_by_text("đã ngừng gửi tin của Ông/Bà qua Zalo này").wait_for()
    page.goto(here)
    assert page.get_by_role("button", name="Ngừng gửi qua Zalo này").count() == 0


def say(page: Any, provider: Any, chat: str, text: str) -> None:
    """Write on the imaginary phone; the portal hears it and answers."""
    posted = provider.zalo.webhooks.posted
    page.goto(chat)
    page.get_by_label("Nhắn cho").fill(text)
    page.get_by_role("button", name="Gửi", exact=True).click()
    assert wait_until(lambda: provider.zalo.webhooks.posted > posted, seconds=20)
    process_due(by=BY)
    answer_due(by=BY)
    page.goto(chat)
