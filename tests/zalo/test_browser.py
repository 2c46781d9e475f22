"""In a real browser: an officer goes to Zalo's consent page and comes back; a citizen writes on his phone."""

import pytest
from django.urls import reverse

from portal.zalo.actions.process_event import process_due
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.queries import webhook_url
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
