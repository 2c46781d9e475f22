"""The officers' pages: log-in, own password, accounts, role assignments."""

import re
from collections.abc import Callable

from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.officers.models import Officer, RoleAssignment
from portal.officers.site import OfficersSite
from portal.officers.tests.conftest import PASSWORD
from portal.units.models import Unit

Appoint = Callable[..., Officer]
Desk = Callable[..., Client]
Units = dict[str, Unit]
NEW_PASSWORD = "mot mat khau moi dai"


def _log_in(client: Client, username: str, password: str) -> int:
    return client.post("/quan-tri/login/", {"username": username, "password": password}).status_code


def _page(officer: Officer) -> str:
    return reverse("admin:officers_officer_change", args=[officer.pk])


def _step(obj: Officer | RoleAssignment, slug: str) -> str:
    return reverse(f"admin:officers_{obj._meta.model_name}_step", args=[obj.uid, slug])


def test_the_admin_site_is_the_officers_own() -> None:
    """The theme's default app config would put its own site in place: settings name BasicAppConfig."""
    assert isinstance(admin.site, OfficersSite)


def test_log_in_is_vietnamese_and_leads_to_the_start_page(units: Units, appoint: Appoint, desk: Desk) -> None:
    appoint("chi.huy", "near", "unit_chief", full_name="Lê Thị Mẫu")
    client = desk()
    page = client.get("/quan-tri/login/").content.decode()
    assert all(word in page for word in ('lang="vi"', "Đăng nhập", "Tên đăng nhập", "Mật khẩu"))
    assert '<input type="hidden" name="next" value="/quan-tri/" form="login-form">' in page
    told = {"username": "Chi.Huy", "password": PASSWORD, "next": "/quan-tri/"}
    assert client.post("/quan-tri/login/", told).url == "/quan-tri/"
    start = client.get("/quan-tri/").content.decode()
    assert all(
        word in start
        for word in ("Bàn làm việc", "Xin chào Lê Thị Mẫu", units["near"].police_name, "Chỉ huy đơn vị")
    )
    assert AuditEntry.objects.filter(action="officer.logged_in").count() == 1


def test_wrong_password_is_refused_and_ten_of_them_close_the_door(
    units: Units, appoint: Appoint, desk: Desk
) -> None:
    appoint("nv.an", "near", "id_desk")
    client = desk()
    assert [_log_in(client, "nv.an", "sai") for _ in range(10)] == [200] * 10
    answer = client.post("/quan-tri/login/", {"username": "nv.an", "password": PASSWORD})
    assert (answer.status_code, "Nhập sai quá nhiều lần" in answer.content.decode()) == (200, True)
    assert _log_in(Client(REMOTE_ADDR="192.0.2.7"), "nv.an", PASSWORD) == 302


def test_one_time_password_opens_only_the_page_that_replaces_it(
    units: Units, appoint: Appoint, desk: Desk
) -> None:
    appoint("nv.an", "near", "id_desk", must_change_password=True)
    client, own = desk(), reverse("admin:password_change")
    assert _log_in(client, "nv.an", PASSWORD) == 302
    assert client.get("/quan-tri/").url == own
    assert client.get(reverse("admin:officers_officer_changelist")).url == own
    assert "mật khẩu một lần" in client.get(own).content.decode()
    told = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(own, told).url == reverse("admin:password_change_done")
    assert client.get("/quan-tri/").status_code == 200


def test_own_password_page_explains_what_is_wrong(units: Units, appoint: Appoint, desk: Desk) -> None:
    client = desk(appoint("nv.an", "near", "id_desk"))
    own = reverse("admin:password_change")

    def answer(old: str, new: str) -> str:
        told = {"old_password": old, "new_password1": new, "new_password2": new}
        return client.post(own, told).content.decode()

    assert "phải khác mật khẩu cũ" in answer(PASSWORD, PASSWORD)
    assert "quá ngắn" in answer(PASSWORD, "ngan")
    assert Officer.objects.get().check_password(PASSWORD)


def test_chief_creates_an_account_and_reads_the_password_once(
    units: Units, appoint: Appoint, desk: Desk
) -> None:
    client = desk(appoint("chi.huy", "near", "unit_chief"))
    add = reverse("admin:officers_officer_add")
    told = {"username": "nv.an", "full_name": "Nguyễn Văn An", "rank_title": "Trung úy"}
    page = client.post(add, told | {"unit": units["near"].pk})
    found = re.search(r'class="desk-secret">(\w{16})<', page.content.decode())
    assert found
    assert "no-store" in page.headers["Cache-Control"]
    officer = Officer.objects.get(username="nv.an")
    assert (officer.check_password(found[1]), officer.must_change_password) == (True, True)
    later = client.get(_page(officer)).content.decode()
    assert ("Nguyễn Văn An" in later, found[1] in later, "argon2" in later, "md5" in later) == (
        True,
        False,
        False,
        False,
    )


def test_chief_cannot_name_a_unit_outside_his_reach(units: Units, appoint: Appoint, desk: Desk) -> None:
    client = desk(appoint("chi.huy", "near", "unit_chief"))
    told = {"username": "nv.an", "full_name": "", "rank_title": "", "unit": units["far"].pk}
    assert client.post(reverse("admin:officers_officer_add"), told).status_code == 200
    assert not Officer.objects.filter(username="nv.an").exists()


