"""A mother and two children on one phone: people are added, one stays at home, one code confirms the rest."""

import pytest

from appointments.models import Booking
from tests.journeys.checks import assert_good
from tests.journeys.steps import HOLD, PHONE, enter_code, press, queue_number

pytestmark = [pytest.mark.browser]
CHILDREN = (("Trần Văn Bình", "01/02/2016"), ("Trần Thị Cúc", "03/04/2011"))


def open_declaration(page, address: str, slot) -> None:
    page.goto(f"{address}/{slot.session.unit.slug}/dat-lich/khung-gio/{slot.uid}/")


def fill_family(page) -> None:
    """The mother, then a box for each child with the button."""
    page.get_by_label("Đổi từ thẻ CCCD").check()
    for name, text in {"full_name": "Nguyễn Thị Ánh", "birth_date": "05/09/1990", "phone": PHONE}.items():
        page.locator(f"#id_{name}").fill(text)
    for place, (name, birth) in enumerate(CHILDREN):
        press(page, "Thêm người đi cùng")
        page.locator(f"[name='people.{place}.full_name']").fill(name)
        page.locator(f"[name='people.{place}.birth_date']").fill(birth)
        page.locator(f"[name='people.{place}.request_kind']").select_option("first_issue")
        page.locator(f"[name='people.{place}.relation']").select_option("child")


@pytest.mark.parametrize("scripts", [True, False])
def test_family_gets_numbers_side_by_side(open_page, live_portal, slot, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    open_declaration(page, live_portal, slot)
    fill_family(page)
    if scripts:
        assert page.locator("[data-fold=child]").get_attribute("open") == ""
        assert_good(page)
    page.locator("[name='people.1.full_name']").press("Enter")  # Enter sends, it neither adds nor removes
    enter_code(page)
    assert queue_number(page) == "1-3"
    assert sorted(Booking.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_who_stays_at_home_is_removed_and_nothing_else(page, live_portal, slot) -> None:
    open_declaration(page, live_portal, slot)
    fill_family(page)
    page.get_by_role("button", name="Bớt người này").first.click()
    page.locator("[name='people.1.full_name']").wait_for(state="detached")
    assert page.locator("[name='people.0.full_name']").input_value() == "Trần Thị Cúc"
    assert page.locator("#id_phone").input_value() == PHONE
    press(page, HOLD)
    enter_code(page)
    assert Booking.objects.count() == 2
