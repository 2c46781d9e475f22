"""Which units and rows an officer reaches."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import time_machine

from portal.common.clock import local_today
from portal.officers.actions.grant_role import grant_role
from portal.officers.models import Officer
from portal.officers.roles import ROLES
from portal.officers.rules import has_permission
from portal.officers.tests.conftest import SYSTEM
from portal.units.models import Hamlet, Unit

Appoint = Callable[..., Officer]
Units = dict[str, Unit]


def _names(officer: Officer) -> list[str]:
    return list(Officer.objects.visible_to(officer).values_list("username", flat=True))


def test_owner_and_colleague_of_one_unit_see_the_same_accounts(units: Units, appoint: Appoint) -> None:
    owner, colleague = appoint("chi.huy", "near", "unit_chief"), appoint("ky.thuat", "near", "it_admin")
    assert _names(owner) == _names(colleague) == ["chi.huy", "ky.thuat"]


def test_stranger_sees_only_his_own_unit(units: Units, appoint: Appoint) -> None:
    appoint("chi.huy", "near", "unit_chief")
    assert _names(appoint("nguoi.la", "far", "unit_chief")) == ["nguoi.la"]


def test_province_viewer_sees_no_accounts_but_reaches_all_communes(units: Units, appoint: Appoint) -> None:
    viewer = appoint("theo.doi", "province", "province_viewer")
    appoint("chi.huy", "near", "unit_chief")
    reached = {units[key].pk for key in ("province", "near", "other", "merged")}
    assert viewer.unit_ids("appointments.view_campaign") == reached
    assert viewer.unit_ids("officers.view_officer") == set()
    assert _names(viewer) == []
    assert not viewer.has_perm("appointments.view_booking")


def test_superior_sees_descendants_and_what_they_took_over(units: Units, appoint: Appoint) -> None:
    superior = appoint("cap.tren", "province", "unit_chief")
    for username, unit in (("o.gan", "near"), ("o.khac", "other"), ("o.cu", "merged"), ("o.xa", "far")):
        appoint(username, unit)
    assert _names(superior) == ["cap.tren", "o.cu", "o.gan", "o.khac"]


def test_successor_sees_rows_of_the_unit_it_took_over_and_not_its_neighbour(
    units: Units, appoint: Appoint
) -> None:
    chief = appoint("chi.huy", "near", "unit_chief")
    appoint("o.cu", "merged")
    appoint("o.khac", "other")
    assert chief.unit_ids() == {units["near"].pk, units["merged"].pk}
    assert _names(chief) == ["chi.huy", "o.cu"]


def test_permission_is_asked_where_its_role_is_held(units: Units, appoint: Appoint) -> None:
    officer = appoint("hai.noi", "near", "id_desk")
    grant_role(officer=officer, role="editor", unit=units["far"], by=SYSTEM)
    assert officer.unit_ids("appointments.view_booking") == {units["near"].pk, units["merged"].pk}
    assert officer.unit_ids("procedures.change_procedure") == {units["far"].pk}
    assert officer.unit_ids() == {units["near"].pk, units["merged"].pk, units["far"].pk}
    assert has_permission(officer, "appointments.view_booking", units["near"])
    assert not has_permission(officer, "appointments.view_booking", units["far"])
    assert officer.has_perm("appointments.view_booking")
    assert not officer.has_perm("appointments.view_booking", appoint("o.xa", "far"))


def test_assignment_counts_from_its_first_to_its_last_day(units: Units, appoint: Appoint) -> None:
    officer, today = appoint("tam.thoi", "near"), local_today()
    grant_role(
        officer=officer,
        role="id_desk",
        unit=units["near"],
        valid_from=today + dt.timedelta(days=1),
        valid_to=today + dt.timedelta(days=2),
        by=SYSTEM,
    )

    def held(days: int) -> bool:
        noon = dt.datetime.combine(today + dt.timedelta(days=days), dt.time(5), tzinfo=dt.UTC)
        with time_machine.travel(noon, tick=False):
            return Officer.objects.get(pk=officer.pk).has_perm("appointments.view_booking")

    assert [held(days) for days in range(4)] == [False, True, True, False]


def test_inactive_officer_holds_nothing(units: Units, appoint: Appoint) -> None:
    officer = appoint("da.nghi", "near", "unit_chief")
    officer.is_active = False
    officer.save()
    officer = Officer.objects.get(pk=officer.pk)
    assert (officer.permissions, officer.unit_ids(), officer.is_staff) == (frozenset(), set(), False)
    assert not officer.has_perm("units.view_unit")


def test_nobody_is_superuser(units: Units, appoint: Appoint) -> None:
    assert appoint("ky.thuat", "province", "it_admin", "unit_chief").is_superuser is False


def test_it_admin_holds_no_content_permission(units: Units, appoint: Appoint) -> None:
    admin = appoint("ky.thuat", "province", "it_admin")
    asked = (
        "appointments.view_booking",
        "appointments.check_in_booking",
        "procedures.view_declaration",
        "notifications.view_outboxmessage",
        "citizens.view_contact",
        "audit.view_auditentry",
    )
    assert [admin.has_perm(permission) for permission in asked] == [False] * 6
    assert admin.has_module_perms("units")


def test_it_admin_sets_up_counters_and_nothing_else_of_appointments() -> None:
    held = {name for name in ROLES["it_admin"].permissions if name.startswith("appointments.")}
    models = {name.rpartition("_")[2] for name in held}
    assert models == {"counter", "deskrules"}


def test_area_officer_answers_for_his_hamlets(units: Units, appoint: Appoint) -> None:
    officer = appoint("khu.vuc", "near")
    hamlets = [
        Hamlet.objects.create(
            unit=units["near"], name=f"Mẫu {number}", kind="thon", folded_name=f"mau {number}"
        )
        for number in (1, 2, 3)
    ]
    grant_role(officer=officer, role="area_officer", unit=units["near"], hamlets=hamlets[:2], by=SYSTEM)
    assert officer.hamlet_ids() == {hamlets[0].pk, hamlets[1].pk}


def test_reading_permissions_costs_three_queries_however_often_asked(
    units: Units, appoint: Appoint, django_assert_num_queries: Any
) -> None:
    officer = appoint("chi.huy", "near", "unit_chief", "id_desk")
    with django_assert_num_queries(3):  # assignments, their hamlets, the reach
        for _ in range(5):
            officer.has_perm("appointments.view_booking", units["near"])
            officer.unit_ids("officers.view_officer")
            officer.hamlet_ids()
