"""Tables of officers: XLSX or CSV in, rows of text out; and rows out again, to a workbook or CSV.

An uploaded workbook is a hostile file until shown otherwise: size, unpacked size and number of cells are
limited before anything is parsed, entities are refused (defusedxml), formulas are never computed.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 2_000_000
MOST_UNPACKED = 40_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 40
MOST_CHARACTERS = 300
_UNREADABLE = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, TypeError)


def read_table(data: bytes) -> list[list[str]]:
    """Rows of the first sheet (or of a CSV in UTF-8), each cell as trimmed text, without empty rows and ends.

    At most 40 columns and 300 characters a cell are read. ValidationError `table_too_large`,
    `table_unreadable`, `table_too_long`.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("Tệp lớn quá 2 MB. Xin chia thành nhiều tệp."), code="table_too_large")
    rows = _workbook_rows(data) if data[:2] == b"PK" else _csv_rows(data)
    cleaned = [_without_end([_text(cell) for cell in row[:MOST_COLUMNS]]) for row in rows]
    return [row for row in cleaned if row]


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()[:MOST_CHARACTERS]


def _without_end(row: list[str]) -> list[str]:
    """A sheet is as wide as its widest row; what stays empty behind the last word says nothing."""
    while row and not row[-1]:
        row.pop()
    return row


def _refuse_long(rows: list[Any]) -> list[Any]:
    if len(rows) > MOST_ROWS:
        text = _("Tệp có quá %(most)s dòng. Xin chia thành nhiều tệp.") % {"most": MOST_ROWS}
        raise ValidationError(text, code="table_too_long")
    return rows


def _workbook_rows(data: bytes) -> list[Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise _unreadable()
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        return _refuse_long(
            [
                list(row)
                for row in islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS + 1)
            ]
        )
    except ValidationError:
        raise
    except _UNREADABLE as error:
        raise _unreadable() from error
    except Exception as error:  # the parser names dozens of its own; a broken file is no fault of ours
        raise _unreadable() from error


def _csv_rows(data: bytes) -> list[Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    if "\x00" in text:
        raise _unreadable()
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    try:
        return _refuse_long(list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), MOST_ROWS + 1)))
    except csv.Error as error:
        raise _unreadable() from error


def _unreadable() -> ValidationError:
    text = _("Không đọc được tệp này. Xin dùng tệp Excel (.xlsx) hoặc CSV mã UTF-8.")
    return ValidationError(text, code="table_unreadable")


# ---- out

# Excel and its kin take a text that begins like this for a formula and compute it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(rows: Iterable[Sequence[Any]], *, title: str) -> bytes:
    """An XLSX file with one sheet; numbers stay numbers, texts are never formulas."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([_harmless(cell) for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with a mark in front, semicolons between: what Excel with Vietnamese settings opens."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([_harmless(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
