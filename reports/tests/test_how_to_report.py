"""The page that says whom to call."""

from django.test import Client

from reports.emergency import EMERGENCY_LINES


def test_emergency_numbers_come_before_everything_else(ward) -> None:
    page = Client().get(f"/{ward.slug}/bao-tin/").content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    places = [body.index(f'href="tel:{line.number}"') for line in EMERGENCY_LINES]
    assert places == sorted(places)
    assert [line.number for line in EMERGENCY_LINES] == ["113", "114", "115", "111", "112"]


def test_page_names_the_duty_phone_and_claims_no_online_intake(ward) -> None:
    page = Client().get(f"/{ward.slug}/bao-tin/").content.decode()
    assert "tel:+84750110001" in page or "tel:0750110001" in page
    assert "chưa nhận tin báo trực tuyến" in page
    assert "<form" not in page[page.index("<main") :]


def test_page_of_a_closed_unit_is_not_found(ward) -> None:
    ward.is_open = False
    ward.save(update_fields=["is_open"])
    assert Client().get(f"/{ward.slug}/bao-tin/").status_code == 404
