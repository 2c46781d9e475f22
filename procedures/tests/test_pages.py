"""Citizens' pages of the catalogue: found, read, asked for one's own case, in two languages."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.common.clock import local_today
from procedures.actions.load_catalogue import load_catalogue, read_entries
from procedures.enums import VersionStatus
from procedures.models import Procedure, ProcedureNote, ProcedureVersion
from tests.people import BY

# A page must open on a bad network in a moment: this is about four seconds at 64 kbit/s before compression.
MOST_BYTES = 32_000


@pytest.fixture
def catalogue(db, ward) -> None:
    load_catalogue(by=BY)


def get(ward, slug: str = "", case: str = "", language: str = "", **query: str):
    path = f"{language}/{ward.slug}/thu-tuc/" + (f"{slug}/" if slug else "") + case
    return Client().get(path + ("?" + urlencode(query) if query else ""))


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_unit_page_and_menu_lead_to_the_list(catalogue, ward) -> None:
    page = Client().get(f"/{ward.slug}/").content.decode()
    assert page.count(f'href="/{ward.slug}/thu-tuc/"') == 2


def test_list_shows_every_current_procedure_that_is_public(catalogue, ward) -> None:
    page = text_of(get(ward))
    shown = {slug for slug in Procedure.objects.values_list("slug", flat=True) if f"/thu-tuc/{slug}/" in page}
    hidden = set(Procedure.objects.values_list("slug", flat=True)) - shown
    former = set(Procedure.objects.exclude(ended_on=None).values_list("slug", flat=True))
    assert hidden == former | {"tai-khoan-dinh-danh-muc-2", "cap-lai-ho-chieu", "khai-bao-vu-khi-tho-so"}


def test_search_box_finds_everyday_words(catalogue, ward) -> None:
    for typed in ("làm hộ khẩu", "LAM HO KHAU"):
        page = text_of(get(ward, q=typed))
        first = page.index('class="link-card" href="')
        assert page[first:].startswith(f'class="link-card" href="/{ward.slug}/thu-tuc/dang-ky-thuong-tru/"')


def test_search_says_that_nothing_was_found_and_keeps_the_words(catalogue, ward) -> None:
    page = text_of(get(ward, q="<giấy phép xây dựng>"))
    assert "&lt;giấy phép xây dựng&gt;" in page
    assert "Chưa tìm thấy thủ tục nào" in page


def test_every_page_opens_in_both_languages_and_stays_small(catalogue, ward) -> None:
    for number, entry in enumerate(read_entries()):
        public = entry["grade"] != "unverified"
        wanted = 302 if entry.get("replaced_by") else (200 if public else 404)
        answer = get(ward, entry["slug"], language=("", "/en")[number % 2])
        assert (entry["slug"], answer.status_code) == (entry["slug"], wanted)
        assert len(answer.content) < MOST_BYTES
        if public and entry.get("questions"):
            assert get(ward, entry["slug"], "truong-hop/").status_code == 200


def test_page_says_what_to_bring_first(catalogue, ward) -> None:
    page = text_of(get(ward, "dang-ky-tam-tru"))
    facts = ["<dt>Thời hạn", "<dt>Lệ phí", "<dt>Làm ở đâu"]
    order = ["<h2>Cần chuẩn bị", *facts, "<h2>Nộp ở đâu", "<h2>Các bước", "Kiểm tra lần cuối"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "15.000 đồng" in page and "7.000 đồng" in page and "3 ngày làm việc" in page
    assert "Kiểm tra lần cuối: 21/11/2026, Ban biên tập cổng." in page
    assert "https://dichvucong.gov.vn/" in page and "1.004194" in page


def test_doubtful_facts_are_not_told(catalogue, ward) -> None:
    page = text_of(get(ward, "dang-ky-thuong-tru"))
    assert "7 ngày làm việc" not in page
    assert "Chưa xác minh: thời hạn. Xin gọi đơn vị trước khi đi." in page
    fine = text_of(get(ward, "nop-phat-nguoi"))
    assert "Thông báo hoặc quyết định xử phạt" not in fine
    assert "dichvucong.gov.vn" in fine
    assert "chưa được xác minh" not in text_of(get(ward, "tach-ho"))


def test_former_procedure_redirects_with_its_reason(catalogue, ward) -> None:
    answer = get(ward, "tach-so-ho-khau")
    assert answer["Location"] == f"/{ward.slug}/thu-tuc/tach-ho/?tu=tach-so-ho-khau"
    assert "không có sổ để tách" in text_of(Client().get(answer["Location"]))
    assert "không có sổ để tách" not in text_of(get(ward, "tach-ho", tu="cap-so-tam-tru"))
    assert get(ward, "tach-ho", tu="khong-co").status_code == 200


def test_old_number_needs_no_paper_any_more(catalogue, ward) -> None:
    page = text_of(get(ward, "xac-nhan-so-cmnd"))
    assert "Không cần giấy này nữa" in page and "quét mã QR" in page
    assert "Nộp ở đâu" not in page


def test_overdue_review_is_told(catalogue, ward) -> None:
    rows = ProcedureVersion.objects.filter(procedure__slug="tach-ho")
    rows.update(checked_on=dt.date(2026, 1, 1), review_on=local_today())
    assert "quá hạn rà soát" not in text_of(get(ward, "tach-ho"))
    rows.update(review_on=local_today() - dt.timedelta(days=1))
    assert "quá hạn rà soát" in text_of(get(ward, "tach-ho"))


def test_note_of_a_unit_is_its_own(catalogue, ward, other_ward) -> None:
    procedure = Procedure.objects.get(slug="tach-ho")
    ProcedureNote.objects.create(unit=ward, procedure=procedure, text="Quầy 3, <b>sáng</b>", text_en="Desk 3")
    assert "Quầy 3, &lt;b&gt;sáng&lt;/b&gt;" in text_of(get(ward, "tach-ho"))
    assert "Desk 3" in text_of(get(ward, "tach-ho", language="/en"))
    assert "Quầy 3" not in text_of(get(other_ward, "tach-ho"))


def test_visit_is_offered_where_a_session_works_on_it(catalogue, ward, other_ward, campaign) -> None:
    booking = reverse("appointments:campaigns", args=[ward.slug])
    for slug in ("can-cuoc", "cap-doi-the-can-cuoc"):
        assert text_of(get(ward, slug)).count(f'href="{booking}"') == 2  # the menu and the button
    assert text_of(get(ward, "tach-ho")).count(f'href="{booking}"') == 1
    elsewhere = reverse("appointments:campaigns", args=[other_ward.slug])
    assert text_of(get(other_ward, "can-cuoc")).count(f'href="{elsewhere}"') == 1


def test_english_page_marks_what_is_vietnamese(catalogue, ward) -> None:
    page = text_of(get(ward, "dang-ky-tam-tru", language="/en"))
    assert "<h1>Temporary residence registration</h1>" in page
    assert "3 working days" in page and '<p lang="vi">Luật Cư trú' in page
    assert "Cần chuẩn bị" not in page


def test_print_version_has_a_code_of_the_address(catalogue, ward) -> None:
    assert "Mã QR của trang này" in text_of(get(ward, "tach-ho", **{"in": "1"}))
    assert "Mã QR của trang này" not in text_of(get(ward, "tach-ho"))


@pytest.mark.parametrize("slug", ["", "tach-ho"])
def test_pages_cost_the_same_for_one_and_three_rows(ward, slug: str) -> None:
    counts = []
    for keys in (("household_split",), ("household_split", "lodging", "absence")):
        load_catalogue(by=BY, only=keys)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert get(ward, slug).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


# ---- for my case


def case_of(ward, slug: str, **answers: str) -> str:
    answer = get(ward, slug, "truong-hop/", **answers)
    assert answer.status_code == 200
    return text_of(answer)


def test_case_asks_only_what_matters_and_blames_nobody(catalogue, ward) -> None:
    first = case_of(ward, "dang-ky-tam-tru")
    assert "Người ở là" in first and "Ở bao lâu?" not in first and "has-error" not in first
    second = case_of(ward, "dang-ky-tam-tru", nationality="vietnamese", buoc="1")
    assert "Ở bao lâu?" in second and "has-error" not in second
    again = case_of(ward, "dang-ky-tam-tru", nationality="vietnamese", buoc="2")
    assert "Xin chọn một câu trả lời." in again
    unknown = case_of(ward, "dang-ky-tam-tru", nationality="martian")
    assert "Câu trả lời này không có trong danh sách." in unknown


CASES = [
    (
        "dang-ky-tam-tru",
        {"nationality": "vietnamese", "stay": "long", "home": "rent", "age": "minor", "exempt": "no"},
        ["không cần công chứng", "cha, mẹ hoặc người giám hộ", "15.000 đồng"],
        ["Được miễn lệ phí"],
    ),
    (
        "dang-ky-tam-tru",
        {"nationality": "vietnamese", "stay": "short"},
        ["Ở dưới 30 ngày không phải đăng ký", "/thu-tuc/thong-bao-luu-tru/"],
        ["Cần chuẩn bị"],
    ),
    ("dang-ky-tam-tru", {"nationality": "foreigner"}, ["NA17"], ["Cần chuẩn bị"]),
    (
        "dang-ky-thuong-tru",
        {"age": "under_6", "status": "citizen", "home": "family"},
        ["không phải xác minh điều kiện chỗ ở", "được miễn"],
        ["20.000 đồng"],
    ),
    ("cap-lai-the-can-cuoc", {"reason": "lost", "way": "online"}, ["70.000", "không phải đến"], []),
    ("cap-doi-the-can-cuoc", {"reason": "age", "card": "cccd"}, ["30.000"], ["50.000"]),
    ("cap-the-can-cuoc", {"age": "from_14", "data": "no"}, ["DC01"], []),
    ("cap-the-can-cuoc-duoi-14-tuoi", {"age": "under_6"}, ["không phải đưa trẻ đến"], []),
    ("thong-bao-luu-tru", {"nationality": "foreigner"}, ["12 giờ"], ["Cần chuẩn bị"]),
    ("ho-chieu", {"why": "lost", "age": "from_14"}, ["/thu-tuc/trinh-bao-mat-ho-chieu/"], ["200.000"]),
    ("ho-chieu", {"why": "expired", "age": "under_14"}, ["TK01a", "200.000"], []),
    ("tach-ho", {"place": "other"}, ["/thu-tuc/dang-ky-thuong-tru/"], ["Cần chuẩn bị"]),
    ("tach-ho", {"place": "same", "why": "divorce", "exempt": "yes"}, ["ly hôn", "0 đồng"], ["10.000"]),
    ("dang-ky-xe", {"kind": "used"}, ["/thu-tuc/sang-ten-xe/"], ["Cần chuẩn bị"]),
    ("dang-ky-xe", {"kind": "domestic", "owner": "person"}, ["trước bạ"], ["tổ chức"]),
    ("xoa-dang-ky-thuong-tru", {"reason": "moved"}, ["nơi cũ được xóa theo"], ["Cần chuẩn bị"]),
    ("xoa-dang-ky-tam-tru", {"reason": "left"}, ["CT01", "3 ngày làm việc"], []),
    ("dieu-chinh-thong-tin-cu-tru", {"what": "names"}, ["tự cập nhật"], ["Cần chuẩn bị"]),
    ("khai-bao-tam-vang", {"kind": "registered"}, ["Không phải khai báo"], ["Cần chuẩn bị"]),
    ("khai-bao-tam-vang", {"kind": "supervised"}, ["CT03", "Văn bản đồng ý"], []),
]


def test_case_leads_to_its_own_list(catalogue, ward) -> None:
    for slug, answers, told, not_told in CASES:
        page = case_of(ward, slug, **answers)
        missing = [words for words in told if words not in page]
        wrong = [words for words in not_told if f"<h2>{words}" in page or f"<b>{words}" in page]
        assert (slug, answers, missing, wrong) == (slug, answers, [], [])


def test_every_way_through_the_questions_ends(catalogue, ward) -> None:
    """No set of answers leaves a question that cannot be asked, or a list without a word."""
    from procedures.content import checklist, questions_for

    for version in ProcedureVersion.objects.filter(status=VersionStatus.PUBLISHED):
        open_paths = [{}] if version.content.get("questions") else []
        while open_paths:
            answers = open_paths.pop()
            waiting = [one for one in questions_for(version.content, answers) if one["key"] not in answers]
            for choice in waiting[0]["choices"] if waiting else ():
                open_paths.append(answers | {waiting[0]["key"]: choice["key"]})
            if not waiting:
                found = checklist(version.content, answers, local_today())
                assert (found.papers and found.fees is not None) or found.advice, (version.name, answers)


def test_case_without_questions_and_unknown_procedure_are_not_found(catalogue, ward) -> None:
    assert get(ward, "gia-han-tam-tru", "truong-hop/").status_code == 200
    assert get(ward, "doi-cccd-sang-can-cuoc", "truong-hop/").status_code == 404
    assert get(ward, "khong-co").status_code == 404
