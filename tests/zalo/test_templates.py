"""Templates as Zalo has them: read, changed by events, kept when they are gone."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.common.errors import Conflict, NotAllowed
from portal.notifications.local_provider.zalo_world import TEMPLATES
from portal.zalo.actions.sync_templates import (
    note_quota,
    note_template,
    read_templates,
    sync_all_templates,
    sync_templates,
)
from portal.zalo.events import Event
from portal.zalo.models import OfficialAccount, ZaloTemplate
from tests.people import BY
from tests.zalo.conftest import page


def rows() -> dict[str, str]:
    return dict(ZaloTemplate.objects.values_list("template_id", "state"))


def event(account: OfficialAccount, name: str, age: int = 0, **content: Any) -> Event:
    happened = timezone.now() + dt.timedelta(seconds=1 - age)
    return Event(name, account, "", happened, False, content)


def test_all_templates_are_read_with_parameters_and_prices(connected, zalo):
    assert sync_templates(account=connected, by=BY) == len(TEMPLATES)
    assert rows() == {number: one["status"] for number, one in TEMPLATES.items()}
    one = ZaloTemplate.objects.get(template_id="345678")
    assert (one.name, one.tag, one.price_phone, one.price_user) == ("Nhắc lịch hẹn", "TRANSACTION", 300, 165)
    assert (one.param_names, one.required_names) == (["ma_ho_so", "ngay_hen"], ["ma_ho_so", "ngay_hen"])
    assert (one.is_approved, one.goes_by_user) == (True, True)
    otp = ZaloTemplate.objects.get(template_id="345679")
    assert (otp.is_approved, otp.goes_by_user) == (True, False)


def test_what_zalo_does_not_list_any_more_is_kept_as_deleted(connected):
    ZaloTemplate.objects.create(account=connected, template_id="9", state="ENABLE")
    sync_templates(account=connected, by=BY)
    assert (rows()["9"], len(rows())) == ("DELETE", len(TEMPLATES) + 1)


def test_a_refusal_of_zalo_changes_nothing(connected, zalo):
    sync_templates(account=connected, by=BY)
    before = rows()
    zalo.world.switches.html_502_next = 9
    assert sync_all_templates(by=BY) == 0
    assert rows() == before


def test_the_officers_button_says_what_zalo_said(connected, owner, colleague, stranger, zalo):
    assert read_templates(account=connected, by=owner) == len(TEMPLATES)
    zalo.world.switches.html_502_next = 1
    with pytest.raises(Conflict) as caught:
        read_templates(account=connected, by=owner)
    assert "đang lỗi" in str(caught.value.message)
    with pytest.raises(NotAllowed):
        read_templates(account=connected, by=stranger)


@pytest.mark.parametrize("nested", [False, True])
def test_an_event_closes_a_template_at_once(connected, nested):
    sync_templates(account=connected, by=BY)
    said = {"prev_status": "ENABLE", "new_status": "DISABLE"}
    content = {"template_id": "345678", "reason": "Chất lượng thấp"}
    content |= {"status": said} if nested else said
    note_template(event(connected, "change_template_status", **content))
    one = ZaloTemplate.objects.get(template_id="345678")
    assert (one.state, one.reason, one.is_approved) == ("DISABLE", "Chất lượng thấp", False)
    note_template(event(connected, "change_template_quality", template_id=345678, new_quality="LOW"))
    one.refresh_from_db()
    assert (one.state, one.quality) == ("DISABLE", "LOW")


def test_news_older_than_what_was_read_changes_nothing(connected):
    sync_templates(account=connected, by=BY)
    old = event(connected, "change_template_status", age=60, template_id="345678", new_status="DISABLE")
    note_template(old)
    assert rows()["345678"] == "ENABLE"


def test_the_daily_quota_of_an_event_is_shown(connected):
    note_quota(event(connected, "change_oa_daily_quota", quota={"prev_quota": "500", "new_quota": "5000"}))
    connected.refresh_from_db()
    assert connected.daily_quota == 5000


# ---- the officers' page


def test_a_chief_reads_templates_from_their_page(connected, desk, zalo):
    address = page("officialaccount_templates", connected.pk)
    assert "Chưa đọc mẫu tin nào" in desk.get(address).content.decode()
    answer = desk.post(address, follow=True).content.decode()
    assert "Đã đọc 4 mẫu tin từ Zalo." in answer
    assert "ma_ho_so (30), ngay_hen (20)" in answer and "300 / 165" in answer
    zalo.world.switches.html_502_next = 1
    assert "đang lỗi" in desk.post(address).content.decode()
    assert (
        page("officialaccount_templates", connected.pk)
        in desk.get(page("officialaccount_change", connected.pk)).content.decode()
    )


def test_owner_colleague_and_stranger(connected, desk_of, owner, colleague, stranger):
    address = page("officialaccount_templates", connected.pk)
    assert [desk_of(one).get(address).status_code for one in (owner, colleague, stranger)] == [200, 404, 404]


def test_the_page_costs_the_same_for_none_and_4(connected, desk):
    address = page("officialaccount_templates", connected.pk)
    desk.get(address)
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as captured:
            desk.get(address)
        counts.append(len(captured))
        sync_templates(account=connected, by=BY)
    assert counts[0] == counts[1]


def test_a_chief_has_zalo_get_hashes_only(connected, desk):
    change = page("officialaccount_change", connected.pk)
    fields = {"app_id": connected.app_id, "app_secret": "", "webhook_key": "", "code_verifier": ""}
    desk.post(change, {**fields, "hash_phones": "on"})
    connected.refresh_from_db()
    assert connected.hash_phones is True
