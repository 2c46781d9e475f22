"""Who may hand out which role where."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.audit.models import AuditEntry
from portal.common.clock import local_today
from portal.common.errors import DomainError
from portal.officers.actions.end_role import end_role
from portal.officers.actions.grant_role import grant_role
from portal.officers.models import Officer, RoleAssignment
from portal.officers.roles import ROLES
from portal.officers.rules import can_grant
from portal.officers.tests.conftest import SYSTEM
from portal.units.models import Hamlet, Unit

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


def _grantable(officer: Officer, unit: Unit) -> set[str]:
    return {key for key in ROLES if can_grant(officer, key, unit)}


def test_chief_grants_what_he_holds_and_not_the_inspectorate(units: Units, appoint: Appoint) -> None:
    chief = appoint("chi.huy", "near", "unit_chief")
    assert _grantable(chief, units["near"]) == set(ROLES) - {"inspectorate"}
    assert _grantable(chief, units["far"]) == set()
    assert _grantable(chief, units["province"]) == set()


def test_it_admin_grants_only_roles_without_content(units: Units, appoint: Appoint) -> None:
    admin = appoint("ky.thuat", "province", "it_admin")
    plain = {
        "area_officer",
        "investigator",
        "editor",
        "reviewer",
        "province_viewer",
        "inspectorate",
        "it_admin",
    }
    assert _grantable(admin, units["near"]) == plain


def test_other_roles_grant_nothing(units: Units, appoint: Appoint) -> None:
    others = sorted(set(ROLES) - {"unit_chief", "it_admin", "area_officer"})
    officer = appoint("nhieu.vai", "near", *others)
    assert _grantable(officer, units["near"]) == set()


def test_grant_role_takes_effect_at_once_and_is_written_down(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "near", "unit_chief"), appoint("nv.an", "near")
    assert not officer.has_perm("appointments.view_booking")
    assignment = grant_role(officer=officer, role="id_desk", unit=units["near"], by=chief)
    assert officer.has_perm("appointments.view_booking")
    assert (assignment.granted_by, assignment.valid_from, assignment.valid_to) == (
        chief.actor_ref,
        local_today(),
        None,
    )
    entry = AuditEntry.objects.get(action="role.granted", actor=chief.actor_ref)
    assert (entry.object_uid, entry.detail) == (str(officer.uid), {"role": "id_desk"})


def test_grant_role_refuses(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "near", "unit_chief"), appoint("nv.an", "near")
    gone = appoint("da.nghi", "near", is_active=False)

    def refused(who: Officer, role: str, unit: str) -> str:
        return _refusal(lambda: grant_role(officer=who, role=role, unit=units[unit], by=chief))

    assert refused(officer, "id_desk", "far") == "not_allowed"
    assert refused(officer, "inspectorate", "near") == "not_allowed"
    assert refused(chief, "id_desk", "near") == "own_account"
    assert refused(gone, "id_desk", "near") == "officer_inactive"


def test_grant_role_refuses_bad_values(units: Units, appoint: Appoint) -> None:
    officer = appoint("nv.an", "near")
    here = Hamlet.objects.create(unit=units["near"], name="Mẫu 1", kind="thon", folded_name="mau 1")
    there = Hamlet.objects.create(unit=units["far"], name="Mẫu 2", kind="thon", folded_name="mau 2")
    yesterday = local_today() - dt.timedelta(days=1)

    def bad(role: str, **more: object) -> dict[str, list[str]]:
        return _bad_fields(
            lambda: grant_role(officer=officer, role=role, unit=units["near"], by=SYSTEM, **more)
        )

    assert bad("trưởng phòng") == {"role": ["role_unknown"]}
    assert bad("area_officer") == {"hamlets": ["hamlets_required"]}
    assert bad("area_officer", hamlets=[here, there]) == {"hamlets": ["hamlets_elsewhere"]}
    assert bad("id_desk", hamlets=[here]) == {"hamlets": ["hamlets_not_needed"]}
    assert bad("id_desk", valid_to=yesterday) == {"valid_to": ["period_invalid"]}
    assert not RoleAssignment.objects.exists()


def test_grant_role_refuses_what_is_already_held(units: Units, appoint: Appoint) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    again = {"officer": officer, "role": "id_desk", "unit": units["near"], "by": SYSTEM}
    soon = local_today() + dt.timedelta(days=3)
    assert _refusal(lambda: grant_role(**again)) == "role_already_held"
    assert _refusal(lambda: grant_role(**again, valid_from=soon, valid_to=soon)) == "role_already_held"


def test_database_keeps_one_open_assignment(units: Units, appoint: Appoint) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(officer=officer, role="id_desk", unit=units["near"], granted_by="x")


def test_end_role_takes_effect_at_once_and_can_be_granted_anew(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "near", "unit_chief"), appoint("nv.an", "near", "id_desk")
    assignment = officer.assignments.get()
    end_role(assignment=assignment, by=chief)
    officer.forget_roles()
    assert not officer.has_perm("appointments.view_booking")
    assert _refusal(lambda: end_role(assignment=assignment, by=chief)) == "role_already_ended"
    grant_role(officer=officer, role="id_desk", unit=units["near"], by=chief)
    assert officer.has_perm("appointments.view_booking")
    assert [item.is_current for item in officer.assignments.order_by("pk")] == [False, True]


def test_end_role_before_its_first_day(units: Units, appoint: Appoint) -> None:
    officer, soon = appoint("nv.an", "near"), local_today() + dt.timedelta(days=3)
    assignment = grant_role(officer=officer, role="editor", unit=units["near"], valid_from=soon, by=SYSTEM)
    assert end_role(assignment=assignment, by=SYSTEM).valid_to == soon
    assert not officer.assignments.open().exists()


def test_end_role_of_a_stranger_is_refused(units: Units, appoint: Appoint) -> None:
    chief, officer = appoint("chi.huy", "far", "unit_chief"), appoint("nv.an", "near", "id_desk")
    assert _refusal(lambda: end_role(assignment=officer.assignments.get(), by=chief)) == "not_allowed"
