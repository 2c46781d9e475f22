"""A notice is bound to an approved template of Zalo, or an officer reads why not."""

import pytest
from django.core.exceptions import ValidationError

from portal.notifications.actions.templates import change_template, create_template
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.notifications.tests.zalo_world import BODY, REMINDER, know_template
from portal.zalo.models import OfficialAccount, ZaloTemplate


@pytest.fixture
def account(unit) -> OfficialAccount:
    account = OfficialAccount.objects.create(unit=unit, app_id="1000001", app_secret="s", webhook_key="k")
    know_template(account)
    return account


def bind(unit, **given):
    facts = {"channel": "zalo_phone", "notice": "tests.confirmed", "provider_id": REMINDER, "body": BODY}
    return create_template(**{**facts, **given}, unit=unit, by=TESTER)


def refused(unit, **given) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        bind(unit, **given)
    return {error.code for errors in caught.value.error_dict.values() for error in errors}


def test_a_bound_row_knows_its_parameters_and_its_next_version_is_bound_too(account, unit):
    row = bind(unit)
    assert (row.parameters, row.version) == (["so", "ngay"], 1)
    body = "ma_ho_so: Số {so}\nngay_hen: {ngay}"
    fresh = change_template(template=row, body=body, provider_id=REMINDER, unit=unit, by=TESTER)
    assert (fresh.version, fresh.parameters) == (2, ["so", "ngay"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"provider_id": ""}, "zalo_template_unknown"),
        ({"provider_id": "999"}, "zalo_template_unknown"),
        ({"body": "ma_ho_so: {so}"}, "zalo_params_unfit"),
        ({"body": f"{BODY}\nthem: 1"}, "zalo_params_unfit"),
        ({"body": "Lịch hẹn số {so}"}, "template_line_invalid"),
        ({"body": f"{BODY}\nngay_hen: {{ngay}}"}, "template_name_twice"),
    ],
)
def test_what_does_not_fit_is_told(account, unit, given, code):
    assert refused(unit, **given) == {code}


def test_a_template_of_another_unit_is_unknown_here(account, unit):
    assert refused(make_unit("Bên")) == {"zalo_template_unknown"}
    assert refused(None) == {"zalo_template_unknown"}


def test_only_approved_templates_and_no_codes_by_user(account, unit):
    ZaloTemplate.objects.update(tag="OTP")
    assert refused(unit, channel="zalo_user") == {"zalo_template_not_by_user"}
    ZaloTemplate.objects.update(state="REJECT")
    assert refused(unit) == {"zalo_template_not_approved"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Tin tố giác của Ông/Bà số {so}", "text_reveals"),
        ("Kính gửi {full_name}", "text_personal"),
        ("Số định danh 012345678901", "text_personal"),
    ],
)
@pytest.mark.parametrize("channel", ["sms", "zalo_oa"])
def test_a_locked_screen_tells_nobody_what_it_is_about(unit, channel, body, code):
    assert refused(unit, channel=channel, provider_id="", body=body) == {code}
