"""Two managers who leave at the same moment, on PostgreSQL with a connection each: one of them stays."""

from threading import Barrier

import pytest

from portal.citizens.actions import members
from portal.citizens.actions.members import add_member, end_member
from portal.citizens.actions.organisations import enrol_organisation
from portal.citizens.enums import MemberRole
from portal.citizens.models import Membership, Organisation
from portal.citizens.tests.test_organisations import MANAGER, OTHER, TOLD, tax_code
from tests.faults.test_last_places import in_threads
from tests.people import BY

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def pair(ward, number: int) -> list[Membership]:
    organisation = enrol_organisation(
        unit=ward, by=BY, **{**TOLD, "tax_code": tax_code(number), "manager_phone": MANAGER}
    )
    add_member(organisation=organisation, phone=OTHER, role=MemberRole.MANAGER, by=BY)
    return list(organisation.memberships.select_related("organisation").order_by("pk"))


def leave_together(rows: list[Membership]) -> list[str]:
    def end(number: int) -> str:
        end_member(membership=rows[number], by=BY)
        return "left"

    return sorted(in_threads(end, 2, at_once=2))


def test_of_two_managers_who_leave_together_one_stays(ward) -> None:
    answers = [leave_together(pair(ward, number)) for number in range(1, ROUNDS + 1)]
    assert answers == [["last_manager", "left"]] * ROUNDS
    assert Membership.objects.current().filter(role=MemberRole.MANAGER).count() == ROUNDS


def test_two_desks_that_enrol_one_tax_code_together_make_one_organisation(ward) -> None:
    def enrol(_number: int) -> str:
        enrol_organisation(unit=ward, by=BY, **TOLD)
        return "enrolled"

    assert sorted(in_threads(enrol, 6, at_once=6)) == ["enrolled", *["organisation_enrolled"] * 5]
    assert Organisation.objects.count() == Membership.objects.count() == 1


def test_without_the_lock_both_would_leave(ward, monkeypatch) -> None:
    """The guard switched off: each finds the other one still there."""
    both_looked = Barrier(2, timeout=10)
    found = members._has_other_manager

    def look(organisation, membership) -> bool:
        answer = found(organisation, membership)
        both_looked.wait()
        return answer

    monkeypatch.setattr(members, "_lock", lambda organisation, *, by: organisation)
    monkeypatch.setattr(members, "_has_other_manager", look)
    assert leave_together(pair(ward, 1)) == ["left", "left"]
    assert not Membership.objects.current().exists()
