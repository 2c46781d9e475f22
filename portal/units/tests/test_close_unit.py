import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.audit.models import AuditEntry
from portal.common.clock import local_today
from portal.common.errors import Conflict
from portal.units import succession
from portal.units.actions import close_unit, create_unit, open_unit
from portal.units.models import Hamlet, Succession, Unit, UnitContact, reach_of
from portal.units.queries import unit_by_slug

DAY = dt.date(2026, 7, 1)


@pytest.fixture
def registry(monkeypatch):
    """The registry, restored afterwards."""
    monkeypatch.setattr(succession, "_models", dict(succession._models))
    return succession


@pytest.fixture
def ward(demo):
    return demo["Phường Hải Vân Đông"]


@pytest.fixture
def heir(demo):
    return demo["Phường Bến Đông Hạ"]


def code_of(error):
    return {field: [item.code for item in items] for field, items in error.value.error_dict.items()}


def test_close_unit_ends_it_the_day_before_and_keeps_its_address(ward, heir, by):
    close_unit(unit=ward, on=DAY, successors=[heir], by=by, note="Sáp nhập thử")
    assert (ward.valid_to, ward.is_open) == (dt.date(2026, 6, 30), False)
    assert unit_by_slug("phuong-hai-van-dong-son-hai") == (ward, heir)
    row = Succession.objects.get(predecessor=ward)
    assert (row.successor, row.on, row.note, row.inherits_records) == (heir, DAY, "Sáp nhập thử", True)


def test_close_unit_opens_its_records_to_the_heirs(ward, heir, demo, by):
    close_unit(unit=ward, on=DAY, successors=[heir, demo["Xã Đồng Lúa"]], by=by)
    for unit in (heir, demo["Xã Đồng Lúa"]):
        assert {ward.pk, demo["Phường An Hoà Bắc"].pk} <= set(
            reach_of([unit.pk]).values_list("reaches_id", flat=True)
        )


def test_close_unit_moves_hamlets_to_the_main_heir(ward, heir, demo, by):
    close_unit(unit=ward, on=DAY, successors=[heir, demo["Xã Đồng Lúa"]], by=by)
    assert (ward.hamlets.count(), heir.hamlets.count()) == (0, 18)
    assert demo["Xã Đồng Lúa"].hamlets.count() == 10


def test_heirs_own_hours_and_phones_win(ward, heir, by):
    before = heir.opening_hours.count(), heir.contacts.count()
    close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    assert (heir.opening_hours.count(), heir.contacts.count()) == before


def test_phones_move_unpublished_to_an_heir_without_phones(ward, heir, by):
    heir.contacts.all().delete()
    close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    assert (heir.contacts.count(), UnitContact.objects.public().filter(unit=heir).count()) == (6, 0)


def test_same_hamlet_is_not_doubled(ward, heir, by):
    for unit in (ward, heir):
        Hamlet.objects.create(unit=unit, kind="thon", name="Gò Mây", folded_name="go may")
    close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    assert list(ward.hamlets.values_list("name", flat=True)) == ["Gò Mây"]


def test_units_below_a_closed_province_come_under_its_heir(demo, kinds, by):
    ministry = demo["Tỉnh Sơn Hải"].parent
    heir = create_unit(kind=kinds["province"], name="Cửa Gió", parent=ministry, by=by)
    close_unit(unit=demo["Tỉnh Sơn Hải"], on=DAY, successors=[heir], by=by)
    assert demo["Phường Hải Vân Đông"] in heir.children.all()
    assert set(reach_of([heir.pk]).values_list("reaches_id", flat=True)) == {
        heir.pk,
        *(unit.pk for unit in demo.values()),
    }


@pytest.mark.parametrize(
    ("successors", "on", "codes"),
    [
        ([], DAY, {"successors": ["successors_required"]}),
        (["Phường Hải Vân Đông"], DAY, {"successors": ["successor_invalid"]}),
        (["Phường An Hoà Bắc"], DAY, {"successors": ["successor_invalid"]}),
        (["Xã Đồng Lúa"], dt.date(2025, 7, 1), {"on": ["date_before_start"]}),
        (["Xã Đồng Lúa"], dt.date(2999, 1, 1), {"on": ["date_in_future"]}),
    ],
)
def test_close_unit_refuses(demo, by, successors, on, codes):
    with pytest.raises(ValidationError) as error:
        close_unit(
            unit=demo["Phường Hải Vân Đông"], on=on, successors=[demo[name] for name in successors], by=by
        )
    assert code_of(error) == codes


def test_close_unit_twice_is_a_conflict(ward, heir, by):
    close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    with pytest.raises(Conflict) as error:
        close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    assert error.value.code == "unit_closed"


