import datetime as dt

import pytest
from django.contrib.admin import site
from django.test import RequestFactory

from portal.units.admin import HamletInline, UnitAdmin
from portal.units.models import CalendarDay, Hamlet, OpeningHours, Succession, Unit, UnitReach

SET_UP = {
    "units.change_unit",
    "units.view_hamlet",
    "units.add_hamlet",
    "units.change_hamlet",
    "units.view_calendarday",
    "units.add_calendarday",
    "units.change_calendarday",
    "units.delete_calendarday",
}


@pytest.fixture
def request_of(desk):
    """A request of somebody with the rights to set up the units he holds."""

    def make(*units, permissions=SET_UP):
        request = RequestFactory().get("/")
        request.user = desk({unit.pk for unit in units}, set(permissions))
        return request

    return make


@pytest.fixture
def national_day(db):
    return CalendarDay.objects.create(
        date=dt.date(2026, 11, 24), is_working=False, name="Thử", source="Thử", moves_deadlines=True
    )


def admin_of(model):
    return site._registry[model]


def test_lists_show_only_rows_of_the_officers_reach(demo, request_of):
    request = request_of(demo["Xã Đồng Lúa"])
    assert admin_of(Hamlet).get_queryset(request).count() == 10
    assert sorted(str(unit) for unit in admin_of(Unit).get_queryset(request)) == [
        "Thị trấn Núi Chè",
        "Xã Suối Mây Trắng",
        "Xã Đồng Lúa",
    ]


def test_rows_below_a_unit_are_editable_only_with_a_right_in_that_unit(demo, request_of):
    inline = HamletInline(Unit, site)
    request = request_of(demo["Xã Đồng Lúa"])
    assert inline.has_change_permission(request, demo["Xã Đồng Lúa"]) is True
    assert inline.has_change_permission(request, demo["Phường Hải Vân Đông"]) is False
    assert inline.has_add_permission(request, demo["Phường Hải Vân Đông"]) is False
    assert inline.has_delete_permission(request, demo["Xã Đồng Lúa"]) is False


def test_choice_of_units_ends_where_the_right_to_write_ends(demo, request_of):
    field = Hamlet._meta.get_field("unit")
    choices = admin_of(Hamlet).formfield_for_foreignkey(field, request_of(demo["Xã Đồng Lúa"])).queryset
    assert demo["Phường Hải Vân Đông"] not in choices
    assert demo["Xã Đồng Lúa"] in choices
    reader = request_of(demo["Xã Đồng Lúa"], permissions={"units.view_hamlet"})
    assert admin_of(Hamlet).formfield_for_foreignkey(field, reader).queryset.count() == 0


def test_only_the_ministry_touches_days_of_the_whole_country(demo, request_of, national_day):
    days, field = admin_of(CalendarDay), CalendarDay._meta.get_field("unit")
    province, ministry = request_of(demo["Tỉnh Sơn Hải"]), request_of(demo["Tỉnh Sơn Hải"].parent)
    for request, allowed in ((province, False), (ministry, True)):
        assert days.has_change_permission(request, national_day) is allowed
        assert days.has_delete_permission(request, national_day) is allowed
        assert days.formfield_for_foreignkey(field, request).required is not allowed


def test_a_unit_may_touch_its_own_days(demo, request_of, national_day):
    ward = demo["Phường Hải Vân Đông"]
    own = CalendarDay.objects.create(
        date=dt.date(2026, 11, 25), is_working=False, name="Thử", source="Thử", unit=ward
    )
    request = request_of(ward)
    assert admin_of(CalendarDay).has_change_permission(request, own) is True
    assert sorted(admin_of(CalendarDay).get_queryset(request), key=lambda day: day.date) == [
        national_day,
        own,
    ]


@pytest.mark.parametrize("model", [Succession, UnitReach])
def test_history_and_reach_are_read_only(demo, request_of, model):
    name = model._meta.model_name
    rights = {f"units.{verb}_{name}" for verb in ("view", "add", "change", "delete")}
    request = request_of(demo["Tỉnh Sơn Hải"], permissions=rights)
    pages = admin_of(model)
    assert pages.has_view_permission(request) is True
    assert [
        pages.has_add_permission(request),
        pages.has_change_permission(request),
        pages.has_delete_permission(request),
    ] == [False, False, False]


def test_units_are_neither_added_nor_deleted_nor_renamed_here(demo, request_of):
    request = request_of(demo["Xã Đồng Lúa"], permissions=SET_UP | {"units.add_unit", "units.delete_unit"})
    pages = admin_of(Unit)
    assert isinstance(pages, UnitAdmin)
    assert (pages.has_add_permission(request), pages.has_delete_permission(request)) == (False, False)
    assert {"display_name", "slug", "parent", "official_code", "valid_to", "is_open"} <= set(
        pages.get_readonly_fields(request, demo["Xã Đồng Lúa"])
    )


def test_every_listed_model_has_a_page():
    registered = {model for model in site._registry if model._meta.app_label == "units"}
    assert {Unit, Hamlet, OpeningHours, CalendarDay, Succession, UnitReach} <= registered
