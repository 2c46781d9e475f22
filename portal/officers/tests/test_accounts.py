"""Accounts: who may open, close and take over which."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from portal.audit.models import AuditEntry
from portal.common.errors import Conflict, DomainError, NotAllowed
from portal.officers.actions.change_password import change_password
from portal.officers.actions.create_officer import create_officer
from portal.officers.actions.deactivate_officer import deactivate_officer, reactivate_officer
from portal.officers.actions.reset_password import reset_password
from portal.officers.actions.update_officer import update_officer
from portal.officers.models import Officer
from portal.officers.passwords import LENGTH
from portal.officers.tests.conftest import PASSWORD, SYSTEM
from portal.units.models import Unit

Appoint = Callable[..., Officer]
Units = dict[str, Unit]


def _refusal(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        call()
    return caught.value.code


def _bad_fields(call: Callable[[], object]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        call()
    return {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}


def test_create_officer_answers_a_one_time_password_that_works(units: Units, appoint: Appoint) -> None:
    chief = appoint("chi.huy", "near", "unit_chief")
    officer, password = create_officer(
        username=" NV.An ", unit=units["near"], full_name="Nguyễn  Văn An", rank_title="Trung úy", by=chief
    )
    stored = Officer.objects.get(pk=officer.pk)
    assert (stored.username, stored.full_name, stored.rank_title) == ("nv.an", "Nguyễn Văn An", "Trung úy")
    assert (len(password), stored.must_change_password, stored.permissions) == (LENGTH, True, frozenset())
    assert authenticate(username="NV.AN", password=password) == stored
    entry = AuditEntry.objects.get(action="officer.created")
    assert (entry.actor, entry.object_uid, entry.detail) == (chief.actor_ref, str(stored.uid), {})


def test_create_officer_only_within_reach(units: Units, appoint: Appoint) -> None:
    chief = appoint("chi.huy", "near", "unit_chief")
    superior = appoint("cap.tren", "province", "unit_chief")
    desk = appoint("nv.mot", "near", "id_desk")
    assert _refusal(lambda: create_officer(username="nv.an", unit=units["far"], by=chief)) == "not_allowed"
    assert _refusal(lambda: create_officer(username="nv.an", unit=units["near"], by=desk)) == "not_allowed"
    assert create_officer(username="nv.an", unit=units["near"], by=superior)[0].unit == units["near"]


@pytest.mark.parametrize("username", ["ab", "nguyễn", "có trắng", "-dau", "a" * 33, "<script>"])
def test_create_officer_refuses_username(units: Units, username: str) -> None:
    assert _bad_fields(lambda: create_officer(username=username, unit=units["near"], by=SYSTEM)) == {
        "username": ["username_invalid"]
    }


def test_create_officer_refuses_taken_username(units: Units, appoint: Appoint) -> None:
    appoint("nv.an", "far")
    assert _bad_fields(lambda: create_officer(username="NV.AN", unit=units["near"], by=SYSTEM)) == {
        "username": ["username_taken"]
    }


def test_update_officer_needs_old_and_new_unit_within_reach(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "near", "unit_chief"), appoint("nv.an", "near")
    told = {"full_name": "Trần Thị Mẫu", "rank_title": "Đại úy"}
    assert update_officer(officer=officer, unit=units["near"], by=chief, **told).full_name == "Trần Thị Mẫu"
    assert (
        _refusal(lambda: update_officer(officer=officer, unit=units["far"], by=chief, **told))
        == "not_allowed"
    )
    stranger = appoint("o.xa", "far")
    assert (
        _refusal(lambda: update_officer(officer=stranger, unit=units["near"], by=chief, **told))
        == "not_allowed"
    )


def test_reset_password_replaces_the_old_one(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "near", "unit_chief"), appoint("nv.an", "near", "id_desk")
    password = reset_password(officer=officer, by=chief)
    assert authenticate(username="nv.an", password=PASSWORD) is None
    found = authenticate(username="nv.an", password=password)
    assert isinstance(found, Officer)
    assert found.must_change_password


def test_it_admin_cannot_take_over_an_account_that_sees_content(units: Units, appoint: Appoint) -> None:
    admin = appoint("ky.thuat", "province", "it_admin")
    desk, editor = appoint("nv.an", "near", "id_desk"), appoint("bien.tap", "near", "editor")
    assert _refusal(lambda: reset_password(officer=desk, by=admin)) == "not_allowed"
    assert len(reset_password(officer=editor, by=admin)) == LENGTH


def test_nobody_takes_over_roles_outside_his_reach(units: Units, appoint: Appoint) -> None:
    chief = appoint("chi.huy", "near", "unit_chief")
    superior = appoint("cap.tren", "province", "unit_chief")
    officer = appoint("nv.an", "near", "duty_officer")
    assert _refusal(lambda: reset_password(officer=superior, by=chief)) == "not_allowed"
    assert (
        _refusal(lambda: reset_password(officer=officer, by=appoint("o.xa", "far", "unit_chief")))
        == "not_allowed"
    )
    assert _refusal(lambda: reset_password(officer=chief, by=chief)) == "own_account"


def test_deactivated_officer_cannot_log_in_until_reactivated(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "near", "unit_chief"), appoint("nv.an", "near", "id_desk")
    deactivate_officer(officer=officer, by=chief)
    assert authenticate(username="nv.an", password=PASSWORD) is None
    assert _refusal(lambda: deactivate_officer(officer=officer, by=chief)) == "officer_inactive"
    assert _refusal(lambda: reset_password(officer=officer, by=chief)) == "officer_inactive"
    password = reactivate_officer(officer=officer, by=chief)
    assert authenticate(username="nv.an", password=PASSWORD) is None
    assert authenticate(username="nv.an", password=password) == officer
    assert officer.has_perm("appointments.view_booking")
    assert _refusal(lambda: reactivate_officer(officer=officer, by=chief)) == "officer_active"


def test_deactivate_refuses_own_account_and_strangers(units: Units, appoint: Appoint) -> None:
    chief, stranger = appoint("chi.huy", "near", "unit_chief"), appoint("o.xa", "far")
    assert _refusal(lambda: deactivate_officer(officer=chief, by=chief)) == "own_account"
    assert _refusal(lambda: deactivate_officer(officer=stranger, by=chief)) == "not_allowed"


def test_change_password_checks_the_old_and_the_new_one(units: Units, appoint: Appoint) -> None:
    officer = appoint("nv.an", "near", must_change_password=True)

    def change(old: str, new: str) -> dict[str, list[str]]:
        return _bad_fields(lambda: change_password(officer=officer, old=old, new=new, by=officer))

    assert change("sai", "mot mat khau moi dai") == {"old_password": ["password_wrong"]}
    assert change(PASSWORD, "ngan") == {"new_password1": ["password_too_short"]}
    assert change(PASSWORD, "password1234") == {"new_password1": ["password_too_common"]}
    assert change(PASSWORD, PASSWORD) == {"new_password1": ["password_same"]}
    change_password(officer=officer, old=PASSWORD, new="mot mat khau moi dai", by=officer)
    stored = Officer.objects.get(pk=officer.pk)
    assert (stored.must_change_password, stored.check_password("mot mat khau moi dai")) == (False, True)


def test_change_password_is_for_the_owner(units: Units, appoint: Appoint) -> None:
    officer, chief = appoint("nv.an", "near"), appoint("chi.huy", "near", "unit_chief")
    with pytest.raises(NotAllowed):
        change_password(officer=officer, old=PASSWORD, new="mot mat khau moi dai", by=chief)


def test_authenticate_refuses_inactive_unknown_and_empty(units: Units, appoint: Appoint) -> None:
    appoint("nv.an", "near", is_active=False)
    tried = [("nv.an", PASSWORD), ("khong.co", PASSWORD), ("", PASSWORD), ("nv.an", "")]
    assert [authenticate(username=name, password=word) for name, word in tried] == [None] * 4


def test_command_creates_the_first_chief(units: Units) -> None:
    out = StringIO()
    call_command("create_officer", "Chi.Huy", unit=units["near"].slug, role=["unit_chief"], stdout=out)
    username, password = out.getvalue().split()
    chief = authenticate(username=username, password=password)
    assert isinstance(chief, Officer)
    assert (chief.username, chief.unit_ids("officers.add_officer")) == (
        "chi.huy",
        {units["near"].pk, units["merged"].pk},
    )


def test_command_creates_nobody_when_a_role_cannot_be_granted(units: Units) -> None:
    with pytest.raises((CommandError, Conflict)):
        call_command("create_officer", "khu.vuc", unit=units["near"].slug, role=["area_officer"])
    assert not Officer.objects.exists()
