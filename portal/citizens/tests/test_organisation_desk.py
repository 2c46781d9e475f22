"""The officers' pages of organisations: owner, colleague without the role, stranger."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.citizens.actions.members import add_member
from portal.citizens.actions.organisations import end_organisation
from portal.citizens.enums import MemberRole, OrganisationStatus
from portal.citizens.models import Membership, Organisation
from portal.citizens.tests.test_organisations import MANAGER, OTHER, STAFF, enrolled, tax_code
from portal.common.clock import local_today
from tests.people import BY

LIST = "/quan-tri/citizens/organisation/"
ADD = f"{LIST}add/"


def told(ward, **changes) -> dict:
    return {
        "name": "Công ty TNHH Mây Trắng",
        "tax_code": tax_code(),
        "address": "",
        "unit": ward.pk,
        "manager_phone": "0750 000 011",
        **changes,
    }


def page_of(row: Organisation) -> str:
    return reverse("admin:citizens_organisation_change", args=[row.pk])


def add_page(row: Organisation) -> str:
    return reverse("admin:citizens_organisation_add_member", args=[row.uid])


def end_page(row: Membership) -> str:
    return reverse("admin:citizens_organisation_end_member", args=[row.uid])


@pytest.fixture
def mine(ward, owner, client) -> Client:
    client.force_login(owner)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_officer_enrols_from_the_papers_and_lands_on_its_page(mine, ward, owner) -> None:
    assert "Người quản lý đầu tiên" in text(mine.get(ADD))
    answer = mine.post(ADD, told(ward))
    row = Organisation.objects.get()
    assert answer.url == page_of(row)
    assert (row.name, row.enrolled_by) == ("Công ty TNHH Mây Trắng", owner.actor_ref)
    shown = text(mine.get(answer.url))
    assert all(word in shown for word in ("Mây Trắng", tax_code(), "0750 000 011", "Người quản lý"))
    assert AuditEntry.objects.filter(action="organisation.viewed", actor=owner.actor_ref).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tax_code": "0123"}, "Mã số thuế gồm 10 chữ số"),
        ({"manager_phone": "113"}, "Số di động gồm 10 chữ số"),
        ({"name": "–"}, "Xin nhập tên tổ chức"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(mine, ward, changes, words) -> None:
    answer = mine.post(ADD, told(ward, address="Số 9 đường Hoa Sữa", **changes))
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert list(errors) == list(changes)
    assert words in str(errors)
    assert "Số 9 đường Hoa Sữa" in text(answer)
    assert Organisation.objects.count() == 0


def test_a_second_enrolment_is_told_so(mine, ward) -> None:
    enrolled(ward)
    answer = mine.post(ADD, told(ward))
    assert "Mã số thuế này đã được ghi nhận" in text(answer)
    assert Organisation.objects.count() == 1


def test_unit_of_somebody_else_is_no_choice(mine, ward, other_ward) -> None:
    assert mine.post(ADD, told(ward, unit=other_ward.pk)).status_code == 200
    assert Organisation.objects.count() == 0


def test_officer_corrects_name_and_address_only(mine, ward) -> None:
    row = enrolled(ward)
    assert mine.post(page_of(row), {"name": "Tên Mới", "address": "", "tax_code": "1"}).status_code == 302
    row = Organisation.objects.get()
    assert (row.name, row.address, row.tax_code) == ("Tên Mới", None, tax_code())
    refused = mine.post(page_of(row), {"name": "", "address": "x"})
    assert refused.status_code == 200
    assert Organisation.objects.get().name == "Tên Mới"


def test_members_are_added_and_ended_by_buttons(mine, ward, owner) -> None:
    row = enrolled(ward)
    assert add_page(row) in text(mine.get(page_of(row)))
    assert mine.get(add_page(row)).status_code == 200
    answer = mine.post(add_page(row), {"phone": "0750 000 012", "role": "staff"})
    assert answer.url == page_of(row)
    member = Membership.objects.get(role=MemberRole.STAFF)
    assert (member.granted_by, member.valid_from) == (owner.actor_ref, local_today())
    assert "0750 000 012" in text(mine.get(end_page(member)))
    assert mine.post(end_page(member)).url == page_of(row)
    assert not Membership.objects.get(pk=member.pk).is_open
    assert end_page(member) not in text(mine.get(page_of(row)))


def test_refusals_of_the_member_form_keep_what_was_typed(mine, ward) -> None:
    row = enrolled(ward)
    late = (local_today() + dt.timedelta(days=800)).strftime("%d/%m/%Y")
    for typed, words in (
        ({"phone": "12", "role": "staff"}, "Số di động gồm 10 chữ số"),
        ({"phone": MANAGER, "role": "staff"}, "đang là thành viên"),
        ({"phone": STAFF, "role": "staff", "valid_to": late}, "nhiều nhất một năm"),
    ):
        answer = mine.post(add_page(row), typed)
        assert answer.status_code == 200
        assert words in text(answer)
        assert typed["phone"] in text(answer)
    assert Membership.objects.count() == 1


def test_last_manager_stays_and_the_officer_reads_why(mine, ward) -> None:
    member = enrolled(ward).memberships.get()
    answer = mine.post(end_page(member), follow=True)
    assert "ít nhất một người quản lý" in text(answer)
    assert Membership.objects.get().is_current


def test_organisation_is_ended_by_its_button_and_then_takes_no_members(mine, ward) -> None:
    row = enrolled(ward)
    move = reverse("admin:citizens_organisation_move", args=[row.pk, "ended"])
    assert move in text(mine.get(page_of(row)))
    assert "Ngừng đăng ký tổ chức" in text(mine.get(move))
    assert mine.post(move).url == page_of(row)
    assert Organisation.objects.get().status == OrganisationStatus.ENDED
    shown = text(mine.get(page_of(row)))
    assert (move in shown, add_page(row) in shown, "đã kết thúc" in shown) == (False, False, True)


def test_colleague_without_the_role_sees_nothing(ward, colleague, client) -> None:
    row = enrolled(ward)
    client.force_login(colleague)
    member = row.memberships.get()
    assert [client.get(page).status_code for page in (LIST, ADD)] == [403, 403]
    pages = (page_of(row), add_page(row), end_page(member))
    assert [client.get(page).status_code for page in pages] == [403, 404, 404]
    assert [client.post(page).status_code for page in (ADD, *pages)] == [403, 403, 404, 404]


def test_stranger_gets_404_for_every_page(ward, stranger, client) -> None:
    row = enrolled(ward)
    member = row.memberships.get()
    client.force_login(stranger)
    move = reverse("admin:citizens_organisation_move", args=[row.pk, "ended"])
    pages = (page_of(row), add_page(row), end_page(member), move)
    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert [client.post(page, {"phone": OTHER, "role": "staff"}).status_code for page in pages] == [404] * 4
    assert list(client.get(LIST).context["cl"].queryset) == []
    assert (Membership.objects.count(), Organisation.objects.get().status) == (1, "active")


def test_search_never_stands_in_the_address(mine, ward) -> None:
    row = enrolled(ward)
    enrolled(ward, tax_code=tax_code(2), name="Khác")
    answer = mine.post(LIST, {"q": tax_code()})
    assert tax_code() not in answer.url
    assert list(mine.get(answer.url).context["cl"].queryset) == [row]


def test_list_costs_the_same_for_one_and_for_three(mine, ward) -> None:
    costs = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            enrolled(ward, tax_code=tax_code(number))
        with CaptureQueriesContext(connection) as queries:
            rows = mine.get(LIST).context["cl"].result_list
        assert [row.acting for row in rows] == [1] * numbers[-1]
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_page_costs_the_same_for_one_member_and_for_three(mine, ward) -> None:
    row = enrolled(ward)
    mine.get(page_of(row))
    costs = []
    for phones in ((), (STAFF, OTHER)):
        for phone in phones:
            add_member(organisation=row, phone=phone, role=MemberRole.STAFF, by=BY)
        with CaptureQueriesContext(connection) as queries:
            mine.get(page_of(row))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_ended_ones_are_found_by_the_filter(mine, ward) -> None:
    row = enrolled(ward)
    end_organisation(organisation=row, by=BY)
    enrolled(ward, tax_code=tax_code(2))
    assert list(mine.get(f"{LIST}?status__exact=ended").context["cl"].queryset) == [row]
