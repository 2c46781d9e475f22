import pytest

from portal.units.actions import add_unit, create_unit, rebuild_reach
from portal.units.enums import ReachVia
from portal.units.models import Hamlet, Succession, Unit, UnitContact, UnitReach, reach_of
from portal.units.official import TWO_TIERS_SINCE


def names(units):
    return sorted(units.values_list("display_name", flat=True))


def reached(unit):
    return sorted(Unit.objects.filter(pk__in=reach_of([unit.pk])).values_list("display_name", flat=True))


def test_commune_reaches_itself_and_the_records_it_took_over(demo):
    assert reached(demo["Phường Hải Vân Đông"]) == ["Phường An Hoà Bắc", "Phường Hải Vân Đông"]


def test_partial_heir_does_not_reach_the_records_of_the_main_one(demo):
    assert reached(demo["Phường Bến Đông Hạ"]) == ["Phường Bến Đông Hạ", "Phường Bến Đông Thượng"]


def test_province_reaches_everything_below_and_before(demo):
    assert reached(demo["Tỉnh Sơn Hải"]) == sorted(demo)


def test_closed_district_reaches_only_its_own_wards(demo):
    assert reached(demo["Quận Bến Đông"]) == [
        "Phường An Hoà Bắc",
        "Phường Bến Đông Thượng",
        "Quận Bến Đông",
    ]


def test_reach_says_why(demo):
    via = dict(
        UnitReach.objects.filter(unit=demo["Tỉnh Sơn Hải"]).values_list("reaches__display_name", "via")
    )
    assert via["Tỉnh Sơn Hải"] == ReachVia.SELF
    assert via["Phường Hải Vân Đông"] == ReachVia.DESCENDANT
    assert via["Phường An Hoà Bắc"] == ReachVia.PREDECESSOR
    assert via["Tỉnh Bến Lĩnh"] == ReachVia.PREDECESSOR


def test_heir_of_a_districts_own_records_does_not_see_its_wards(demo):
    Succession.objects.filter(predecessor=demo["Quận Bến Đông"], successor=demo["Phường Bến Đông Hạ"]).update(
        inherits_records=True
    )
    rebuild_reach()
    assert reached(demo["Phường Bến Đông Hạ"]) == [
        "Phường Bến Đông Hạ",
        "Phường Bến Đông Thượng",
        "Quận Bến Đông",
    ]


def test_records_follow_a_chain_of_successions(demo, kinds, by):
    third = create_unit(kind=kinds["ward"], name="Cửa Gió Xanh", parent=demo["Tỉnh Sơn Hải"], by=by)
    Succession.objects.create(predecessor=demo["Phường Hải Vân Đông"], successor=third, on=TWO_TIERS_SINCE)
    rebuild_reach()
    assert reached(third) == ["Phường An Hoà Bắc", "Phường Cửa Gió Xanh", "Phường Hải Vân Đông"]


def test_circular_successions_end(demo):
    first, second = demo["Phường Hải Vân Đông"], demo["Phường Bến Đông Hạ"]
    for old, new in ((first, second), (second, first)):
        Succession.objects.create(predecessor=old, successor=new, on=TWO_TIERS_SINCE)
    rebuild_reach()
    assert reached(first) == reached(second)


def test_rebuilding_twice_changes_nothing(demo):
    assert rebuild_reach() == (0, 0)


def test_rebuild_repairs_rows_that_went_wrong(demo):
    ward = demo["Phường Hải Vân Đông"]
    UnitReach.objects.filter(unit=ward, reaches=ward).delete()
    UnitReach.objects.filter(unit=demo["Tỉnh Sơn Hải"], reaches=ward).update(via=ReachVia.SELF)
    UnitReach.objects.create(unit=ward, reaches=demo["Xã Đồng Lúa"], via=ReachVia.DESCENDANT)
    assert rebuild_reach() == (2, 2)
    assert reached(ward) == ["Phường An Hoà Bắc", "Phường Hải Vân Đông"]


def test_add_unit_leaves_the_reach_to_its_caller(demo, kinds, by):
    unit = add_unit(kind=kinds["ward"], name="Cửa Gió Xanh", parent=demo["Tỉnh Sơn Hải"], by=by)
    assert reached(unit) == []


@pytest.mark.parametrize(
    ("home", "hamlets"), [("Phường Hải Vân Đông", 12), ("Tỉnh Sơn Hải", 35), ("Phường An Hoà Bắc", 0)]
)
def test_rows_visible_to_an_officer_follow_the_reach(demo, desk, home, hamlets):
    officer = desk({demo[home].pk})
    assert Hamlet.objects.visible_to(officer).count() == hamlets
    assert names(Unit.objects.visible_to(officer)) == reached(demo[home])


def test_stranger_and_officer_without_roles_see_nothing(demo, desk):
    ward, stranger = demo["Phường Hải Vân Đông"], desk({demo["Xã Đồng Lúa"].pk})
    assert UnitContact.objects.visible_to(stranger).filter(unit=ward).count() == 0
    assert Unit.objects.visible_to(desk()).count() == 0


def test_a_role_without_the_permission_opens_no_rows(demo, desk):
    rows = UnitContact.objects.all()
    rows.view_permission = "units.view_unitcontact"
    ward = demo["Phường Hải Vân Đông"].pk
    assert rows.visible_to(desk({ward}, {"units.view_unitcontact"})).count() == 6
    assert rows.visible_to(desk({ward}, {"units.view_hamlet"})).count() == 0
