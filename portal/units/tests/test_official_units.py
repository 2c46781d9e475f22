"""The official list in the database. One import serves the whole module: it takes some seconds.

The tests here only read, or undo what they wrote, so they share one transaction that is rolled back.
"""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from portal.common.actors import SystemActor
from portal.units import official
from portal.units.actions import import_official_units, load_demo_units
from portal.units.actions.close_unit import close_unit
from portal.units.enums import Level
from portal.units.models import CalendarDay, Succession, Unit, UnitReach, reach_of
from portal.units.queries import find_units, full_name, heirs_today, unit_by_slug, work_calendar
from portal.units.working_time import add_working_days, is_working_day

BY = SystemActor("test")


@pytest.fixture(scope="module")
def imported(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_official_units(by=BY, years=(2026, 2027))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone(imported):
    """Whatever a test writes is gone after it."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def old(code):
    return Unit.objects.get(edition=official.OLD, official_code=code)


def now(code):
    return Unit.objects.get(edition=official.NOW, official_code=code)


def answers(text, limit=10):
    return [full_name(match.unit) for match in find_units(text, limit=limit)]


def test_counts_are_those_of_the_law(imported):
    def count(edition, level):
        return Unit.objects.filter(edition=edition, kind__level=level).count()

    assert count(official.NOW, Level.PROVINCE) == 34
    assert count(official.NOW, Level.DISTRICT) == 0
    assert count(official.NOW, Level.COMMUNE) == 3321
    assert count(official.OLD, Level.PROVINCE) == 63
    assert count(official.OLD, Level.DISTRICT) == 696
    assert count(official.OLD, Level.COMMUNE) == 10035


def test_kinds_are_those_of_2026():
    def count(kind):
        return Unit.objects.filter(edition=official.NOW, kind__code=kind).count()

    counts = [count(kind) for kind in ("province", "city", "commune", "ward", "special_zone", "township")]
    assert counts == [27, 7, 2611, 697, 13, 0]


def test_second_import_changes_nothing():
    report = import_official_units(by=BY, years=(2026, 2027))
    assert report.totals == (0, 0)


def test_command_says_that_nothing_changed():
    call_command("import_units", stdout=StringIO(), stderr=StringIO())
    out = StringIO()
    call_command("import_units", stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines()[-1].startswith("0 created, 0 changed, ")


def test_command_refuses_another_edition():
    with pytest.raises(CommandError):
        call_command("import_units", "--edition", "2025-07", stdout=StringIO(), stderr=StringIO())


def test_import_repairs_names_and_leaves_officers_entries():
    unit = now("20275")
    Unit.objects.filter(pk=unit.pk).update(name="Sai", address="Số 1", latitude=1.0, is_open=True)
    assert import_official_units(by=BY, years=(2026,)).totals == (0, 1)
    unit.refresh_from_db()
    assert (unit.name, unit.address, unit.latitude, unit.is_open) == ("An Hải", "Số 1", 1.0, True)


def test_import_does_not_reopen_or_move_what_was_closed_here():
    unit, heir = now("20275"), now("20263")
    close_unit(unit=unit, on=dt.date(2026, 7, 1), successors=[heir], by=BY)
    assert import_official_units(by=BY, years=(2026,)).totals == (0, 0)
    unit.refresh_from_db()
    assert unit.valid_to == dt.date(2026, 6, 30)


def test_codes_keep_their_zeros():
    lengths = set()
    for unit in Unit.objects.exclude(official_code=None).values_list("kind__level", "official_code"):
        lengths.add((unit[0], len(unit[1])))
    assert lengths == {(1, 2), (2, 3), (3, 5)}
    assert now("00004").display_name == "Phường Ba Đình"
    assert now("01").display_name == "Thành phố Hà Nội"


def test_the_same_code_means_two_provinces_in_two_editions():
    assert old("24").display_name == "Tỉnh Bắc Giang"
    assert now("24").display_name == "Tỉnh Bắc Ninh"


def test_corrections_of_2026_are_in():
    assert now("75").display_name == "Thành phố Đồng Nai"
    assert now("25270").police_name == "Công an phường Lộc Ninh"
    assert now("06978").display_name == "Xã Ba Chẽ"
    assert Unit.objects.filter(edition=official.NOW, official_code="06970").count() == 0


def test_every_correction_stands_in_the_data_files():
    rows = (official.DATA / "corrections.csv").read_text("utf-8").splitlines()[1:]
    for level, code, field, was, changed, _since, law in (row.split(",") for row in rows):
        assert law
        if field == "code":
            assert (
                now(changed).kind.code,
                Unit.objects.filter(edition=official.NOW, official_code=was).count(),
            ) == (
                level,
                0,
            )
        else:
            assert now(code).display_name == changed


@pytest.mark.parametrize(
    ("code", "heirs"),
    [
        ("20272", ["Phường An Hải"]),  # Phường An Hải Bắc, Quận Sơn Trà
        ("20512", ["Xã Hà Nha"]),  # Xã Đại Hồng, Huyện Đại Lộc
        ("27298", ["Phường Vĩnh Hội"]),  # Phường 1, Quận 4
        ("773", ["Phường Vĩnh Hội", "Phường Khánh Hội", "Phường Xóm Chiếu"]),  # Quận 4
        ("49", ["Thành phố Đà Nẵng"]),  # Tỉnh Quảng Nam
        ("755", ["Đặc khu Côn Đảo"]),  # Huyện Côn Đảo, which had no communes
    ],
)
def test_old_units_have_their_heirs(code, heirs):
    assert sorted(unit.display_name for unit in heirs_today(old(code))) == sorted(heirs)


def test_ben_cat_was_shared_out_and_its_name_lives_on():
    district = Unit.objects.get(edition=official.OLD, kind__level=Level.DISTRICT, name="Bến Cát")
    assert now("25813") in heirs_today(district)
    assert len(heirs_today(district)) > 1


def test_every_old_unit_has_an_heir_and_every_commune_a_predecessor():
    heirless = Unit.objects.filter(edition=official.OLD, successions=None)
    rootless = Unit.objects.filter(edition=official.NOW, kind__level=Level.COMMUNE, inheritances=None)
    assert (heirless.count(), rootless.count()) == (0, 0)


def test_one_heir_takes_the_records_of_a_divided_commune():
    rows = Succession.objects.filter(inherits_records=True, predecessor__kind__level=Level.COMMUNE)
    assert rows.count() == rows.values("predecessor").distinct().count() == 10035


def test_reach_of_a_ward_is_itself_and_the_wards_before_it():
    reached = Unit.objects.filter(pk__in=reach_of([now("20275").pk]))
    assert sorted(reached.values_list("display_name", flat=True)) == [
        "Phường An Hải",
        "Phường An Hải Bắc",
        "Phường An Hải Nam",
        "Phường Phước Mỹ",
    ]


def test_reach_of_the_ministry_is_everything():
    ministry = Unit.objects.get(kind__code="ministry")
    assert UnitReach.objects.filter(unit=ministry).count() == Unit.objects.count()


def test_reach_of_a_province_holds_the_province_merged_into_it():
    reached = set(reach_of([now("48").pk]).values_list("reaches_id", flat=True))
    assert {old("49").pk, old("20512").pk, now("20515").pk} <= reached
    assert now("79").pk not in reached


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("an hai bac", "Phường An Hải, Thành phố Đà Nẵng"),
        ("An Hải Bắc, Sơn Trà, Đà Nẵng", "Phường An Hải, Thành phố Đà Nẵng"),
        ("dai hong", "Xã Hà Nha, Thành phố Đà Nẵng"),
        ("phường 1 quận 4", "Phường Vĩnh Hội, Thành phố Hồ Chí Minh"),
        ("p1 q4 hcm", "Phường Vĩnh Hội, Thành phố Hồ Chí Minh"),
        ("thị xã bến cát", "Phường Bến Cát, Thành phố Hồ Chí Minh"),
        ("tỉnh quảng nam", "Thành phố Đà Nẵng"),
        ("tỉnh Đồng Nai", "Thành phố Đồng Nai"),
        ("xã Trảng Bom", "Phường Trảng Bom, Thành phố Đồng Nai"),
        ("Long Thành Đồng Nai", "Phường Long Thành, Thành phố Đồng Nai"),
        ("tp vinh", "Phường Thành Vinh, Tỉnh Nghệ An"),
        ("tphcm", "Thành phố Hồ Chí Minh"),
        ("B’Lao", "Phường B'Lao, Tỉnh Lâm Đồng"),
        ("chan may", "Xã Chân Mây - Lăng Cô, Thành phố Huế"),
        ("ca mau", "Tỉnh Cà Mau"),
        ("CA phường An Khê, Đà Nẵng", "Phường An Khê, Thành phố Đà Nẵng"),
        ("quan son thanh hoa", "Xã Quan Sơn, Tỉnh Thanh Hóa"),
        ("phuong liet", "Phường Phương Liệt, Thành phố Hà Nội"),
        ("xa dung", "Xã Xa Dung, Tỉnh Điện Biên"),
        ("xa dung dien bien", "Xã Xa Dung, Tỉnh Điện Biên"),
    ],
)
def test_search_finds_what_people_type(typed, first):
    assert answers(typed)[0] == first


def test_search_of_an_old_district_offers_all_its_heirs():
    assert sorted(answers("q4", limit=3)) == [
        "Phường Khánh Hội, Thành phố Hồ Chí Minh",
        "Phường Vĩnh Hội, Thành phố Hồ Chí Minh",
        "Phường Xóm Chiếu, Thành phố Hồ Chí Minh",
    ]
    assert find_units("q4")[0].note.startswith("Một phần Quận 4, Thành phố Hồ Chí Minh nay thuộc ")


def test_search_shows_each_unit_once_and_at_most_the_limit():
    found = answers("tan phu", limit=5)
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize("typed", ["", " ", "a", "4", "zzzz", "%", "' OR 1=1", "x" * 5000, "a " * 5000, "Q."])
def test_search_answers_nonsense_with_nothing(typed):
    assert answers(typed) == []


def test_named_gives_todays_unit_for_an_old_name():
    assert [str(unit) for unit in Unit.objects.named("an hai bac")] == ["Phường An Hải"]
    assert [str(unit) for unit in Unit.objects.named("Xã Hà Nha")] == ["Xã Hà Nha"]


def test_addresses_are_readable_and_old_ones_redirect():
    assert now("20275").slug == "phuong-an-hai-da-nang"
    assert unit_by_slug("phuong-an-hai-bac-quan-son-tra-da-nang") == (old("20272"), now("20275"))
    assert unit_by_slug("quan-4-ho-chi-minh") == (old("773"), None)
    assert Unit.objects.filter(slug=None).count() == 0


def test_police_names_of_special_cases():
    assert now("79").police_name == "Công an Thành phố Hồ Chí Minh"
    assert now("48").police_name == "Công an thành phố Đà Nẵng"
    assert Unit.objects.get(kind__code="ministry").police_name == "Bộ Công an"


def test_calendar_of_2026_has_the_new_holiday_and_the_swap():
    calendar = work_calendar(None)
    expected = {(8, 22): True, (8, 31): False, (9, 1): False, (11, 24): False, (11, 25): True}
    assert {day: is_working_day(calendar, dt.date(2026, *day)) for day in expected} == expected
    assert add_working_days(calendar, dt.date(2026, 11, 23), 1) == dt.date(2026, 11, 25)
    assert add_working_days(calendar, dt.date(2026, 2, 13), 1) == dt.date(2026, 2, 23)


def test_import_keeps_a_day_an_officer_corrected():
    day = CalendarDay.objects.get(date=dt.date(2027, 2, 4))
    CalendarDay.objects.filter(pk=day.pk).update(is_working=True, source="Thông báo năm 2027")
    assert import_official_units(by=BY, years=(2027,)).totals == (0, 0)
    day.refresh_from_db()
    assert day.is_working is True


def test_demo_lives_beside_the_official_list_under_the_same_ministry():
    units = load_demo_units(by=BY)
    assert units["Tỉnh Sơn Hải"].parent == Unit.objects.get(kind__code="ministry")
    assert Unit.objects.current().filter(edition=official.NOW, kind__level=Level.PROVINCE).count() == 34
