"""The officers' pages: which account speaks for a unit, who sees and enters what, the menu to type in."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from portal.common.errors import NotAllowed
from portal.units.models import Unit
from portal.units.succession import move_rows
from portal.zalo.actions.save_account import save_account, switch_account
from portal.zalo.enums import AccountState, MenuKind
from portal.zalo.models import MenuItem, OfficialAccount, TokenEntry, TokenVault
from portal.zalo.queries import account_for, alerts, attention_badge, menu_plan
from tests.people import BY, make_officer
from tests.zalo.conftest import page

SECRET = "khoa-bi-mat-khong-ai-thay"


def make_account(unit: Unit, number: int = 1, **more) -> OfficialAccount:
    facts = {"app_id": f"10000{number}", "app_secret": SECRET, "webhook_key": SECRET, **more}
    return OfficialAccount.objects.create(unit=unit, **facts)


def with_vault(account: OfficialAccount, **changes) -> TokenVault:
    now = timezone.now()
    times = {"access_expires_at": now + dt.timedelta(hours=25), "granted_at": now, "refreshed_at": now}
    return TokenVault.objects.create(
        account=account, access_token="a", refresh_token="r", next_try_at=now, **{**times, **changes}
    )


# ---- which account speaks


def test_a_unit_speaks_through_the_nearest_unit_above(ward):
    assert account_for(ward) is None
    province = make_account(ward.parent)
    assert account_for(ward) == province
    own = make_account(ward, 2)
    assert (account_for(ward), account_for(ward.parent)) == (own, province)


def test_an_account_switched_off_leaves_the_unit_above(ward, owner):
    province, own = make_account(ward.parent), make_account(ward, 2)
    switch_account(obj=own, to=AccountState.DISABLED, by=owner)
    assert account_for(ward) == province


# ---- entering an account


def test_a_chief_enters_an_account_and_its_secrets_are_never_shown_again(desk, ward):
    fields = {"unit": ward.pk, "app_id": "1000000000000000001", "app_secret": SECRET, "webhook_key": SECRET}
    desk.post(page("officialaccount_add"), {**fields, "code_verifier": ""})
    account = OfficialAccount.objects.get()
    assert (account.app_secret, account.state) == (SECRET, AccountState.NEEDS_CONSENT)
    shown = desk.get(page("officialaccount_change", account.pk)).content.decode()
    assert SECRET not in shown and "Chưa được cấp quyền." in shown


def test_empty_secrets_stay_and_new_ones_replace(desk, ward):
    account = make_account(ward)
    change = page("officialaccount_change", account.pk)
    desk.post(change, {"app_id": "22222222", "app_secret": "", "webhook_key": "moi", "code_verifier": ""})
    fresh = OfficialAccount.objects.get()
    assert (fresh.app_id, fresh.app_secret, fresh.webhook_key) == ("22222222", SECRET, "moi")


def test_ids_are_digits(desk, ward):
    answer = desk.post(page("officialaccount_add"), {"unit": ward.pk, "app_id": "abc", "app_secret": "x"})
    assert "chỉ gồm chữ số" in answer.content.decode()
    assert OfficialAccount.objects.count() == 0


def test_nobody_enters_an_account_for_a_foreign_unit(desk, ward, other_ward, stranger, colleague):
    fields = {"app_id": "1000000001", "app_secret": SECRET, "webhook_key": SECRET}
    desk.post(page("officialaccount_add"), {"unit": other_ward.pk, **fields})
    assert OfficialAccount.objects.count() == 0
    for officer in (stranger, colleague):
        with pytest.raises(NotAllowed):
            save_account(account=OfficialAccount(unit=ward, **fields), by=officer)


def test_the_id_desk_sees_the_state_and_changes_nothing(ward, desk_of):
    account = make_account(ward)
    client = desk_of(make_officer("ban", ward, "id_desk"))
    shown = client.get(page("officialaccount_change", account.pk)).content.decode()
    assert "Chưa được cấp quyền." in shown and "Kết nối, cấp quyền lại" not in shown
    assert client.get(page("officialaccount_connect", account.pk)).status_code == 403
    assert client.get(page("officialaccount_menu", account.pk)).status_code == 200


@pytest.mark.parametrize("name", ["change", "connect", "menu"])
def test_owner_colleague_stranger(ward, desk_of, owner, colleague, stranger, name):
    account = make_account(ward)
    codes = [desk_of(one).get(page(f"officialaccount_{name}", account.pk)).status_code
             for one in (owner, colleague, stranger)]  # fmt: skip
    assert (codes[0], {*codes[1:]} <= {403, 404}) == (200, True)


@pytest.mark.parametrize("model", ["officialaccount", "tokenentry", "webhookevent", "menuitem"])
def test_lists_ask_as_often_for_three_rows_as_for_one(model, ward, desk_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portal.zalo.models import WebhookEvent

    def add(unit: Unit, number: int) -> None:
        account = make_account(unit, number)
        with_vault(account)
        TokenEntry.objects.create(account=account, event="consented", actor="system:tests")
        WebhookEvent.objects.create(
            account=account, name="follow", body=b"{}", dedupe_hash=str(number),
            happened_at=timezone.now(), next_at=timezone.now(),
        )  # fmt: skip
        MenuItem.objects.create(unit=unit, position=1, title="A", value="https://a.vn")

    client = desk_of(make_officer("cap.tren", ward.parent.parent or ward.parent, "unit_chief"))
    add(ward, 1)
    client.get(page(f"{model}_changelist"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert len(client.get(page(f"{model}_changelist")).context["cl"].result_list) == 1
    add(ward.parent, 2)
    sister = Unit.objects.filter(parent=ward.parent).exclude(pk=ward.pk).first()
    add(sister, 3)
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(page(f"{model}_changelist")).context["cl"].result_list) == 3
    assert len(three) == len(one)


# ---- what wants attention


def test_alerts_name_what_is_wrong(ward):
    account = make_account(ward, state=AccountState.CONNECTED)
    with_vault(account)
    assert alerts(account) == []
    now = timezone.now()
    assert "trước ngày" in alerts(account, now=now + dt.timedelta(days=77))[0]
    account.vault.attempts, account.vault.rotation_unclear = 3, True
    account.check_error, account.last_mismatch_at = "oa_-204", now
    assert [text.split(".")[0][:24] for text in alerts(account)] == [
        "Lần làm mới gần nhất Zal",
        "Đã 3 lần làm mới quyền t",
        "Có webhook sai chữ ký tr",
        "Kiểm tra OA: Official Ac",
    ]
    account.state = AccountState.DISABLED
    assert alerts(account) == []


def test_the_badge_counts_only_the_officers_own(ward, other_ward, rf, owner, stranger):
    make_account(ward)
    connected = make_account(other_ward, 2, state=AccountState.CONNECTED)
    with_vault(connected)
    request = rf.get("/")
    badges = []
    for officer in (owner, stranger):
        request.user = officer
        badges.append(attention_badge(request))
    assert badges == ["1", ""]


def test_the_badge_stands_in_the_menu_of_every_page(ward, desk):
    make_account(ward)
    groups = desk.get("/quan-tri/").context["sidebar_navigation"]
    badges = {
        str(item["link"]): str(item["badge_callback"])
        for group in groups
        for item in group["items"]
        if item.get("badge_callback")
    }
    assert {link: badge for link, badge in badges.items() if badge} == {
        reverse("admin:zalo_officialaccount_changelist"): "1"
    }


# ---- the menu


def test_without_a_plan_the_portal_proposes_one(ward, settings):
    settings.PUBLIC_URL = "https://congan.example.vn"
    ward.duty_phone = "02363831234"
    plan = menu_plan(ward)
    assert [(one.position, one.kind) for one in plan][:3] == [(n, "oa.open.url") for n in (1, 2, 3)]
    assert (plan[0].value, plan[-1].value) == (f"https://congan.example.vn/{ward.slug}/", "02363831234")


def test_the_page_prints_the_units_own_plan(ward, desk):
    account = make_account(ward)
    MenuItem.objects.create(unit=ward, position=2, title="Tra cứu", kind=MenuKind.QUERY, value="#tracuu")
    shown = desk.get(page("officialaccount_menu", account.pk))
    assert [one.title for one in shown.context["plan"]] == ["Tra cứu"]
    assert "#tracuu" in shown.content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (MenuKind.URL, "javascript:x", "menu_url_invalid"),
        (MenuKind.PHONE, "gọi tôi", "menu_phone_invalid"),
        (MenuKind.URL, "https://a.vn", None),
        (MenuKind.PHONE, "0236 383 1234", None),
        (MenuKind.QUERY, "#tracuu", None),
    ],
)
def test_values_of_menu_entries(ward, kind, value, code):
    item = MenuItem(unit=ward, position=1, title="A", kind=kind, value=value)
    if code is None:
        item.full_clean()
    else:
        with pytest.raises(ValidationError) as caught:
            item.full_clean()
        assert caught.value.error_dict["value"][0].code == code


def test_a_menu_goes_with_a_merger_unless_the_successor_has_one(ward, other_ward):
    MenuItem.objects.create(unit=ward, position=1, title="A", value="https://a.vn")
    moved = move_rows(predecessor=ward, successors=[other_ward], on=dt.date(2026, 11, 21), by=BY)
    assert (moved["zalo.menuitem"], MenuItem.objects.get().unit) == (1, other_ward)
    MenuItem.objects.create(unit=ward, position=1, title="B", value="https://b.vn")
    again = move_rows(predecessor=ward, successors=[other_ward], on=dt.date(2026, 11, 21), by=BY)
    assert again["zalo.menuitem"] == 0
