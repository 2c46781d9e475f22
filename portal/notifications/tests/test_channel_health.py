"""What officers are told of channels, failed messages and texts, and what they can do about each."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.common.clock import local_today
from portal.notifications.actions.templates import create_template
from portal.notifications.channels.errors import error_rules
from portal.notifications.models import (
    DailyFigure,
    DeliveryAttempt,
    MessageBudget,
    MessageTemplate,
    OutboxMessage,
    ProviderState,
)
from portal.notifications.rendering import changes_of
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.officers.models import Officer
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.zalo.models import OfficialAccount, TokenVault, ZaloTemplate
from tests.people import make_officer

# Zalo switched the template off for its quality; hosts may be called differently.
DISABLED = next(code for code in error_rules() if code.endswith("_-146"))
HEALTH = "admin:notifications_providerstate_health"
OUTBOX = "admin:notifications_outboxmessage_changelist"


@pytest.fixture
def chief(unit) -> Officer:
    return make_officer("truong.phong", unit, "unit_chief")


@pytest.fixture
def foreign_chief(db) -> Officer:
    return make_officer("truong.khac", make_unit("Khác"), "unit_chief")


def desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(Officer.objects.get(pk=officer.pk))
    return client


def page(officer: Officer, name: str, **query: str) -> str:
    answer = desk(officer).get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def provider(share: int) -> ProviderState:
    now = timezone.now()
    moments = {"since": now, "judged_at": now, "next_call_at": now}
    return ProviderState.objects.create(provider="esms", share=share, **moments)


def failed_call(message: OutboxMessage, code: str) -> None:
    now = timezone.now()
    DeliveryAttempt.objects.create(
        message=message,
        number=DeliveryAttempt.objects.count() + 1,
        channel="sms",
        provider="esms",
        started_at=now,
        finished_at=now,
        outcome="failed",
        error_code=code,
    )


@pytest.fixture
def account(unit) -> OfficialAccount:
    """Connected, its consent about to run out."""
    rebuild_reach()
    facts = {"unit": unit, "app_id": "1000000000000000001", "app_secret": "s", "webhook_key": "k"}
    row = OfficialAccount.objects.create(
        **facts, name="Công an Sông Mới", state="connected", daily_quota=500, remaining_quota=499
    )
    now = timezone.now()
    TokenVault.objects.create(
        account=row,
        access_token="a",
        refresh_token="r",
        access_expires_at=now + dt.timedelta(hours=20),
        granted_at=now - dt.timedelta(days=80),
        refreshed_at=now,
        next_try_at=now,
    )
    return row


# ---- the page of health


def test_health_shows_providers_errors_tokens_and_budget(make_message, account, unit, chief):
    provider(share=0)
    failed_call(make_message(), "esms_103")
    MessageBudget.objects.create(unit=unit, monthly_limit=1000)
    facts = {"channel": "sms", "messages": 2, "cost": 500, "counted_at": timezone.now()}
    DailyFigure.objects.create(unit=unit, day=local_today(), **facts)
    content = page(chief, HEALTH)
    again = f"{account.vault.consent_again_by:%d/%m/%Y}"
    for words in ("đang lỗi, tạm ngừng gửi", "1 lần.", "Công an Sông Mới", again, "499 / 500", "50 %"):
        assert words in content


def test_health_of_another_unit_shows_no_account_and_no_budget(account, unit, foreign_chief):
    MessageBudget.objects.create(unit=unit, monthly_limit=1000)
    content = page(foreign_chief, HEALTH)
    assert "Công an Sông Mới" not in content
    assert "Phường Sông Mới" not in content


def test_a_unit_without_an_account_reads_whose_it_uses(account, unit):
    child = make_officer("truong.thon", make_unit("Con", parent=unit), "unit_chief")
    rebuild_reach()
    assert "qua OA Công an Sông Mới" in page(child, HEALTH)


def test_health_is_closed_to_a_desk_without_the_right(officer):
    assert desk(officer).get(reverse(HEALTH)).status_code == 403


# ---- what wants attention


def attention(officer: Officer) -> list[str]:
    answer = desk(officer).get(reverse("admin:index"))
    return [one.text for one in answer.context["attention"]]


def test_the_start_page_says_what_a_person_must_do(
    make_message, account, unit, chief, officer, foreign_chief
):
    provider(share=0)
    failed_call(make_message(), DISABLED)
    failed_call(make_message(), "timeout")  # repairs itself
    MessageBudget.objects.create(unit=unit, monthly_limit=0)
    again = f"{account.vault.consent_again_by:%d/%m/%Y}"
    left = "Nhà cung cấp tin nhắn esms: đang lỗi, tạm ngừng gửi."
    assert attention(chief) == [
        f"Zalo OA Công an Sông Mới: Cần quản trị viên OA cấp quyền lại trước ngày {again}.",
        left,
        f"Tin đang lỗi: {error_rules()[DISABLED].text}",
        "1 đơn vị đã dùng hết ngân sách tin nhắn của tháng; tin hàng loạt đang dừng.",
    ]
    assert attention(officer) == []
    assert attention(foreign_chief) == [left]


def test_nothing_wrong_shows_no_strip(chief):
    assert "Cần xử lý" not in page(chief, "admin:index")


def test_every_attention_leads_to_a_page_that_opens(make_message, account, unit, chief):
    provider(share=0)
    for code in (DISABLED, "budget_spent", "esms_103"):
        failed_call(make_message(), code)
    client = desk(chief)
    found = client.get(reverse("admin:index")).context["attention"]
    assert len(found) == 5
    assert {client.get(one.url).status_code for one in found} == {200}


# ---- failed messages


@pytest.fixture
def failed(make_message):
    """Three that failed for different reasons, and a code that failed too."""

    def fail(code: str, **given) -> OutboxMessage:
        row = make_message(about=uuid.uuid4(), **given)
        OutboxMessage.objects.filter(pk=row.pk).update(
            state="failed", last_error=code, finished_at=timezone.now()
        )
        return row

    one = fail("esms_99")
    return [
        one,
        fail("esms_99"),
        fail("timeout"),
        fail("esms_99", notice="tests.code", context={"challenge": "c"}),
    ]


def resend(officer: Officer, rows: list[OutboxMessage], **more: str):
    body = {"action": "resend_selected", "_selected_action": [row.pk for row in rows], **more}
    return desk(officer).post(reverse(OUTBOX), body, follow=True)


@pytest.fixture
def clerk(unit) -> Officer:
    return make_officer("can.bo", unit, "id_desk")


def test_failed_messages_are_filtered_by_error_in_words(failed, clerk):
    answer = desk(clerk).get(reverse(OUTBOX), {"state__exact": "failed", "loi": "timeout"})
    assert [row.pk for row in answer.context["cl"].queryset] == [failed[2].pk]
    content = answer.content.decode()
    assert "Nhà cung cấp tin nhắn trả lời quá chậm. (timeout)" in content
    assert "Chờ nhà cung cấp hoạt động lại rồi bấm Gửi lại." in content


def test_resending_asks_first_and_says_why_each_failed(failed, clerk):
    content = resend(clerk, failed).content.decode()
    assert "Gửi lại 3 tin" in content and "1 tin khác không gửi lại" in content
    assert "Nhà cung cấp tin nhắn trả lời quá chậm." in content
    assert OutboxMessage.objects.filter(state="failed").count() == 4


def test_the_chosen_are_sent_anew_and_codes_are_not(failed, clerk):
    content = resend(clerk, failed, confirmed="1").content.decode()
    assert "Đã xếp gửi lại 3 tin." in content
    assert "1 tin không gửi lại: Mã xác nhận không gửi lại được" in content
    states = OutboxMessage.objects.filter(pk__in=[row.pk for row in failed]).order_by("pk")
    assert list(states.values_list("state", "send_round")) == [("queued", 2)] * 3 + [("failed", 1)]


def test_a_stranger_and_a_reader_resend_nothing(failed, unit):
    stranger = make_officer("noi.xa", make_unit("Xa"), "id_desk")
    resend(stranger, failed, confirmed="1")
    assert desk(make_officer("ky.thuat", unit, "it_admin")).get(reverse(OUTBOX)).status_code == 403
    assert OutboxMessage.objects.filter(state="failed").count() == 4


# ---- texts


def look(client: Client, template: MessageTemplate, **typed: str) -> str:
    address = reverse("admin:notifications_messagetemplate_change", args=[template.pk])
    answer = client.post(address, {"provider_id": "", "_preview": "1", **typed})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_preview_shows_parts_of_both_ways_and_saves_nothing(templates, chief):
    before = list(MessageTemplate.objects.values_list("pk", "body", "version"))
    body = "Số {so}, ngày {ngay}. Ông/Bà đến đúng giờ nhé."
    content = look(desk(chief), templates[0], body=body)
    assert "Xem trước: chưa lưu" in content
    assert "GSM-7" in content and "UCS-2" in content and "Ong/Ba den dung gio nhe." in content
    assert f">{body}</textarea>" in content
    assert '<del class="desk-removed">' in content and '<ins class="desk-added">' in content
    assert list(MessageTemplate.objects.values_list("pk", "body", "version")) == before


def test_a_preview_names_parameters_the_notice_does_not_give(templates, chief):
    content = look(desk(chief), templates[0], body="Số {so} {la_lam}.")
    assert "không cung cấp tham số: la_lam" in content


def test_a_preview_of_a_wrong_text_says_what_is_wrong(templates, chief):
    content = look(desk(chief), templates[0], body="Số {So}.")
    assert "Tham số viết trong ngoặc nhọn" in content
    assert "Xem trước: chưa lưu" not in content


def test_a_zalo_text_is_shown_as_a_card_with_its_values(unit, templates, chief):
    facts = {"channel": "zalo_phone", "notice": "tests.confirmed", "body": "so: {so}\nnoi: {place}"}
    ZaloTemplate.objects.create(
        account=OfficialAccount.objects.create(unit=unit, app_id="1"),
        template_id="1",
        state="ENABLE",
        params=[{"name": "so", "require": True}, {"name": "noi", "require": True}],
    )
    row = create_template(**facts, provider_id="1", unit=unit, by=TESTER)
    content = look(desk(chief), row, body="so: {so}\nnoi_hen: {place}")
    assert "Dài nhất (ký tự)" in content and "Nhà văn hóa tổ dân phố số 14" in content
    assert "GSM-7" not in content


def test_changes_are_told_word_by_word():
    found = [(piece.change, piece.text) for piece in changes_of("Đến lúc 8 giờ.", "Đến đúng 8 giờ.")]
    assert found == [("kept", "Đến "), ("removed", "lúc "), ("added", "đúng "), ("kept", "8 giờ.")]
    assert [piece.change for piece in changes_of("a b", "a b")] == ["kept"]
