import pytest

from portal.common.phones import is_test_phone
from portal.units import official
from portal.units.actions import load_demo_units
from portal.units.demo import CURRENT, HISTORIC
from portal.units.enums import Edition
from portal.units.models import Hamlet, OpeningHours, Succession, Unit, UnitContact
from portal.units.naming import plain
from portal.units.queries import find_units, heirs_today, public_contacts, unit_by_slug


@pytest.fixture(scope="module")
def official_names():
    """(tier, folded name) of every unit the country has or had until 2025."""
    files = (
        (1, "provinces"),
        (1, "old_provinces"),
        (2, "old_districts"),
        (3, "communes"),
        (3, "old_communes"),
    )
    return {(tier, plain(row["name"])) for tier, name in files for row in official.read_table(f"{name}.tsv")}


@pytest.mark.parametrize("line", CURRENT + HISTORIC, ids=lambda line: plain(line.name).replace(" ", "-"))
def test_demo_names_exist_nowhere(line, official_names):
    tiers = {row["code"]: int(row["level"]) for row in official.kinds()}
    assert (tiers[line.kind], plain(line.name)) not in official_names


def test_demo_has_both_tiers_of_today_and_the_five_old_shapes(demo):
    shapes = {(unit.kind.code, unit.is_historic) for unit in demo.values()}
    assert shapes == {
        ("province", False),
        ("ward", False),
        ("commune", False),
        ("special_zone", False),
        ("province", True),
        ("city", True),
        ("urban_district", True),
        ("rural_district", True),
        ("town", True),
        ("township", True),
        ("ward", True),
        ("commune", True),
    }


def test_demo_units_in_force_are_open_and_the_old_ones_closed(demo):
    assert {unit.is_open for unit in demo.values() if not unit.is_historic} == {True}
    assert {unit.is_open for unit in demo.values() if unit.is_historic} == {False}
    assert {unit.is_demo for unit in demo.values()} == {True}


def test_loading_the_demo_again_changes_nothing(demo, by):
    tables = (Unit, Hamlet, OpeningHours, UnitContact, Succession)
    before = [table.objects.count() for table in tables]
    again = load_demo_units(by=by)
    assert [table.objects.count() for table in tables] == before
    assert {name: unit.pk for name, unit in again.items()} == {name: unit.pk for name, unit in demo.items()}


def test_demo_phones_reach_nobody(demo):
    phones = [
        *UnitContact.objects.values_list("phone", flat=True),
        *(unit.duty_phone for unit in demo.values()),
    ]
    assert [phone for phone in phones if phone and not is_test_phone(phone)] == []


def test_area_officers_number_is_not_public(demo):
    contacts = demo["Phường Hải Vân Đông"].contacts.public()
    assert sorted(set(contacts.values_list("kind", flat=True))) == ["chief", "duty", "parent", "team"]


def test_duty_phone_stands_in_when_no_contact_is_public(demo):
    ward = demo["Phường Hải Vân Đông"]
    assert [line["name"] for line in public_contacts(ward)][:2] == ["Trực ban 24/7", "Chỉ huy đơn vị"]
    UnitContact.objects.filter(unit=ward).update(public=False)
    assert public_contacts(ward) == [{"name": "Trực ban", "phone": ward.duty_phone, "note": ""}]
    Unit.objects.filter(pk=ward.pk).update(duty_phone="")
    ward.refresh_from_db()
    assert public_contacts(ward) == []


def test_old_ward_leads_to_its_heir(demo):
    old, heir = demo["Phường An Hoà Bắc"], demo["Phường Hải Vân Đông"]
    assert old.slug == "phuong-an-hoa-bac-quan-ben-dong-son-hai-dong"
    assert unit_by_slug(old.slug) == (old, heir)


def test_divided_ward_offers_a_choice(demo):
    old = demo["Phường Bến Đông Thượng"]
    assert unit_by_slug(old.slug) == (old, None)
    assert heirs_today(old) == [demo["Phường Bến Đông Hạ"], demo["Phường Hải Vân Đông"]]


def test_unit_in_force_is_itself_and_unknown_is_nothing(demo):
    ward = demo["Phường Hải Vân Đông"]
    assert unit_by_slug("phuong-hai-van-dong-son-hai") == (ward, None)
    assert heirs_today(ward) == []
    assert unit_by_slug("khong-co") == (None, None)


def test_search_explains_why_an_old_name_was_answered(demo):
    matches = find_units("an hoa bac")
    assert [match.unit for match in matches] == [demo["Phường Hải Vân Đông"]]
    assert matches[0].note == (
        "Phường An Hoà Bắc, Quận Bến Đông, Thành phố Sơn Hải Đông nay thuộc Phường Hải Vân Đông"
    )


def test_search_of_open_units_only(demo):
    Unit.objects.filter(pk=demo["Xã Đồng Lúa"].pk).update(is_open=False)
    assert [match.unit for match in find_units("đồng lúa")] == [demo["Xã Đồng Lúa"]]
    assert find_units("đồng lúa", open_only=True) == []


def test_demo_codes_do_not_pretend_to_be_official(demo):
    assert {(unit.official_code, unit.edition) for unit in demo.values()} == {(None, Edition.DEMO)}
