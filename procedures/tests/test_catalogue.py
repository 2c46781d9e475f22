"""The catalogue as dated data: what the files say, which version is read, what is withheld."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from portal.audit.models import AuditEntry
from portal.common.clock import local_today
from portal.units.models import Unit
from procedures.actions.load_catalogue import load_catalogue, read_entries
from procedures.content import applies, checklist, fees_on, for_public
from procedures.enums import FilingMode, Grade, VersionStatus
from procedures.models import Procedure, ProcedureVersion
from procedures.queries import (
    fee_on,
    filing_mode_of,
    published_in,
    search,
    version_by_slug,
    version_for,
    what_to_bring,
)
from procedures.validators import check_content
from tests.people import BY

# facts/vietnam.md §4: what a commune starts with, by national code; the card's codes are the province's.
COMMUNE = [
    "permanent_residence",
    "permanent_residence_removal",
    "household_split",
    "residence_correction",
    "temporary_residence",
    "temporary_residence_extension",
    "temporary_residence_removal",
    "residence_information",
    "residence_confirmation",
    "absence",
    "lodging",
    "id_card_first",
    "id_card_child",
    "id_card_exchange",
    "id_card_reissue",
    "passport_loss",
    "foreigner_stay",
]
# The police's eleven of the essential online services (Đề án 06).
ESSENTIAL = {
    "xác nhận số CMND": "xac-nhan-so-cmnd",
    "cấp đổi căn cước": "cap-doi-the-can-cuoc",
    "cấp lại căn cước": "cap-lai-the-can-cuoc",
    "đăng ký thường trú": "dang-ky-thuong-tru",
    "đăng ký tạm trú": "dang-ky-tam-tru",
    "khai báo tạm vắng": "khai-bao-tam-vang",
    "thông báo lưu trú": "thong-bao-luu-tru",
    "đăng ký xe máy": "dang-ky-xe",
    "nộp phạt nguội": "nop-phat-nguoi",
    "hộ chiếu": "ho-chieu",
    "đăng ký mẫu con dấu mới": "dang-ky-mau-con-dau",
    "con dấu thay thế": "doi-dang-ky-mau-con-dau",
}


@pytest.fixture
def catalogue(db) -> list[Procedure]:
    load_catalogue(by=BY)
    return list(Procedure.objects.all())


def test_loading_twice_changes_nothing(catalogue) -> None:
    def facts() -> list[list[tuple]]:
        return [
            list(Procedure.objects.order_by("pk").values_list("pk", "key", "uid", "name", "replaced_by")),
            list(ProcedureVersion.objects.order_by("pk").values_list("pk", "uid", "number", "status")),
        ]

    before = facts()
    load_catalogue(by=BY)
    assert facts() == before
    assert AuditEntry.objects.filter(action="catalogue.loaded").count() == 1


def test_catalogue_is_as_large_as_promised(catalogue) -> None:
    current = [procedure for procedure in catalogue if procedure.ended_on is None]
    assert len(current) == 50
    assert {entry["grade"] for entry in read_entries()} <= set(Grade.values)


@pytest.mark.parametrize("key", COMMUNE)
def test_commune_procedures_are_complete(key: str) -> None:
    entry = next(entry for entry in read_entries() if entry["key"] == key)
    needed = ("name_en", "summary", "summary_en", "who", "where", "result", "papers", "steps", "fees")
    assert [name for name in needed if not entry.get(name)] == []
    assert entry["legal_basis"] and entry["checked_on"] == "2026-11-21"
    # The law names no time for the one declaration whose deadline nobody has verified.
    assert bool(entry["times"]) == (key != "residence_information")
    texts = [item for part in ("papers", "steps", "questions", "advice") for item in entry.get(part, [])]
    assert [item for item in texts if not item.get("text_en")] == []


def test_unverified_rows_are_drafts_and_single_sources_show_no_doubtful_fact(catalogue, ward) -> None:
    shown = {version.procedure.key: version for version in published_in(ward)}
    drafts = ProcedureVersion.objects.filter(status=VersionStatus.DRAFT)
    assert {version.procedure.key for version in drafts} == {
        "vneid_level_2",
        "passport_replacement",
        "crude_weapons",
    }
    assert {draft.procedure.key for draft in drafts} & set(shown) == set()
    once = [version for version in shown.values() if version.grade == Grade.ONE_SOURCE]
    assert len(once) > 10
    for version in once:
        public = for_public(version.content)
        assert [public.get(name) for name in ("papers", "times", "fees", "steps")] == [[], [], [], []]
    assert for_public(shown["permanent_residence"].content)["times"] == []
    assert len(for_public(shown["permanent_residence"].content)["fees"]) == 4


def test_essential_services_are_found_and_official(catalogue, ward) -> None:
    versions = published_in(ward)
    found = {words: search(versions, words)[0] for words in ESSENTIAL}
    assert {words: version.procedure.slug for words, version in found.items()} == ESSENTIAL
    current = [version for version in found.values() if version.procedure.ended_on is None]
    assert len(current) == len(ESSENTIAL) - 1
    modes = [filing_mode_of(procedure=version.procedure, unit=ward) for version in current]
    assert set(modes) == {FilingMode.OFFICIAL}
    assert {version.content["online"] for version in current} <= {"full", "partial", "visit", "only"}


EVERYDAY = [
    ("làm hộ khẩu", "dang-ky-thuong-tru"),
    ("lam ho khau", "dang-ky-thuong-tru"),
    ("nhap khau cho vo", "dang-ky-thuong-tru"),
    ("đăng ký tạm trú", "dang-ky-tam-tru"),
    ("KT3", "dang-ky-tam-tru"),
    ("mất hộ chiếu", "trinh-bao-mat-ho-chieu"),
    ("mat can cuoc", "cap-lai-the-can-cuoc"),
    ("làm lại chứng minh", "cap-lai-the-can-cuoc"),
    ("tách khẩu", "tach-ho"),
    ("giấy hạnh kiểm", "xac-nhan-hanh-kiem"),
    ("ct07", "xac-nhan-thong-tin-cu-tru"),
    ("khai bao tam tru cho khach tay", "khai-bao-tam-tru-nguoi-nuoc-ngoai"),
    ("nha nghi khai khach", "thong-bao-luu-tru"),
    ("bang lai xe het han", "doi-giay-phep-lai-xe"),
    ("cà vẹt", "dang-ky-xe"),
    ("mở tiệm cầm đồ", "giay-chung-nhan-an-ninh-trat-tu"),
    ("1.004222", "dang-ky-thuong-tru"),
    ("passport", "ho-chieu"),
]


def test_everyday_words_find_the_procedure(catalogue, ward) -> None:
    versions = published_in(ward)
    found = [(words, search(versions, words)[0].procedure.slug) for words, _slug in EVERYDAY]
    assert found == EVERYDAY


def test_what_is_not_there_is_not_found(catalogue, ward) -> None:
    assert search(published_in(ward), "giấy phép xây dựng") == []
    assert search(published_in(ward), "  ") == []


def test_former_procedures_say_why_and_lead_on(catalogue) -> None:
    ended = {one.slug: one.replaced_by and one.replaced_by.slug for one in catalogue if one.ended_on}
    assert ended == {
        "tach-so-ho-khau": "tach-ho",
        "cap-so-ho-khau": "xac-nhan-thong-tin-cu-tru",
        "cap-so-tam-tru": "dang-ky-tam-tru",
        "giay-chuyen-ho-khau": "dang-ky-thuong-tru",
        "cap-chung-minh-nhan-dan": "can-cuoc",
        "xac-nhan-so-cmnd": None,
        "xac-nhan-hanh-kiem": "phieu-ly-lich-tu-phap",
    }
    reasons = [version_for(one).content["summary"] for one in catalogue if one.ended_on]
    assert all(len(reason) > 60 for reason in reasons)


def test_links_inside_the_catalogue_lead_somewhere(catalogue, ward) -> None:
    wanted = {
        advice["see"] for entry in read_entries() for advice in entry.get("advice", []) if "see" in advice
    }
    assert [slug for slug in sorted(wanted) if version_by_slug(slug, ward) is None] == []


# ---- versions


def newer(version: ProcedureVersion, **changes) -> ProcedureVersion:
    columns = {
        field.name: getattr(version, field.name)
        for field in version._meta.local_concrete_fields
        if field.name not in ("id", "uid", "created_at")
    }
    return ProcedureVersion.objects.create(**columns | {"number": version.number + 1} | changes)


def test_a_later_version_waits_for_its_day(id_card, ward) -> None:
    today = version_for(id_card, ward)
    newer(today, name="Ngày mai", valid_from=local_today() + dt.timedelta(days=1))
    assert version_for(id_card, ward) == today
    now = newer(today, number=3, name="Hôm nay", valid_from=local_today())
    assert version_for(id_card, ward) == now


def chain(unit: Unit) -> list[Unit]:
    return [unit, *(chain(unit.parent) if unit.parent else [])]


def test_province_beats_the_common_edition_for_its_own_communes(id_card, units, ward) -> None:
    common = version_for(id_card)
    own = newer(common, province=ward.parent, name="Bản của tỉnh")
    inside = {unit: ward.parent in chain(unit) for unit in units.values()}
    assert set(inside.values()) == {True, False}
    assert {unit: version_for(id_card, unit) for unit in inside} == {
        unit: own if below else common for unit, below in inside.items()
    }
    assert version_for(id_card, None) == common


def test_list_needs_as_many_queries_for_three_as_for_one(db, ward, django_assert_num_queries) -> None:
    load_catalogue(by=BY, only=("lodging",))
    with django_assert_num_queries(1):
        assert len(published_in(ward)) == 1
    load_catalogue(by=BY, only=("lodging", "absence", "household_split"))
    with django_assert_num_queries(1):
        assert len(published_in(ward)) == 3


# ---- the document


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ({"colour": "red"}, {"colour": "part_unknown"}),
        ({"summary": "x" * 1501}, {"summary": "text_too_long"}),
        ({"who": "<b>"}, {"who": "text_markup"}),
        ({"official_link": "javascript:alert(1)"}, {"official_link": "link_invalid"}),
        ({"papers": [{"form": "original"}]}, {"papers": "item_incomplete"}),
        ({"papers": [{"text": "a", "form": "fax"}]}, {"papers": "choice_unknown"}),
        ({"times": [{"value": -1, "unit": "hour"}]}, {"times": "number_invalid"}),
        ({"fees": [{"label": "a", "amount": "7"}]}, {"fees": "number_invalid"}),
        ({"times": [{"value": 2, "unit": "half_working_day"}]}, {"times": "choice_unknown"}),
        ({"fees": [{"label": "a", "amount": 7, "valid_from": "1/1/2026"}]}, {"fees": "date_invalid"}),
        ({"fees": [{"label": "a", "amount": 7, "valid_to": "mai"}]}, {"fees": "date_invalid"}),
        ({"papers": [{"text": "a", "when": {"age": ["x"]}}]}, {"papers": "condition_unknown"}),
        ({"online": "fax"}, {"online": "choice_unknown"}),
    ],
)
def test_wrong_content_is_refused(content: dict, faults: dict) -> None:
    with pytest.raises(ValidationError) as caught:
        check_content(content)
    assert {name: found[0].code for name, found in caught.value.error_dict.items()} == faults


def test_fees_have_their_days() -> None:
    content = {
        "fees": [
            {"label": "old", "amount": 1, "valid_from": "2020-01-01", "valid_to": "2026-12-31"},
            {"label": "new", "amount": 2, "valid_from": "2027-01-01"},
        ]
    }
    days = [dt.date(2019, 12, 31), dt.date(2026, 12, 31), dt.date(2027, 1, 1)]
    assert [[fee["label"] for fee in fees_on(content, day)] for day in days] == [[], ["old"], ["new"]]


def test_checklist_takes_what_applies() -> None:
    content = {
        "papers": [{"text": "all"}, {"text": "rent", "when": {"home": ["rent"]}}],
        "advice": [{"text": "no", "stop": True, "when": {"home": ["none"]}}],
    }
    rent, none = (checklist(content, {"home": home}, local_today()) for home in ("rent", "none"))
    assert [paper["text"] for paper in rent.papers] == ["all", "rent"]
    assert (rent.is_needed, none.is_needed) == (True, False)
    assert applies({}, {}) and not applies({"when": {"home": ["rent"]}}, {})


# ---- what the ticket of a visit says about the card


@pytest.mark.parametrize(
    ("kind", "amount"), [("first_issue", 0), ("swap", 30_000), ("exchange", 50_000), ("reissue", 70_000)]
)
def test_fee_of_each_request(id_card: Procedure, kind: str, amount: int) -> None:
    day = dt.date(2026, 11, 21)
    assert fee_on(procedure=id_card, request_kind=kind, day=day)["amount"] == amount
    assert fee_on(procedure=id_card, request_kind=kind, day=dt.date(2024, 10, 20)) is None


def test_papers_depend_on_age_and_request(id_card: Procedure) -> None:
    def conditions(request_kind: str, band: str) -> list[dict]:
        papers = what_to_bring(procedure=id_card, request_kind=request_kind, age_band=band)
        return [paper.get("when", {}) for paper in papers]

    adult, exchange = {"age_band": ["from_14"]}, {"request_kind": ["exchange"]}
    child = {"age_band": ["from_6_to_13", "under_6"]}
    assert conditions("swap", "from_14") == [{}, adult]
    assert conditions("exchange", "from_14") == [{}, adult, exchange]
    assert conditions("swap", "under_6") == [{}, child, {"age_band": ["under_6"]}]
