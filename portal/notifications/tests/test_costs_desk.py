"""Officers see how providers fare and what messages cost; they set budgets and choose accents."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.common.errors import NotAllowed
from portal.notifications.actions.count_messages import count_recent_days
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.set_budget import set_budget
from portal.notifications.actions.templates import change_template
from portal.notifications.models import MessageBudget, MessageTemplate, OutboxMessage, ProviderState
from portal.notifications.tests.conftest import TESTER, make_unit
from tests.people import make_officer

BUDGETS = "admin:notifications_messagebudget_changelist"
PROVIDERS = "admin:notifications_providerstate_changelist"
OUTBOX = "admin:notifications_outboxmessage_changelist"


@pytest.fixture
def chief(unit):
    return make_officer("truong.phong", unit, "unit_chief")


@pytest.fixture
def foreign_chief(db):
    return make_officer("truong.khac", make_unit("Khác"), "unit_chief")


def page(officer, name: str) -> str:
    client = Client()
    client.force_login(officer)
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def status(officer, name: str) -> int:
    client = Client()
    client.force_login(officer)
    return client.get(reverse(name)).status_code


@pytest.fixture
def sent(make_message, answer) -> OutboxMessage:
    message = make_message()
    deliver(message_uid=message.uid, by=TESTER)
    return message


def test_the_page_of_costs_shows_this_month_of_ones_own_unit(sent, unit, chief, foreign_chief):
    set_budget(unit=unit, monthly_limit=300, by=chief)
    count_recent_days(by=TESTER)
    content = page(chief, BUDGETS)
    assert "Phường Sông Mới" in content and "sắp hết" in content and "250" in content
    assert "Phường Sông Mới" not in page(foreign_chief, BUDGETS)


def test_a_desk_without_the_right_sees_neither_costs_nor_providers(officer):
    assert [status(officer, name) for name in (BUDGETS, PROVIDERS)] == [403, 403]


def test_a_budget_is_set_by_the_form_and_changed_not_doubled(unit, chief):
    client = Client()
    client.force_login(chief)
    body = {"unit": unit.pk, "monthly_limit": "500000"}
    answer = client.post(reverse("admin:notifications_messagebudget_add"), body)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    budget = MessageBudget.objects.get()
    client.post(
        reverse("admin:notifications_messagebudget_change", args=[budget.pk]), {"monthly_limit": "700000"}
    )
    assert list(MessageBudget.objects.values_list("unit", "monthly_limit")) == [(unit.pk, 700_000)]


def test_budgets_of_other_units_and_absurd_ones_are_refused(unit, chief, foreign_chief):
    with pytest.raises(NotAllowed):
        set_budget(unit=unit, monthly_limit=1, by=foreign_chief)
    for wrong in (-1, 3_000_000_000):
        with pytest.raises(ValidationError) as caught:
            set_budget(unit=unit, monthly_limit=wrong, by=chief)
        assert caught.value.error_dict["monthly_limit"][0].code == "budget_invalid"


def test_the_page_of_providers_says_how_the_last_hour_went(sent, chief):
    assert "đang gửi bình thường" in page(chief, PROVIDERS)
    ProviderState.objects.update(share=0, since=timezone.now())
    assert "đang lỗi, tạm ngừng gửi" in page(chief, PROVIDERS)
    ProviderState.objects.update(share=25)
    assert "đang thử lại với 25% số tin" in page(chief, PROVIDERS)


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_the_same_statements_for_one_and_three_rows(
    number, chief, unit, django_assert_max_num_queries
):
    now = timezone.now()
    for one in range(number):
        moments = {"since": now, "judged_at": now, "next_call_at": now}
        ProviderState.objects.create(provider=f"p{one}", **moments)
    client = Client()
    client.force_login(chief)
    with django_assert_max_num_queries(14):
        client.get(reverse(PROVIDERS))


def test_the_outbox_says_what_a_message_is_in_words(make_message, unit, chief, published):
    message = make_message()
    OutboxMessage.objects.filter(pk=message.pk).update(notice="appointments.visit_reminder")
    desk = make_officer("can.bo", unit, "id_desk")
    content = page(desk, OUTBOX)
    assert "Nhắc lịch hẹn" in content
    assert ">appointments.visit_reminder<" not in content


def test_accents_are_a_choice_of_the_template(templates, make_message, answer, esms):
    fresh = change_template(
        template=templates[0], body="Số {so}.", provider_id="", keep_accents=True, unit=None, by=TESTER
    )
    deliver(message_uid=make_message().uid, by=TESTER)
    body = esms.log[0][0].get_json()
    assert (fresh.keep_accents, body["Content"], body["IsUnicode"]) == (True, "Số 7.", "1")
    assert MessageTemplate.objects.filter(is_active=True, keep_accents=True).count() == 1
