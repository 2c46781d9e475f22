"""What the desk reads of a version: Vietnamese names, values as sentences, differences without codes."""

import datetime as dt

from procedures.actions.load_catalogue import read_entries
from procedures.admin.wording import PARTS, changes_between, label_of, lines_of, parts_of
from procedures.content import Content
from procedures.models import ProcedureVersion
from procedures.validators import _PLAIN, LISTS, TEXTS

DAY = dt.date(2026, 1, 1)
WHY = {"key": "why", "text": "Tách vì", "choices": [{"key": "apart", "text": "Ở riêng"}]}


def version(name: str = "Tách hộ", **content) -> ProcedureVersion:
    return ProcedureVersion(name=name, valid_from=DAY, content=content)


def told(old: ProcedureVersion, new: ProcedureVersion) -> list:
    """Changes with the marked words in brackets."""
    return [
        (part, *([_bracketed(line) for line in lines] for lines in (gone, come)))
        for part, gone, come in changes_between(old, new)
    ]


def _bracketed(line: list[tuple[str, bool]]) -> str:
    return " ".join(f"[{words}]" if changed else words for words, changed in line)


def test_every_part_has_a_name() -> None:
    assert {"name", "valid_from", *TEXTS, *LISTS, *_PLAIN} == set(PARTS)
    assert [label_of("where"), label_of("where_en")] == ["Làm ở đâu", "Làm ở đâu (tiếng Anh)"]


def test_values_are_read_as_sentences() -> None:
    fee = {"label": "Tại quầy", "amount": 50000, "channel": "counter", "valid_from": "2026-01-01"}
    content: Content = {
        "times": [
            {"value": 7, "unit": "working_day", "note": "Từ ngày đủ hồ sơ.", "note_en": "When complete."},
            {"value": 0, "unit": "instant"},
            {"value": 1, "unit": "half_working_day"},
        ],
        "fees": [fee, {"label": "Cũ", "amount": 0, "valid_to": "2025-12-31"}, {"label": "Tùy"}],
        "papers": [{"text": "Tờ khai", "text_en": "Form", "form": "form", "when": {"why": ["apart"]}}],
        "questions": [WHY],
        "advice": [{"text": "Thôi", "stop": True, "see": "tam-tru"}],
        "unsure": ["times", "fees"],
        "level": ["commune"],
        "online": "visit",
        "words": ["tách khẩu", "tách sổ"],
    }
    assert {part: lines_of(content, part) for part in content} == {
        "times": [
            "7 ngày làm việc · Từ ngày đủ hồ sơ. · tiếng Anh: When complete.",
            "ngay khi nhận",
            "nửa ngày làm việc",
        ],
        "fees": [
            "Tại quầy: 50.000 đồng từ 01/01/2026 (nộp trực tiếp)",
            "Cũ: 0 đồng đến hết 31/12/2025",
            "Tùy",
        ],
        "papers": ["Tờ khai (Tờ khai) · chỉ khi: Tách vì = Ở riêng · tiếng Anh: Form"],
        "questions": ["Tách vì (Ở riêng)"],
        "advice": ["Thôi · xong, không phải làm thủ tục này · xem: tam-tru"],
        "unsure": ["thời hạn, lệ phí"],
        "level": ["Công an xã, phường, đặc khu"],
        "online": ["Hẹn trực tuyến, đến làm trực tiếp"],
        "words": ["tách khẩu", "tách sổ"],
    }


def test_no_code_of_the_data_files_reaches_an_officer() -> None:
    """Every entry that stands in the files can be read, and shows no name of a field."""
    columns = {"key", "slug", "name", "name_en", "filing_mode", "ended_on", "replaced_by", "part_of"}
    columns |= {"grade", "valid_from", "checked_on", "checked_by"}
    for entry in read_entries():
        content = {part: value for part, value in entry.items() if part not in columns}
        shown = parts_of(ProcedureVersion(name=entry["name"], valid_from=DAY, content=content))
        text = "\n".join(line for _label, lines in shown for line in lines)
        assert not [code for code in ("working_day", "_en", "form:", "{", "None") if code in text]


def test_difference_names_parts_and_marks_words() -> None:
    old = version(papers=[{"text": "Tờ khai"}, {"text": "Giấy ly hôn bản chính"}], who="x", times=[])
    papers = [{"text": "Tờ khai"}, {"text": "Giấy ly hôn bản sao"}, {"text": "Hộ chiếu"}]
    new = version("Tách hộ mới", papers=papers, who="x", summary_en="s")
    assert told(old, new) == [
        ("Tên thủ tục", ["Tách hộ"], ["Tách hộ [mới]"]),
        ("Tóm tắt (tiếng Anh)", [], ["[s]"]),
        (
            "Giấy tờ cần mang",
            ["Giấy ly hôn bản [chính]"],
            ["Giấy ly hôn bản [sao]", "[Hộ chiếu]"],
        ),
    ]
    assert told(old, old) == []


def test_another_order_is_a_difference() -> None:
    steps = [{"text": "Một"}, {"text": "Hai"}]
    turned = told(version(steps=steps), version(steps=steps[::-1]))
    assert turned == [("Các bước", ["[Một]", "[Hai]"], ["[Hai]", "[Một]"])]
