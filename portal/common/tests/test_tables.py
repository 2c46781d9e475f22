"""An uploaded table becomes rows of text or one polite refusal, never a crash."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from portal.common.tables import MOST_ROWS, read_table, write_csv, write_workbook


def workbook(rows: list[list[object]]) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def packed(size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("xl/workbook.xml", b" " * size)
    return stream.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        read_table(data)
    return str(refused.value.code)


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (workbook([["ABC", 7, None], [None, None], [" Đỗ "]]), [["ABC", "7"], ["Đỗ"]]),
        ("\ufeffMã;Tên\nABC;Đỗ\n".encode(), [["Mã", "Tên"], ["ABC", "Đỗ"]]),
        (b"ABC,x\n\n,\nDEF,y\n", [["ABC", "x"], ["DEF", "y"]]),
        (b"", []),
        (workbook([["=HYPERLINK(A1)"]]), []),  # a formula nobody computed has no value
    ],
)
def test_rows_of_text(data, rows) -> None:
    assert read_table(data) == rows


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x" * 2_000_001, "table_too_large"),
        (packed(41_000_000), "table_unreadable"),
        (packed(10), "table_unreadable"),
        (b"PK\x03\x04", "table_unreadable"),
        (b"\xd0\xcf\x11\xe0 old format", "table_unreadable"),
        (b"a\x00b", "table_unreadable"),
        (b"x\n" * (MOST_ROWS + 1), "table_too_long"),
        (workbook([["x"]] * (MOST_ROWS + 1)), "table_too_long"),
    ],
)
def test_what_is_refused(data, code) -> None:
    assert refusal(data) == code


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_rows_or_a_refusal(data, as_archive) -> None:
    try:
        rows = read_table(b"PK" + data if as_archive else data)
    except ValidationError as refused:
        assert refused.code in ("table_unreadable", "table_too_long")
    else:
        assert all(row[-1] for row in rows)


@pytest.mark.parametrize("write", [lambda rows: write_workbook(rows, title="Bảng"), write_csv])
def test_a_table_is_written_and_read_back(write):
    rows = [["Đơn vị", "Tin"], ["Phường Sông Mới", 12]]
    assert read_table(write(rows)) == [["Đơn vị", "Tin"], ["Phường Sông Mới", "12"]]


@pytest.mark.parametrize("write", [lambda rows: write_workbook(rows, title="Bảng"), write_csv])
@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@SUM(A1)"])
def test_a_written_text_is_never_a_formula(write, text):
    assert read_table(write([[text]])) == [[f"'{text}"]]
