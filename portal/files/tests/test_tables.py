"""What is written anew can still be read, and reckons nothing."""

import io

import pytest
from openpyxl import load_workbook
from PIL import Image

from portal.files.actions.open_file import open_file
from portal.files.tests import samples as s

pytestmark = pytest.mark.django_db


def sent_back(put, citizen, name: str, data: bytes) -> bytes:
    with open_file(file_uid=put(name, data).uid, by=citizen).reader as reader:
        return reader.read()


def test_a_formula_in_a_workbook_becomes_text(put, citizen):
    rows = [["Họ tên", "Số"], ["=1+1", 7], ["Lò Văn An", "012345678901"]]
    book = load_workbook(io.BytesIO(sent_back(put, citizen, "ds.xlsx", s.workbook(rows))))
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows()]
    assert cells == [
        [("Họ tên", "s"), ("Số", "s")],
        [(None, "n"), (7, "n")],  # nobody ever computed it, so there is no value to keep
        [("Lò Văn An", "s"), ("012345678901", "s")],
    ]


def test_a_photo_is_upright_and_as_it_was(put, citizen):
    with Image.open(io.BytesIO(sent_back(put, citizen, "a.jpg", s.with_exif(turned=6)))) as picture:
        assert (picture.size, dict(picture.getexif())) == ((48, 64), {})


def test_what_was_filled_into_a_form_stays_readable(put, citizen):
    data = sent_back(put, citizen, "don.pdf", s.pdf(lambda made: s.with_form(made, "Lo Thi May")))
    assert b"Lo Thi May" in s.unpacked_pdf(data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("quay.webm", s.webm(open_end=True)),
        ("quay.mp4", s.film(more=s.place_atom())),
        ("ghi.ogg", s.ogg()),
    ],
)
def test_cleaning_twice_changes_nothing_more(name, data, put, citizen):
    once = sent_back(put, citizen, name, data)
    assert len(once) == len(data)
    assert sent_back(put, citizen, name, once) == once
