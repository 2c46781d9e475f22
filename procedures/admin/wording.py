"""How the desk writes what a version says: every part by its name, every value as a line one can read."""

from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.common.clock import parse_date, show_date
from portal.common.templatetags.portal import money
from procedures.content import Content, Item
from procedures.enums import Channel, Fact, OnlineFiling, PaperForm, Tier
from procedures.forms.lines import ALIKE, time_text
from procedures.models import ProcedureVersion

# A line in pieces: the words, and whether they stand in this line only.
Line = list[tuple[str, bool]]
Change = tuple[str, list[Line], list[Line]]

PARTS: dict[str, Any] = {
    "name": _("Tên thủ tục"),
    "valid_from": _("Có hiệu lực từ"),
    "field": _("Lĩnh vực"),
    "level": _("Cấp giải quyết"),
    "official_code": _("Mã thủ tục quốc gia"),
    "codes": _("Các mã liên quan"),
    "official_link": _("Liên kết chính thức"),
    "online": _("Nộp trực tuyến"),
    "words": _("Người dân hay gọi là"),
    "summary": _("Tóm tắt"),
    "who": _("Ai làm"),
    "where": _("Làm ở đâu"),
    "papers": _("Giấy tờ cần mang"),
    "times": _("Thời hạn"),
    "fees": _("Lệ phí"),
    "exemptions": _("Được miễn lệ phí"),
    "steps": _("Các bước"),
    "advice": _("Lời khuyên"),
    "questions": _("Câu hỏi theo trường hợp"),
    "result": _("Kết quả"),
    "form_codes": _("Biểu mẫu"),
    "legal_basis": _("Căn cứ pháp lý"),
    "unsure": _("Mục chưa xác minh"),
}
_LISTED = {"level": Tier, "online": OnlineFiling, "unsure": Fact}


def label_of(part: str) -> str:
    """`Tóm tắt (tiếng Anh)` for summary_en."""
    label = str(PARTS[part.removesuffix("_en")])
    return f"{label} ({_('tiếng Anh')})" if part.endswith("_en") else label


def parts_of(version: ProcedureVersion) -> list[tuple[str, list[str]]]:
    """(label, lines) of all that the version says, in the order of PARTS."""
    document = _document(version)
    found = [(part, lines_of(document, part)) for part in _in_order(document)]
    return [(label_of(part), lines) for part, lines in found if lines]


def changes_between(old: ProcedureVersion, new: ProcedureVersion) -> list[Change]:
    """(label, lines taken away, lines added) of every part that says something else in `new`.

    Lines that only changed places, and changes no line shows, are listed whole: nothing is hidden from who
    publishes.
    """
    before, after = _document(old), _document(new)
    found = []
    for part in _in_order(before | after):
        was, now = lines_of(before, part), lines_of(after, part)
        if before.get(part) != after.get(part) and (was or now):
            found.append((label_of(part), *_marked(was, now)))
    return found


def lines_of(document: Content, part: str) -> list[str]:
    """A part as lines: one for a text, one per item of a list."""
    value = document.get(part)
    if value in (None, "", []):
        return []
    if part in _LISTED:
        chosen = value if isinstance(value, list) else [value]
        return [", ".join(str(_LISTED[part](one).label) for one in chosen)]
    if not isinstance(value, list):
        return [str(value)]
    return [_line(document, part, item) if isinstance(item, dict) else item for item in value]


def _document(version: ProcedureVersion) -> Content:
    """The content with what stands in columns and is written by the same form."""
    columns = {"name": version.name, "name_en": version.name_en, "valid_from": show_date(version.valid_from)}
    return columns | version.content


def _in_order(document: Content) -> list[str]:
    order = list(PARTS)
    return sorted(document, key=lambda part: (order.index(part.removesuffix("_en")), part.endswith("_en")))


def _line(document: Content, part: str, item: Item) -> str:
    pieces = [
        _HEADS.get(part, _text)(item),
        item.get("help") or item.get("note"),
        item.get("legal_basis"),
        _("xong, không phải làm thủ tục này") if item.get("stop") else "",
        f"{_('xem')}: {item['see']}" if item.get("see") else "",
        _condition(document, item.get("when", {})),
        _english(item),
    ]
    return " · ".join(str(piece) for piece in pieces if piece)


def _text(item: Item) -> str:
    return item["text"]


def _paper(item: Item) -> str:
    return f"{item['text']} ({PaperForm(item['form']).label})" if item.get("form") else item["text"]


def _fee(item: Item) -> str:
    """`Nộp trực tuyến: 50.000 đồng từ 01/01/2026`."""
    pieces = [f"{item['label']}: {money(item['amount'])}" if "amount" in item else item["label"]]
    if item.get("valid_from"):
        pieces.append(f"{_('từ')} {_day(item['valid_from'])}")
    if item.get("valid_to"):
        pieces.append(f"{_('đến hết')} {_day(item['valid_to'])}")
    if item.get("channel"):
        pieces.append(f"({Channel(item['channel']).label})")
    return " ".join(pieces)


def _question(item: Item) -> str:
    return f"{item['text']} ({' / '.join(choice['text'] for choice in item['choices'])})"


_HEADS = {"papers": _paper, "fees": _fee, "times": time_text, "questions": _question}


def _day(text: str) -> str:
    return show_date(parse_date(text))


def _condition(document: Content, when: dict[str, list[str]]) -> str:
    """`chỉ khi: Tách vì = Đã ly hôn`, in the words the citizen is asked with."""
    asked = {question["key"]: question for question in document.get("questions", [])}
    found = []
    for key, wanted in when.items():
        choices = [choice["text"] for choice in asked[key]["choices"] if choice["key"] in wanted]
        found.append(f"{asked[key]['text']} = {' / '.join(choices)}")
    return f"{_('chỉ khi')}: {'; '.join(found)}" if found else ""


def _english(item: Item) -> str:
    said = [item[name] for name in ("text_en", "label_en", "help_en", "note_en") if item.get(name)]
    said += [" / ".join(one["text_en"] for one in item.get("choices", []) if one.get("text_en"))]
    return f"{_('tiếng Anh')}: {' · '.join(one for one in said if one)}" if any(said) else ""


def _marked(was: list[str], now: list[str]) -> tuple[list[Line], list[Line]]:
    """Lines of one side only, with the words marked that a line of the other side does not have."""
    gone: list[Line] = []
    come: list[Line] = []
    left = [line for line in was if line not in now]
    for line in (line for line in now if line not in was):
        other = max(left, key=lambda one: _likeness(one, line), default="")
        if _likeness(other, line) < ALIKE:
            come.append([(line, True)])
            continue
        left.remove(other)
        gone.append(_side(other, line))
        come.append(_side(line, other))
    gone += [[(line, True)] for line in left]
    if gone or come:
        return gone, come
    return [[(line, True)] for line in was], [[(line, True)] for line in now]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _side(line: str, other: str) -> Line:
    """The words of `line`; those that `other` has in the same order are not marked."""
    words = line.split()
    steps = SequenceMatcher(None, words, other.split(), autojunk=False).get_opcodes()
    return [(" ".join(words[a:b]), how != "equal") for how, a, b, _c, _d in steps if b > a]