def test_movers_hear_of_the_merger_and_are_written_down(registry, ward, heir, by):
    heard = []

    def mover(**facts):
        heard.append(facts)
        return 3

    registry.register_succession("tests.Thing", mover)
    close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    assert heard == [{"predecessor": ward, "successors": [heir], "on": DAY, "by": by}]
    entry = AuditEntry.objects.get(action="unit.closed")
    assert entry.actor == "system:test"
    assert entry.detail["moved"]["tests.thing"] == 3


def test_failing_mover_leaves_everything_as_it_was(registry, ward, heir, by):
    def mover(**facts):
        raise Conflict("busy", "Bận")

    registry.register_succession("tests.Thing", mover)
    with pytest.raises(Conflict):
        close_unit(unit=ward, on=DAY, successors=[heir], by=by)
    ward.refresh_from_db()
    assert (ward.valid_to, ward.is_open, ward.hamlets.count()) == (None, True, 12)
    assert AuditEntry.objects.filter(action="unit.closed").count() == 0


def test_a_model_is_declared_once(registry):
    registry.register_stays("tests.Thing", "Keeps its unit.")
    registry.register_stays("tests.Thing", "Keeps its unit.")
    with pytest.raises(ValueError, match="declared twice"):
        registry.register_succession("tests.thing", lambda **facts: 0)
    with pytest.raises(ValueError, match="reason"):
        registry.register_stays("tests.Other", "")


def test_every_model_of_this_room_with_a_unit_is_declared():
    from django.apps import apps

    declared = succession.declared_models()
    with_unit = {
        model._meta.label_lower
        for model in apps.get_app_config("units").get_models()
        if any(field.related_model is Unit for field in model._meta.get_fields() if field.concrete)
    }
    assert with_unit == {label for label in declared if label.startswith("units.")}


def test_open_unit_starts_a_unit_and_not_a_closed_one(demo, kinds, by):
    unit = create_unit(kind=kinds["ward"], name="Cửa Gió Xanh", parent=demo["Tỉnh Sơn Hải"], by=by)
    assert unit.is_open is False
    assert open_unit(unit=unit, by=by).is_open is True
    open_unit(unit=unit, by=by)
    assert AuditEntry.objects.filter(action="unit.opened", object_uid=str(unit.uid)).count() == 1
    with pytest.raises(Conflict) as error:
        open_unit(unit=demo["Phường An Hoà Bắc"], by=by)
    assert error.value.code == "unit_closed"


def test_create_unit_never_reuses_an_address(demo, kinds, by):
    facts = {"kind": kinds["ward"], "name": "Hải Vân Đông", "parent": demo["Tỉnh Sơn Hải"], "by": by}
    assert create_unit(**facts).slug == "phuong-hai-van-dong-son-hai-2"
    assert create_unit(**facts).slug == "phuong-hai-van-dong-son-hai-3"


def test_create_unit_refuses_a_parent_of_the_same_tier(demo, kinds, by):
    with pytest.raises(ValidationError) as error:
        create_unit(kind=kinds["ward"], name="Cửa Gió", parent=demo["Phường Hải Vân Đông"], by=by)
    assert code_of(error) == {"parent": ["parent_level_invalid"]}


@pytest.mark.parametrize("code", ["1", "0004", "1234", "abcde", "000000"])
def test_create_unit_refuses_codes_that_lost_their_zeros(demo, kinds, by, code):
    with pytest.raises(ValidationError) as error:
        create_unit(
            kind=kinds["ward"], name="Cửa Gió", parent=demo["Tỉnh Sơn Hải"], official_code=code, by=by
        )
    assert "official_code" in code_of(error)


def test_units_are_never_deleted(ward):
    for deletion in (ward.delete, Unit.objects.filter(pk=ward.pk).delete):
        with pytest.raises(TypeError):
            deletion()


@pytest.mark.parametrize(
    "facts",
    [
        {"valid_to": dt.date(2025, 6, 30), "is_open": False},
        {"valid_to": dt.date(2026, 6, 30)},
        {"official_code": ""},
        {"latitude": 91.0},
        {"longitude": None},
    ],
)
def test_database_refuses_impossible_units(ward, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=ward.pk).update(**facts)


def test_current_units_depend_on_the_day(demo):
    demo_units = Unit.objects.filter(is_demo=True)
    assert demo_units.current(on=dt.date(2025, 6, 30)).filter(valid_to=None).count() == 0
    assert demo_units.current(on=dt.date(2025, 6, 30)).count() == 10
    assert demo_units.current(on=local_today()).count() == demo_units.open().count() == 6
