"""Cost and reach by month: counted once and for all, shown to who may count them, taken away as a table."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.common.clock import local_moment, local_today
from portal.common.tables import read_table
from portal.notifications.actions.count_messages import count_days, count_recent_days
from portal.notifications.models import DailyFigure, MessageBudget, OutboxMessage
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.officers.models import Officer
from portal.units.actions.rebuild_reach import rebuild_reach
from tests.people import make_officer

MONTHS = "admin:notifications_messagebudget_months"
COLUMNS = ("channel", "messages", "arrived", "seen", "failed", "cost")


@pytest.fixture
def chief(unit) -> Officer:
    return make_officer("truong.phong", unit, "unit_chief")


@pytest.fixture
def end_message(make_message):
    """A message that ended long ago or just now, as the outbox writes it down."""

    def end(state: str, *, days_ago: int = 0, accepted: bool = True, **facts) -> OutboxMessage:
        when = local_moment(local_today() - dt.timedelta(days=days_ago), 9 * 60)
        row = make_message(about=uuid.uuid4())
        moments = {"accepted_at": when if accepted else None, "finished_at": when}
        OutboxMessage.objects.filter(pk=row.pk).update(state=state, **moments, **facts)
        return row

    return end


def figures() -> list[tuple]:
    return list(DailyFigure.objects.order_by("day", "channel").values_list(*COLUMNS))


def test_each_message_is_counted_once_on_its_day_and_channel(end_message):
    end_message("delivered", cost=250)
    end_message("seen", cost=500, plan=["zalo_oa", "sms"], hop=0)
    end_message("failed", cost=250)
    end_message("failed", accepted=False)
    end_message("delivered", accepted=False, plan=["sms", "call"], hop=1)  # reached by a call
    end_message("cancelled", accepted=False)
    end_message("accepted", days_ago=1, cost=250)
    count_recent_days(by=TESTER)
    assert figures() == [
        ("sms", 1, 0, 0, 0, 250),
        ("call", 1, 1, 0, 0, 0),
        ("sms", 3, 1, 0, 2, 500),
        ("zalo_oa", 1, 1, 1, 0, 500),
    ]


def test_counting_again_writes_over_and_forgets_what_moved_on(end_message):
    row = end_message("accepted", cost=250)
    count_recent_days(by=TESTER)
    count_recent_days(by=TESTER)
    assert figures() == [("sms", 1, 0, 0, 0, 250)]
    OutboxMessage.objects.filter(pk=row.pk).update(state="seen", plan=["sms", "zalo_phone"], hop=1)
    count_recent_days(by=TESTER)
    assert figures() == [("zalo_phone", 1, 1, 1, 0, 250)]
    OutboxMessage.objects.filter(pk=row.pk).delete()
    count_recent_days(by=TESTER)
    assert figures() == []


def test_a_local_day_begins_at_local_midnight(end_message):
    row = end_message("delivered")
    midnight = local_moment(local_today(), 0)
    OutboxMessage.objects.filter(pk=row.pk).update(accepted_at=midnight - dt.timedelta(seconds=1))
    count_recent_days(by=TESTER)
    assert list(DailyFigure.objects.values_list("day", flat=True)) == [local_today() - dt.timedelta(days=1)]


def test_after_a_standstill_every_missed_day_is_counted(end_message):
    end_message("delivered", days_ago=40)
    end_message("delivered", days_ago=9)
    count_recent_days(by=TESTER)
    assert DailyFigure.objects.count() == 2
    DailyFigure.objects.filter(day=local_today() - dt.timedelta(days=9)).delete()
    count_days(first=local_today() - dt.timedelta(days=10), last=local_today(), by=TESTER)
    assert DailyFigure.objects.count() == 2


def test_old_days_are_left_alone_by_the_usual_run(end_message, unit):
    old = local_today() - dt.timedelta(days=30)
    facts = {"unit": unit, "channel": "sms", "messages": 5, "counted_at": timezone.now()}
    DailyFigure.objects.create(day=old, **facts)
    DailyFigure.objects.create(day=local_today(), **facts)
    count_recent_days(by=TESTER)
    assert list(DailyFigure.objects.values_list("day", "messages")) == [(old, 5)]


# ---- the page


def open_page(officer: Officer, name: str = MONTHS, **query: str):
    client = Client()
    client.force_login(officer)
    return client.get(reverse(name), query)


@pytest.fixture
def counted(unit, db) -> None:
    now, today = timezone.now(), local_today()
    facts = {"unit": unit, "day": today, "counted_at": now}
    DailyFigure.objects.create(channel="sms", messages=10, arrived=8, failed=2, cost=2500, **facts)
    DailyFigure.objects.create(channel="zalo_phone", messages=10, arrived=10, seen=7, cost=1200, **facts)


def test_the_page_shows_channels_and_their_sum(counted, chief):
    content = open_page(chief).content.decode()
    for words in ("Phường Sông Mới", "8 (80 %)", "10 (100 %)", "18 (90 %)", "3.700"):
        assert words in content


def test_a_month_without_messages_says_so(counted, chief):
    last = local_today().replace(day=1) - dt.timedelta(days=1)
    assert "chưa gửi tin nào" in open_page(chief, thang=f"{last:%Y-%m}").content.decode()


def test_a_colleague_without_the_right_and_a_stranger_see_no_figures(counted, unit, officer):
    province_viewer = make_officer("theo.doi", unit, "province_viewer")
    foreign = make_officer("truong.khac", make_unit("Khác"), "unit_chief")
    assert open_page(officer).status_code == 403
    assert "Phường Sông Mới" in open_page(province_viewer).content.decode()
    assert "Phường Sông Mới" not in open_page(foreign).content.decode()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_table_is_taken_away_and_the_journal_knows(counted, chief, kind):
    today = local_today()
    client = Client()
    client.force_login(chief)
    address = reverse("admin:notifications_messagebudget_export", args=[today.year, today.month, kind])
    rows = read_table(client.get(address).content)
    assert rows == [
        ["Đơn vị", "Kênh", "Tin", "Tới người nhận", "Đã xem", "Không tới", "Tỷ lệ tới (%)", "Chi phí (đồng)"],
        ["Phường Sông Mới", "Tin mẫu Zalo theo số điện thoại", "10", "10", "7", "0", "100", "1200"],
        ["Phường Sông Mới", "Tin nhắn SMS", "10", "8", "0", "2", "80", "2500"],
    ]
    entry = AuditEntry.objects.get(action="message_figures.exported")
    assert entry.detail == {"month": f"{today:%Y-%m}", "rows": 2}


def test_a_table_of_another_kind_or_month_does_not_exist(chief, officer):
    client = Client()
    client.force_login(chief)
    for args in ((2026, 13, "csv"), (2026, 11, "exe"), (1, 1, "csv")):
        address = reverse("admin:notifications_messagebudget_export", args=args)
        assert client.get(address).status_code == 404
    client.force_login(officer)
    address = reverse("admin:notifications_messagebudget_export", args=[2026, 11, "csv"])
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_statements_for_one_and_three_units(
    number, chief, unit, django_assert_max_num_queries
):
    units = [unit, *(make_unit(f"Con {one}", parent=unit) for one in range(number - 1))]
    rebuild_reach()
    for one in units:
        DailyFigure.objects.create(
            unit=one, day=local_today(), channel="sms", messages=1, counted_at=timezone.now()
        )
    client = Client()
    client.force_login(Officer.objects.get(pk=chief.pk))
    with django_assert_max_num_queries(14):
        content = client.get(reverse(MONTHS)).content.decode()
    assert content.count("Tin nhắn SMS") == number


def test_budgets_read_the_counted_figures(counted, unit, chief):
    MessageBudget.objects.create(unit=unit, monthly_limit=3_700)
    assert "đã hết" in open_page(chief, "admin:notifications_messagebudget_changelist").content.decode()
