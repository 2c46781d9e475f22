import unicodedata

import pytest

from portal.units.naming import (
    folded_path,
    make_slug,
    parse_query,
    plain,
    police_name_of,
    score_name,
)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Hoà Khánh", "hoa khanh"),
        ("Hòa Khánh", "hoa khanh"),
        (unicodedata.normalize("NFD", "Đồng Lúa"), "dong lua"),
        ("Chân Mây - Lăng Cô", "chan may lang co"),
        ("Chân Mây – Lăng Cô", "chan may lang co"),
        ("B'Lao", "b'lao"),
        ("B’Lao", "b'lao"),
        ("  Bến   Đông ", "ben dong"),
    ],
)
def test_plain_meets_every_spelling(name, folded):
    assert plain(name) == folded


def test_slug_has_no_accents_and_tells_the_province():
    assert make_slug("Phường Hải Vân Đông", "Sơn Hải") == "phuong-hai-van-dong-son-hai"
    assert make_slug("Xã Ea H'Leo", "Đắk Lắk") == "xa-ea-hleo-dak-lak"


def test_police_name_lowers_only_the_kind():
    assert police_name_of("Phường Hải Vân Đông") == "Công an phường Hải Vân Đông"
    assert police_name_of("Đặc khu Hòn Nhạn Trắng") == "Công an đặc khu Hòn Nhạn Trắng"


@pytest.mark.parametrize(
    ("typed", "words", "kinds"),
    [
        ("An Hải Bắc", ("an", "hai", "bac"), ()),
        ("Công an phường An Hải", ("an", "hai"), ("ward",)),
        ("q4", ("4",), ("urban_district",)),
        ("Q. 4", ("4",), ("urban_district",)),
        ("P.01 Q.4", ("1", "4"), ("ward", "urban_district")),
        ("tphcm", ("ho", "chi", "minh"), ()),
        ("TP.HCM", ("ho", "chi", "minh"), ("city", "provincial_city")),
        ("thị xã Bến Lành", ("ben", "lanh"), ("town",)),
        ("Bình Xa", ("binh", "xa"), ()),
        ("", (), ()),
        ("!!!", (), ()),
    ],
)
def test_query_separates_kinds_from_names(typed, words, kinds):
    query = parse_query(typed)
    assert (query.words, query.kinds) == (words, kinds)


@pytest.mark.parametrize(
    ("typed", "name", "path", "kind", "score"),
    [
        ("quan 4", "4", ("Quận 4", "Thành phố Sơn Hải Đông"), "urban_district", 6),
        ("quan 4", "4", ("Phường 4", "Quận 1"), "ward", 1),
        ("phường 1 quận 4", "1", ("Phường 1", "Quận 4"), "ward", 5),
        ("xã bến lành", "ben lanh", ("Phường Bến Lành",), "ward", 4),
        ("bến", "ben lanh", ("Phường Bến Lành",), "ward", 3),
        ("lành", "ben lanh trung", ("Phường Bến Lành Trung",), "ward", 2),
        ("sơn hải", "ben lanh", ("Phường Bến Lành", "Tỉnh Sơn Hải"), "ward", 0),
    ],
)
def test_score_prefers_the_name_itself(typed, name, path, kind, score):
    assert score_name(parse_query(typed), name, folded_path(*path), kind) == score