def test_change_form_corrects_name_and_keeps_username(units: Units, appoint: Appoint, desk: Desk) -> None:
    client, officer = desk(appoint("chi.huy", "near", "unit_chief")), appoint("nv.an", "near")
    told = {"username": "khac", "full_name": "Trần Văn Mẫu", "rank_title": "", "unit": units["near"].pk}
    assert client.post(_page(officer), told).status_code == 302
    officer = Officer.objects.get(pk=officer.pk)
    assert (officer.username, officer.full_name) == ("nv.an", "Trần Văn Mẫu")


def test_stranger_gets_404_on_another_units_officer(units: Units, appoint: Appoint, desk: Desk) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    assignment = officer.assignments.get()
    client = desk(appoint("o.xa", "far", "unit_chief"))
    pages = [
        _page(officer),
        _step(officer, "cap-lai-mat-khau"),
        reverse("admin:officers_roleassignment_change", args=[assignment.pk]),
        _step(assignment, "ket-thuc"),
    ]
    assert [client.get(page).status_code for page in pages] == [404] * 4
    # Role assignments are never rewritten, anybody's: that page takes no POST at all.
    assert [client.post(page).status_code for page in pages] == [404, 404, 403, 404]
    assert Officer.objects.get(pk=officer.pk).check_password(PASSWORD)


def test_desk_officer_sees_no_accounts_at_all(units: Units, appoint: Appoint, desk: Desk) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    client = desk(officer)
    pages = [
        reverse("admin:officers_officer_changelist"),
        reverse("admin:officers_officer_add"),
        reverse("admin:officers_roleassignment_add"),
        reverse("admin:audit_auditentry_changelist"),
    ]
    assert [client.get(page).status_code for page in pages] == [403] * 4


def test_reset_password_by_button_ends_the_open_session(units: Units, appoint: Appoint, desk: Desk) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    theirs, mine = desk(officer), desk(appoint("chi.huy", "near", "unit_chief"))
    assert theirs.get("/quan-tri/").status_code == 200
    assert "Cấp lại mật khẩu" in mine.get(_page(officer)).content.decode()
    assert mine.get(_step(officer, "cap-lai-mat-khau")).status_code == 200
    assert theirs.get("/quan-tri/").status_code == 200
    assert "desk-secret" in mine.post(_step(officer, "cap-lai-mat-khau")).content.decode()
    assert theirs.get("/quan-tri/").status_code == 302


def test_deactivation_ends_sessions_even_after_reactivation(
    units: Units, appoint: Appoint, desk: Desk
) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    theirs, mine = desk(officer), desk(appoint("chi.huy", "near", "unit_chief"))
    assert mine.post(_step(officer, "ngung-su-dung")).url == _page(officer)
    assert theirs.get("/quan-tri/").status_code == 302
    assert "desk-secret" in mine.post(_step(officer, "su-dung-lai")).content.decode()
    assert theirs.get("/quan-tri/").status_code == 302


def test_it_admin_is_told_why_he_cannot_reset_a_desk_password(
    units: Units, appoint: Appoint, desk: Desk
) -> None:
    officer = appoint("nv.an", "near", "id_desk")
    client = desk(appoint("ky.thuat", "near", "it_admin"))
    answer = client.post(_step(officer, "cap-lai-mat-khau"), follow=True)
    assert "mới cấp lại được mật khẩu" in answer.content.decode()
    assert Officer.objects.get(pk=officer.pk).check_password(PASSWORD)


def test_chief_grants_and_ends_a_role_on_the_desk(units: Units, appoint: Appoint, desk: Desk) -> None:
    officer = appoint("nv.an", "near")
    client = desk(appoint("chi.huy", "near", "unit_chief"))
    add = reverse("admin:officers_roleassignment_add")
    told = {"officer": officer.pk, "role": "id_desk", "unit": units["near"].pk, "valid_from": "21/11/2026"}
    assert client.post(add, told).status_code == 302
    assert "đang giữ vai trò" in client.post(add, told).content.decode()
    assignment = officer.assignments.get()
    page = client.get(reverse("admin:officers_roleassignment_change", args=[assignment.pk]))
    assert ("Kết thúc phân công" in page.content.decode(), 'name="_save"' in page.content.decode()) == (
        True,
        False,
    )
    client.post(_step(assignment, "ket-thuc"))
    assert not officer.assignments.open().exists()


def test_grant_form_offers_only_what_may_be_granted(units: Units, appoint: Appoint, desk: Desk) -> None:
    appoint("nv.an", "near")
    appoint("o.xa", "far")
    page = desk(appoint("ky.thuat", "near", "it_admin")).get(reverse("admin:officers_roleassignment_add"))
    fields = page.context["adminform"].form.fields
    assert "unit_chief" not in dict(fields["role"].choices)
    assert [officer.username for officer in fields["officer"].queryset] == ["nv.an"]
    assert [unit.pk for unit in fields["unit"].queryset] == [units["near"].pk, units["merged"].pk]


def test_officer_list_costs_the_same_for_one_and_for_three(
    units: Units, appoint: Appoint, desk: Desk
) -> None:
    client, page = (
        desk(appoint("chi.huy", "near", "unit_chief")),
        reverse("admin:officers_officer_changelist"),
    )
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    appoint("nv.an", "near", "id_desk", full_name="Nguyễn Văn An")
    appoint("nv.binh", "near", "id_desk", "editor", full_name="Trần Thị Bình")
    with CaptureQueriesContext(connection) as three:
        client.get(page)
    assert len(one) == len(three)
