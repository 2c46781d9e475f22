"""Tables: XLSX and CSV are read as values and written anew; formulas, macros, links, hidden parts and
properties have no way into the result. Text that a spreadsheet would take for a formula is kept as text.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from .kinds import Refused

MAX_PARTS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS, MAX_TEXT = 50_000, 200, 30, 32_000
_SMALL = 1024 * 1024
_ENTITIES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d ., ()/-]+")
_MACROS = ("vbaproject.bin", "macrosheets/", "vbadata.xml")


def clean_workbook(source: BinaryIO, out: BinaryIO) -> None:
    """Refused `docx`, `archive`, `macros`, `archive_bomb`, `xml_entities`, `table_too_long`,
    `file_unreadable`."""
    data = source.read()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _look(packed)
        _rewrite(data, out)
    except Refused:
        raise
    except Exception as error:  # parsers of ZIP and XML name dozens of their own
        raise Refused("file_unreadable") from error


def _look(packed: zipfile.ZipFile) -> None:
    entries = packed.infolist()
    names = [entry.filename.lower() for entry in entries]
    if "[content_types].xml" not in names:
        raise Refused("archive")
    if len(entries) > MAX_PARTS or len(set(names)) != len(names):
        raise Refused("archive_bomb")
    if any(part in name for name in names for part in _MACROS):
        raise Refused("macros")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise Refused("docx")
    if "xl/workbook.xml" not in names:
        raise Refused("archive")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("file_unreadable")
    _unpack_all(packed, entries)


def _unpack_all(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack piece by piece and count: what a ZIP says of its own sizes may be a lie."""
    unpacked = 0
    for entry in entries:
        own, tail = 0, b""
        with packed.open(entry) as part:
            while piece := part.read(64 * 1024):
                own, unpacked = own + len(piece), unpacked + len(piece)
                if unpacked > MAX_UNPACKED or (own > _SMALL and own > MAX_RATIO * (entry.compress_size + 1)):
                    raise Refused("archive_bomb")
                _refuse_entities(entry.filename, tail + piece)
                tail = piece[-64:]


def _refuse_entities(name: str, piece: bytes) -> None:
    plain = piece.replace(b"\0", b"")  # the same in UTF-16
    if name.lower().endswith((".xml", ".rels")) and _ENTITIES.search(plain):
        raise Refused("xml_entities")
    if name.lower() == "[content_types].xml" and b"macroenabled" in plain.lower():
        raise Refused("macros")


def _rewrite(data: bytes, out: BinaryIO) -> None:
    from openpyxl import Workbook, load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    fresh = Workbook(write_only=True)
    if not 1 <= len(book.worksheets) <= MAX_SHEETS:
        raise Refused("table_too_long")
    for sheet in book.worksheets:
        copy = fresh.create_sheet(_CONTROL.sub("", sheet.title)[:31] or "Sheet")
        sheet.reset_dimensions()  # a sheet may say it has a million rows
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            if number >= MAX_ROWS or len(row) > MAX_COLUMNS:
                raise Refused("table_too_long")
            copy.append([_cell(copy, value) for value in row])
    fresh.save(out)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, _CONTROL.sub("", value)[:MAX_TEXT])
    cell.data_type = "s"  # "=…" stays text
    return cell


def clean_csv(source: BinaryIO, out: BinaryIO) -> None:
    """Refused `text_encoding`, `table_too_long`, `file_unreadable`."""
    text = _text(source.read())
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = io.StringIO(newline="")
    try:
        csv.writer(lines, delimiter=delimiter).writerows(_harmless(rows))
    except csv.Error as error:
        raise Refused("file_unreadable") from error
    out.write(b"\xef\xbb\xbf" + lines.getvalue().encode())


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("text_encoding") from error
    if _CONTROL.search(text):
        raise Refused("file_unreadable")
    return text


def _harmless(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number >= MAX_ROWS or len(row) > MAX_COLUMNS:
            raise Refused("table_too_long")
        yield [_no_formula(cell) for cell in row]


def _no_formula(cell: str) -> str:
    """A leading apostrophe makes text of what would be reckoned; numbers and phones stay as they are."""
    is_number = _PLAIN_NUMBER.fullmatch(cell) is not None
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) and not is_number else cell
