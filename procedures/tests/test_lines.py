"""Items as lines of a text box: written and read back they are the same items."""

import pytest
from django.core.exceptions import ValidationError

from procedures.actions.load_catalogue import read_entries
from procedures.forms.desk import EditionForm
from procedures.forms.lines import items_of, lines_of
from procedures.validators import check_content

PAPERS = [
    {"text": "Tờ khai", "text_en": "Form", "form": "form", "when": {"why": ["apart"]}},
    {"text": "Giấy ly hôn", "form": "original", "when": {"why": ["divorce"]}},
]


def test_every_entry_comes_back_as_it_was() -> None:
    """Untouched boxes change nothing, whatever the items hold beside their words."""
    for entry in read_entries():
        for part in EditionForm.LISTS:
            items = entry.get(part, [])
            assert items_of(lines_of(items, part), items, part) == items


def test_every_entry_can_be_typed_anew() -> None:
    """What a line shows is read back from the words alone."""
    hidden = ("when", "channel", "legal_basis", "stop", "see", "valid_to")
    for entry in read_entries():
        for part in set(EditionForm.LISTS) - {"fees"}:
            items = entry.get(part, [])
            bare = [{name: item[name] for name in item if name not in hidden} for item in items]
            assert items_of(lines_of(items, part), [], part) == bare


@pytest.mark.parametrize(
    ("part", "line", "item"),
    [
        ("times", "7 ngày làm việc | Từ ngày đủ | When complete",
         {"value": 7, "unit": "working_day", "note": "Từ ngày đủ", "note_en": "When complete"}),
        ("times", "12 GIO", {"value": 12, "unit": "hour"}),
        ("times", "nửa ngày làm việc", {"value": 1, "unit": "half_working_day"}),
        ("times", "Ngay khi nhận", {"value": 0, "unit": "instant"}),
        ("fees", "Nộp | 50.000 đồng từ 1/1/2026 | Filed",
         {"label": "Nộp", "amount": 50000, "valid_from": "2026-01-01", "label_en": "Filed"}),
        ("papers", "Hộ chiếu", {"text": "Hộ chiếu", "form": "original"}),
        ("papers", "Hộ chiếu | ban sao | Passport",
         {"text": "Hộ chiếu", "form": "copy", "text_en": "Passport"}),
        ("papers", "Khai sinh | không cần", {"text": "Khai sinh", "form": "none"}),
        ("exemptions", "Trẻ em | Children", {"text": "Trẻ em", "text_en": "Children"}),
    ],
)  # fmt: skip
def test_a_typed_line_is_an_item(part: str, line: str, item: dict) -> None:
    assert items_of(line, [], part) == [item]
    check_content({part: [item]})


@pytest.mark.parametrize(
    ("part", "line", "code"),
    [
        ("times", "nhanh", "choice_unknown"),
        ("times", "7", "item_incomplete"),
        ("times", "ngày làm việc", "number_invalid"),
        ("times", "2 nửa ngày làm việc", "choice_unknown"),
        ("times", f"{'9' * 5000} giờ", "text_too_long"),
        ("times", "9999999999 giờ", "number_invalid"),
        ("fees", "Nộp | nhiều", "number_invalid"),
        ("fees", "Nộp", "number_invalid"),
        ("fees", "Nộp | 7000 từ mai", "date_invalid"),
        ("papers", "Hộ chiếu | fax", "choice_unknown"),
        ("papers", "| bản sao", "item_incomplete"),
        ("advice", "<b>", "text_markup"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_check(part: str, line: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_content({part: items_of(line, [], part)})
    assert {name: found[0].code for name, found in caught.value.error_dict.items()} == {part: code}


def test_a_corrected_line_keeps_its_condition_and_another_paper_does_not() -> None:
    corrected = items_of("Tờ khai | tờ khai | Form\nGiấy tờ ly hôn | bản sao", PAPERS, "papers")
    assert corrected == [PAPERS[0], {"text": "Giấy tờ ly hôn", "form": "copy", "when": {"why": ["divorce"]}}]
    other = items_of("Tờ khai | tờ khai | Form\nHộ chiếu còn hạn | bản sao", PAPERS, "papers")
    assert other == [PAPERS[0], {"text": "Hộ chiếu còn hạn", "form": "copy"}]


def test_moved_lines_stay_the_same_items_and_an_english_text_can_be_taken_away() -> None:
    turned = "\n".join(lines_of(PAPERS, "papers").split("\n")[::-1])
    assert items_of(turned, PAPERS, "papers") == PAPERS[::-1]
    bare = items_of("Tờ khai | tờ khai", PAPERS, "papers")
    assert bare == [{"text": "Tờ khai", "form": "form", "when": {"why": ["apart"]}}]
