"""The front door: finding a unit, its page, looking codes up, health."""

import pytest
from django.test import Client

from appointments.models import Campaign
from portal.common.codes import new_code
from portal.home.evening.citizens import registrants


@pytest.mark.parametrize("text", ["hai van dong", "Hải Vân Đông", "phường hải vân đông"])
def test_start_finds_a_unit_with_and_without_accents(ward, text: str) -> None:
    page = Client().get("/", {"q": text}).content.decode()
    assert f'href="/{ward.slug}/"' in page


def test_start_finds_todays_unit_by_an_old_name(units) -> None:
    page = Client().get("/", {"q": "quan ben dong"}).content.decode()
    assert page.count("nay thuộc") >= 1


def test_start_says_that_nothing_was_found_and_keeps_the_words(units) -> None:
    page = Client().get("/", {"q": "<Không có nơi này>"}).content.decode()
    assert "&lt;Không có nơi này&gt;" in page
    assert "Về danh sách" in page or "Xem tất cả" in page


def test_old_address_leads_to_the_heir_for_ever(units) -> None:
    [old] = [unit for unit in units.values() if unit.name == "An Hoà Bắc"]
    answer = Client().get(f"/{old.slug}/")
    assert answer.status_code == 301
    assert Client().get(answer["Location"]).status_code == 200


def test_unit_that_runs_no_portal_is_not_found(ward) -> None:
    ward.is_open = False
    ward.save(update_fields=["is_open"])
    assert Client().get(f"/{ward.slug}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_unit_page_costs_the_same_for_one_and_three_campaigns(
    ward, campaign, rows: int, django_assert_num_queries
) -> None:
    for number in range(1, rows):
        Campaign.objects.create(
            unit=ward, procedure=campaign.procedure, name=f"Đợt {number}", slug=f"dot-{number}", status="open"
        )
    # The eighth asks whether the unit has hamlets whose news can be asked for.
    with django_assert_num_queries(8):
        assert Client().get(f"/{ward.slug}/").status_code == 200


def test_lookup_explains_a_wrong_and_an_unknown_code(db) -> None:
    wrong = Client().get("/tra-cuu/", {"code": "ABCD"})
    unknown = Client().get("/tra-cuu/", {"code": new_code()})
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert "Mã có 12 chữ và số" in wrong.content.decode()
    assert "Không tìm thấy mã này" in unknown.content.decode()


def test_lookup_leads_to_the_ticket_whatever_the_spelling(slot) -> None:
    from appointments.tests.visits import book

    code = book(slot).declaration.code
    spelled = f" {code[:4].lower()}-{code[4:8]} {code[8:]}"
    answer = Client().get("/tra-cuu/", {"code": spelled})
    assert answer["Location"] == f"/{slot.session.unit.slug}/phieu/{code}/"


def test_health_is_degraded_but_served_without_the_cache(db, monkeypatch) -> None:
    assert Client().get("/healthz").json()["status"] == "ok"
    monkeypatch.setattr("portal.home.views.cache", None)  # any use of it fails, as with a dead server
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (200, "degraded", True)


def test_unknown_address_is_a_page_for_people_and_a_problem_for_programs(db) -> None:
    page, problem = Client().get("/khong/co/trang/nay"), Client().get("/api/v1/khong-co/")
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (404, "text/html")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")


def test_evening_plays_the_same_people_for_the_same_seed() -> None:
    first, second = (registrants(200, seed=7, first_phone=100) for _ in range(2))
    assert first == second
    assert len({person.phone for person in first}) == 200
    assert all(person.phone.startswith("075") for person in first)
    assert {len(person.phone) for person in first} == {10}
    assert {person.address.split(".")[0] for person in first} == {"127"}
