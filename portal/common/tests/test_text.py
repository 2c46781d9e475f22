"""Vietnamese text from every keyboard meets in one spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.text import clean_text, fold, mask_name, name_sort_key, name_words, show_name

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
vietnamese = st.text(alphabet=LETTERS + LETTERS.upper() + "    -'", max_size=60)


@given(text=vietnamese)
def test_composed_and_decomposed_letters_are_the_same(text):
    nfc, nfd = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert clean_text(nfd) == clean_text(nfc)
    assert fold(nfd) == fold(nfc)


@given(text=vietnamese)
def test_folded_text_is_plain_ascii(text):
    assert fold(text).isascii()
    assert fold(text) == fold(text.upper()) == fold(fold(text))


@given(text=st.text(max_size=80))
def test_clean_text_is_stable(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


@given(text=st.text(max_size=80))
def test_fold_is_stable(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng Thị Hoà", "dang thi hoa"),
        ("Đặng Thị Hòa", "dang thi hoa"),
        ("đặng  thị\u00a0hoà ", "dang thi hoa"),
        ("H'Hen Niê", "h'hen nie"),
        ("H’Hen Niê", "h'hen nie"),
        ("Y Blă–Kbuôr", "y bla-kbuor"),
        ("Nguyễn\u200b Văn\u202e An", "nguyen van an"),
        ("NGUYỄN ƯỚC", "nguyen uoc"),
    ],
)
def test_names_are_folded(text, folded):
    assert fold(text) == folded


def test_direction_marks_and_control_characters_vanish():
    assert clean_text("An\u202e\x00\x1b[31m\ufeff") == "An[31m"


def test_lines_become_blanks():
    assert clean_text("Nguyễn\r\nVăn\tAn") == "Nguyễn Văn An"


def test_people_are_listed_by_given_name():
    names = ["Trần Bình", "Lê Văn An", "Đỗ An", "Nguyễn Thị Ánh"]
    assert sorted(names, key=name_sort_key) == ["Đỗ An", "Lê Văn An", "Nguyễn Thị Ánh", "Trần Bình"]


def test_words_of_a_name():
    assert name_words("Nguyễn Thị Thị Hoà") == ["hoa", "nguyen", "thi"]


@pytest.mark.parametrize(
    ("typed", "shown"), [("TRẦN THỊ BƯỞI", "Trần Thị Bưởi"), ("lê văn", "Lê Văn"), ("McĐỗ", "McĐỗ")]
)
def test_name_is_shown_with_capitals(typed, shown):
    assert show_name(typed) == shown


def test_name_is_masked():
    assert mask_name("nguyễn văn an") == "N*** V*** An"
