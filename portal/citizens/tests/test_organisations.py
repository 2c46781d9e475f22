"""Organisations: who enrols them, who acts for them, and until when."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.models import AuditEntry
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.members import add_member, end_member
from portal.citizens.actions.organisations import (
    correct_organisation,
    end_organisation,
    enrol_organisation,
)
from portal.citizens.enums import MemberRole, OrganisationStatus
from portal.citizens.models import Contact, Membership, Organisation
from portal.citizens.queries import acting_for, search_organisations
from portal.citizens.rules import MEMBERSHIP_DAYS
from portal.citizens.validators import TAX_WEIGHTS, clean_organisation_name, clean_tax_code
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.common.models import Row
from tests.people import BY

MANAGER, STAFF, OTHER = "+84750000011", "+84750000012", "+84750000013"


def tax_code(number: int = 1) -> str:
    """The code of the `number`-th imaginary company, with its right check digit."""
    while True:
        nine = f"01{number:07d}"
        check = 10 - sum(w * int(d) for w, d in zip(TAX_WEIGHTS, nine, strict=True)) % 11
        if check < 10:
            return f"{nine}{check}"
        number += 5_000_000


TOLD = {
    "name": "Công ty TNHH Mây Trắng",
    "tax_code": tax_code(),
    "address": "Số 1 đường Hoa Sữa",
    "manager_phone": MANAGER,
}


def enrolled(unit, **changes) -> Organisation:
    return enrol_organisation(**{"unit": unit, "by": BY, **TOLD, **changes})


def contact_of(phone: str) -> Contact:
    return ensure_contact(phone=phone, by=BY)


def code_of(caught) -> tuple[str, str]:
    """(field, code) of the only fault."""
    found = [(field, error.code) for field, errors in caught.value.error_dict.items() for error in errors]
    assert len(found) == 1
    return found[0]


# ---- tax codes and names


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (tax_code(1), tax_code(1)),
        (f" {tax_code(1)[:4]} {tax_code(1)[4:]} ", tax_code(1)),
        (f"{tax_code(2)}001", f"{tax_code(2)}-001"),
        (f"{tax_code(2)}-001", f"{tax_code(2)}-001"),
    ],
)
def test_tax_code_is_stored_in_one_spelling(typed: str, clean: str) -> None:
    assert clean_tax_code(typed) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        tax_code()[:9],
        f"{tax_code()}0",
        f"{tax_code()}000",
        "0100000000",
        "٠١٠٠٠٠٠٠١٠",
        "012345678901",
    ],
)
def test_what_is_no_tax_code_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_tax_code(typed)
    assert caught.value.code == "tax_code_invalid"


@given(st.integers(1, 4_999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(number: int, place: int, shift: int) -> None:
    right = tax_code(number)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    with pytest.raises(ValidationError):
        clean_tax_code(wrong)


def test_names_of_companies_may_hold_digits_and_signs() -> None:
    assert clean_organisation_name("  Cty   CP  X&Y (1) ") == "Cty CP X&Y (1)"
    for text, code in (("-", "organisation_name_required"), ("a" * 201, "organisation_name_too_long")):
        with pytest.raises(ValidationError) as caught:
            clean_organisation_name(text)
        assert caught.value.code == code


# ---- enrolling


def test_enrolment_at_the_desk_writes_organisation_first_manager_and_journal(ward, owner) -> None:
    organisation = enrolled(ward, by=owner)
    row = Organisation.objects.get()
    assert (row.name, row.tax_code, row.address, row.unit, row.enrolled_by) == (
        "Công ty TNHH Mây Trắng",
        tax_code(),
        "Số 1 đường Hoa Sữa",
        ward,
        owner.actor_ref,
    )
    member = Membership.objects.get()
    assert (member.contact, member.role, member.granted_by) == (
        contact_of(MANAGER),
        MemberRole.MANAGER,
        owner.actor_ref,
    )
    assert (member.valid_to - member.valid_from).days == MEMBERSHIP_DAYS - 1
    entries = AuditEntry.objects.filter(object_uid=str(organisation.uid)).order_by("pk")
    assert [entry.action for entry in entries] == ["organisation.enrolled", "member.added"]
    assert not any("Mây" in str(entry.detail) or "7500" in str(entry.detail) for entry in entries)


def test_colleague_without_the_role_and_stranger_enrol_nothing(ward, people) -> None:
    for officer in (people.colleague, people.stranger, people.citizen):
        with pytest.raises(NotAllowed) as caught:
            enrolled(ward, by=officer)
        assert caught.value.code == "not_allowed"
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, ("name", "organisation_name_required")),
        ({"tax_code": "1"}, ("tax_code", "tax_code_invalid")),
        ({"address": "a" * 301}, ("address", "text_too_long")),
        ({"manager_phone": "113"}, ("manager_phone", "phone_invalid")),
    ],
)
def test_enrolment_names_what_is_wrong(ward, changes, fault) -> None:
    with pytest.raises(ValidationError) as caught:
        enrolled(ward, **changes)
    assert code_of(caught) == fault
    assert Organisation.objects.count() == 0


def test_one_tax_code_is_enrolled_once_per_unit_until_it_ended(ward, other_ward) -> None:
    first = enrolled(ward)
    with pytest.raises(Conflict) as caught:
        enrolled(ward)
    assert caught.value.code == "organisation_enrolled"
    enrolled(other_ward)
    end_organisation(organisation=first, by=BY)
    enrolled(ward)
    assert Organisation.objects.filter(unit=ward).count() == 2


def test_correction_changes_name_and_address_and_keeps_the_tax_code(ward, owner, stranger) -> None:
    organisation = enrolled(ward)
    with pytest.raises(NotAllowed):
        correct_organisation(organisation=organisation, name="Khác", address="", by=stranger)
    correct_organisation(organisation=organisation, name="Công ty Mây Xanh", address="", by=owner)
    row = Organisation.objects.get()
    assert (row.name, row.address, row.tax_code) == ("Công ty Mây Xanh", None, tax_code())
    assert list(search_organisations(Organisation.objects.all(), "cong ty may xanh")) == [row]


def test_search_finds_by_tax_code_and_whole_name_only(ward) -> None:
    row, rows = enrolled(ward), Organisation.objects.all()
    for text in (tax_code(), f"{tax_code()[:5]} {tax_code()[5:]}", "CONG TY TNHH MAY TRANG", ""):
        assert list(search_organisations(rows, text)) == [row]
    for text in ("Mây", tax_code(2)):
        assert list(search_organisations(rows, text)) == []


def test_nothing_of_an_organisation_is_readable_in_the_database(ward, django_db_blocker) -> None:
    from django.db import connection

    enrolled(ward)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM citizens_organisation")
        stored = str([bytes(v) if isinstance(v, memoryview) else v for v in cursor.fetchone()])
    assert tax_code() not in stored
    assert "Trắng" not in stored
    assert "Hoa" not in stored


# ---- members


def test_manager_adds_staff_who_may_act_but_not_add_others(ward) -> None:
    organisation, manager, staff = enrolled(ward), contact_of(MANAGER), contact_of(STAFF)
    member = add_member(organisation=organisation, phone="0750 000 012", role=MemberRole.STAFF, by=manager)
    assert (member.contact, member.granted_by) == (staff, manager.actor_ref)
    assert [row.organisation for row in acting_for(staff)] == [organisation]
    with pytest.raises(NotAllowed):
        add_member(organisation=organisation, phone=OTHER, role=MemberRole.STAFF, by=staff)
    with pytest.raises(NotAllowed):
        end_member(membership=member, by=staff)


def test_strangers_of_every_kind_change_no_members(ward, other_ward, people) -> None:
    organisation = enrolled(ward)
    enrolled(other_ward, tax_code=tax_code(2), manager_phone=OTHER)
    for actor in (people.colleague, people.stranger, people.citizen, contact_of(OTHER)):
        with pytest.raises(NotAllowed):
            add_member(organisation=organisation, phone=STAFF, role=MemberRole.STAFF, by=actor)
        with pytest.raises(NotAllowed):
            end_member(membership=organisation.memberships.get(), by=actor)
        with pytest.raises(NotAllowed):
            end_organisation(organisation=organisation, by=actor)
    assert organisation.memberships.count() == 1


def test_last_manager_cannot_leave_but_the_last_but_one_can(ward, owner) -> None:
    organisation, manager = enrolled(ward), contact_of(MANAGER)
    first = organisation.memberships.get()
    add_member(organisation=organisation, phone=STAFF, role=MemberRole.STAFF, by=owner)
    for actor in (manager, owner):
        with pytest.raises(Conflict) as caught:
            end_member(membership=first, by=actor)
        assert caught.value.code == "last_manager"
    add_member(organisation=organisation, phone=OTHER, role=MemberRole.MANAGER, by=manager)
    end_member(membership=first, by=manager)
    first.refresh_from_db()
    assert (first.is_current, first.ended_by) == (False, manager.actor_ref)
    assert list(acting_for(manager)) == []
    with pytest.raises(Conflict) as caught:
        end_member(membership=first, by=owner)
    assert caught.value.code == "member_ended"


def test_a_manager_whose_time_has_not_begun_does_not_let_the_last_one_leave(ward, owner) -> None:
    organisation = enrolled(ward)
    tomorrow = local_today() + dt.timedelta(days=1)
    add_member(organisation=organisation, phone=OTHER, role=MemberRole.MANAGER, valid_from=tomorrow, by=owner)
    with pytest.raises(Conflict) as caught:
        end_member(membership=organisation.memberships.order_by("pk")[0], by=owner)
    assert caught.value.code == "last_manager"


@pytest.mark.parametrize(
    ("days", "last", "fault"),
    [
        (0, -1, ("valid_to", "period_invalid")),
        (5, 4, ("valid_to", "period_invalid")),
        (-5, -1, ("valid_to", "period_invalid")),
        (0, MEMBERSHIP_DAYS, ("valid_to", "period_too_long")),
    ],
)
def test_period_of_a_membership_is_checked(ward, days: int, last: int, fault) -> None:
    organisation, today = enrolled(ward), local_today()
    with pytest.raises(ValidationError) as caught:
        add_member(
            organisation=organisation,
            phone=STAFF,
            role=MemberRole.STAFF,
            valid_from=today + dt.timedelta(days=days),
            valid_to=today + dt.timedelta(days=last),
            by=BY,
        )
    assert code_of(caught) == fault


def test_unknown_role_and_wrong_phone_are_refused(ward) -> None:
    organisation = enrolled(ward)
    for told, fault in (
        ({"phone": STAFF, "role": "boss"}, ("role", "member_role_invalid")),
        ({"phone": "12", "role": MemberRole.STAFF}, ("phone", "phone_invalid")),
    ):
        with pytest.raises(ValidationError) as caught:
            add_member(organisation=organisation, by=BY, **told)
        assert code_of(caught) == fault


def test_membership_is_renewed_by_one_that_begins_after_it(ward) -> None:
    organisation = enrolled(ward)
    first = organisation.memberships.get()
    with pytest.raises(Conflict) as caught:
        add_member(organisation=organisation, phone=MANAGER, role=MemberRole.STAFF, by=BY)
    assert caught.value.code == "already_member"
    after = first.valid_to + dt.timedelta(days=1)
    add_member(organisation=organisation, phone=MANAGER, role=MemberRole.MANAGER, valid_from=after, by=BY)
    assert [row.uid for row in acting_for(contact_of(MANAGER))] == [first.uid]
    with time_machine.travel(dt.datetime.combine(after, dt.time(5), dt.UTC), tick=False):
        assert [row.valid_from for row in acting_for(contact_of(MANAGER))] == [after]


def test_acting_for_follows_the_days_and_the_organisation(ward) -> None:
    organisation, manager = enrolled(ward), contact_of(MANAGER)
    member = organisation.memberships.get()
    last_hour = dt.datetime.combine(member.valid_to, dt.time(16, 59), dt.UTC)  # 23:59 in Viet Nam
    for moment, found in ((last_hour, 1), (last_hour + dt.timedelta(minutes=1), 0)):
        with time_machine.travel(moment, tick=False):
            assert acting_for(manager).count() == found
    end_organisation(organisation=organisation, by=BY)
    assert list(acting_for(manager)) == []


def test_ended_organisation_takes_no_members_and_ends_once(ward, owner) -> None:
    organisation = enrolled(ward)
    end_organisation(organisation=organisation, by=owner)
    row = Organisation.objects.get()
    assert (row.status, row.memberships.get().ended_by) == (OrganisationStatus.ENDED, owner.actor_ref)
    with pytest.raises(Conflict) as caught:
        add_member(organisation=row, phone=STAFF, role=MemberRole.STAFF, by=owner)
    assert caught.value.code == "organisation_ended"
    with pytest.raises(Conflict) as caught:
        end_organisation(organisation=row, by=owner)
    assert caught.value.code == "move_not_allowed"


def test_rows_of_another_unit_are_not_visible(ward, other_ward, owner, stranger) -> None:
    mine, theirs = enrolled(ward), enrolled(other_ward)
    assert list(Organisation.objects.visible_to(owner)) == [mine]
    assert list(Organisation.objects.visible_to(stranger)) == [theirs]
    assert [row.organisation for row in Membership.objects.visible_to(owner)] == [mine]


def test_a_row_never_prints_its_name() -> None:
    assert repr(Organisation(name="Mây")).startswith("<Organisation ") and "Mây" not in repr(
        Organisation(name="Mây")
    )
    assert issubclass(Organisation, Row)
