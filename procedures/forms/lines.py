"""Items of a procedure as lines of a text box, and back; what a line does not show stays with its item.

A line is read leniently and checked by the action: what is no number or no known kind stays text, and
`validators.check_content` refuses it by its code.
"""

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from operator import itemgetter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.clock import parse_date, show_date
from portal.common.text import fold
from procedures.content import Item
from procedures.enums import PaperForm, TimeUnit

BAR = " | "
SINCE = "từ"
NOT_NEEDED = _("không cần")
LONGEST_NUMBER = 9
LONGEST_HEAD = 300  # comparing costs the square of the length
# Units that are no number of something: the citizen reads their name alone.
_WHOLE = {TimeUnit.INSTANT: 0, TimeUnit.HALF_WORKING_DAY: 1}
# From here on a line is its neighbour's words corrected; below, another thing that takes its place.
ALIKE = 0.5

LINE_HELP = {
    "papers": _(
        "Mỗi dòng một giấy tờ: tên | loại | tiếng Anh. Loại là: tờ khai, bản chính, bản sao, hoặc không cần. "
        "Điều kiện “chỉ khi” của một giấy tờ đi theo dòng của nó."
    ),
    "times": _(
        "Mỗi dòng: thời hạn | ghi chú | ghi chú tiếng Anh. Thời hạn là một số với “ngày làm việc”, “ngày” "
        "hoặc “giờ”; hoặc “nửa ngày làm việc”, “ngay khi nhận”. Ví dụ: 7 ngày làm việc | Từ ngày đủ hồ sơ"
    ),
    "fees": _(
        "Mỗi dòng: tên khoản | số tiền từ ngày nào | tên tiếng Anh. "
        "Ví dụ: Nộp trực tuyến | 7000 từ 01/01/2026 | Filed online"
    ),
    "exemptions": _("Mỗi dòng một diện được miễn: tiếng Việt | tiếng Anh."),
    "steps": _("Mỗi dòng một bước: tiếng Việt | tiếng Anh."),
    "advice": _(
        "Mỗi dòng một lời khuyên: tiếng Việt | tiếng Anh. "
        "Điều kiện và liên kết sang thủ tục khác đi theo dòng."
    ),
}
# What of an item its line shows; a line says all of it, so what it leaves out is taken away.
_SHOWN = {
    "times": ("value", "unit", "note", "note_en"),
    "fees": ("label", "amount", "valid_from", "label_en"),
}
_SHOWN_TEXT = ("text", "form", "text_en")


def time_text(item: Item) -> str:
    """`7 ngày làm việc`, `nửa ngày làm việc`, `ngay khi nhận`."""
    unit = TimeUnit(item["unit"])
    return str(unit.label) if unit in _WHOLE else f"{item['value']} {unit.label}"


def lines_of(items: list[Item], part: str) -> str:
    """The items, one line each."""
    return "\n".join(_write(item, part) for item in items)


def items_of(text: str, old: list[Item], part: str) -> list[Item]:
    """The items of the lines. A line that stood there stays the same item, wherever it stands now; one whose
    words were corrected in place keeps what it does not show: its conditions, its link, its dates."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    written = [_write(item, part) for item in old]
    found: list[Item] = []
    steps = SequenceMatcher(None, written, lines, autojunk=False).get_opcodes()
    for how, first, last, start, end in steps:
        in_place = old[first:last] if how == "replace" and last - first == end - start else []
        for place, line in enumerate(lines[start:end]):
            if how == "equal":
                found.append(old[first + place])
            elif line in written:
                found.append(old[written.index(line)])
            else:
                found.append(_changed(line, in_place[place : place + 1] or old, part))
    return found


def _changed(line: str, candidates: list[Item], part: str) -> Item:
    """The item of a new line, with what is not shown of the candidate that begins like it, if one does."""
    read = _READ.get(part, _read_text)(_pieces(line))
    wanted = ALIKE if len(candidates) == 1 else 1  # in place a correction is enough, elsewhere the same head
    ranked = [(_likeness(_head(_write(item, part)), _head(line)), item) for item in candidates]
    likeness, best = max(ranked, key=itemgetter(0), default=(0, {}))
    shown = _SHOWN.get(part, _SHOWN_TEXT)
    kept = best if likeness >= wanted else {}
    return {name: value for name, value in kept.items() if name not in shown} | read


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _head(line: str) -> str:
    return _pieces(line)[0][:LONGEST_HEAD]


def _pieces(line: str) -> list[str]:
    """Always three, trimmed; what follows a third bar belongs to the third."""
    return [piece.strip() for piece in [*line.split("|", 2), "", ""][:3]]


def _write(item: Item, part: str) -> str:
    pieces = _WRITE.get(part, _write_text)(item)
    while pieces and not pieces[-1]:
        pieces.pop()
    return " ".join(BAR.join(pieces).split())


def _write_text(item: Item) -> list[str]:
    return [item["text"], item.get("text_en", "")]


def _write_paper(item: Item) -> list[str]:
    kind = item.get("form", "")
    shown = str(NOT_NEEDED if kind == PaperForm.NONE else PaperForm(kind).label) if kind else ""
    return [item["text"], shown.lower(), item.get("text_en", "")]


def _write_time(item: Item) -> list[str]:
    return [time_text(item), item.get("note", ""), item.get("note_en", "")]


def _write_fee(item: Item) -> list[str]:
    amount = str(item.get("amount", ""))
    if item.get("valid_from"):
        amount += f" {SINCE} {show_date(parse_date(item['valid_from']))}"
    return [item["label"], amount, item.get("label_en", "")]


def _read_text(pieces: list[str]) -> Item:
    text, *rest = pieces
    return _filled(text=text, text_en=BAR.join(piece for piece in rest if piece))


def _read_paper(pieces: list[str]) -> Item:
    text, kind, english = pieces
    known = {fold(str(form.label)): form.value for form in PaperForm}
    known |= {"": PaperForm.ORIGINAL.value, fold(str(NOT_NEEDED)): PaperForm.NONE.value}
    return _filled(text=text, text_en=english) | {"form": known.get(fold(kind), kind)}


def _read_time(pieces: list[str]) -> Item:
    span, note, english = pieces
    digits = re.match(r"[0-9]*", span).group()  # type: ignore[union-attr]
    words = span[len(digits) :].strip()
    unit = {fold(str(one.label)): one.value for one in TimeUnit}.get(fold(words), words)
    value = _number(digits) if digits else _WHOLE.get(unit, "")  # type: ignore[call-overload]
    return {"unit": unit, "value": value} | _filled(note=note, note_en=english)


def _read_fee(pieces: list[str]) -> Item:
    label, amount, english = pieces
    money, _since, day = (piece.strip() for piece in amount.partition(f" {SINCE} "))
    number = _number(money.replace(".", "").removesuffix(" đồng"))
    return {"label": label, "amount": number} | _filled(valid_from=_day(day), label_en=english)


def _number(digits: str) -> int | str:
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_NUMBER else digits


def _day(text: str) -> str:
    try:
        return parse_date(text).isoformat() if text else ""
    except ValidationError:
        return text


def _filled(**texts: str) -> Item:
    return {name: text for name, text in texts.items() if text}


_WRITE: dict[str, Callable[[Item], list[str]]] = {
    "papers": _write_paper,
    "times": _write_time,
    "fees": _write_fee,
}
_READ: dict[str, Callable[[list[str]], Item]] = {
    "papers": _read_paper,
    "times": _read_time,
    "fees": _read_fee,
}
