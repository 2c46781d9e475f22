"""PDF: only pages and what they draw are kept; what acts, hides a file or tells of its author goes.

The catalogue and each page are rebuilt from a list of allowed names; qpdf writes only what they still reach.
Forms are drawn into the page first, so that what somebody filled in stays to be read.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Dictionary, Name, Stream

from .kinds import Refused

MAX_PAGES = 500
MAX_OBJECTS = 200_000
END_WITHIN = 2048
_ROOT = {"/Type", "/Pages", "/PageLabels", "/Lang", "/OCProperties"}
_PAGE = {
    "/Type", "/Parent", "/Resources", "/Contents", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox",
    "/ArtBox", "/Rotate", "/UserUnit", "/Group",
}  # fmt: skip
# Inside what a page draws: never needed to draw it.
_BANNED = {
    "/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/AF",
    "/RichMedia", "/RichMediaContent", "/XFA", "/AcroForm", "/Annots", "/Metadata", "/PieceInfo", "/OPI",
    "/Ref", "/Alternates", "/URI", "/GoToR", "/SubmitForm", "/LastModified", "/Collection", "/Names",
    "/Perms",
}  # fmt: skip


def clean_pdf(source: BinaryIO, out: BinaryIO) -> None:
    """Refused `pdf_encrypted`, `pdf_form`, `too_many_pages`, `file_unreadable`, `pdf_not_cleaned`."""
    data = source.read()
    if b"%%EOF" not in data[-END_WITHIN:]:  # qpdf would repair a torn file and lose pages silently
        raise Refused("file_unreadable")
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            _look(pdf)
            _draw_forms(pdf)
            _strip(pdf)
            clean = io.BytesIO()
            pdf.save(clean, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=False)
        with pikepdf.open(io.BytesIO(clean.getvalue())) as again:
            if _still_there(again):
                raise Refused("pdf_not_cleaned")
    except pikepdf.PasswordError as error:
        raise Refused("pdf_encrypted") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise Refused("file_unreadable") from error
    out.write(clean.getvalue())


def _look(pdf: pikepdf.Pdf) -> None:
    if pdf.Root.get("/NeedsRendering", False):  # such a form has no pages of its own to keep
        raise Refused("pdf_form")
    if len(pdf.pages) == 0:
        raise Refused("file_unreadable")
    if len(pdf.pages) > MAX_PAGES or len(pdf.objects) > MAX_OBJECTS:
        raise Refused("too_many_pages")


def _draw_forms(pdf: pikepdf.Pdf) -> None:
    if "/AcroForm" in pdf.Root:
        del_if_there(pdf.Root.AcroForm, "/XFA")
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")


def _strip(pdf: pikepdf.Pdf) -> None:
    _keep(pdf.Root, _ROOT)
    for page in pdf.pages:
        _keep(page.obj, _PAGE)
    for name in ("/Info", "/ID"):
        del_if_there(pdf.trailer, name)
    for each in _dictionaries(pdf):
        for name in _BANNED & set(each.keys()):
            del each[name]
        if isinstance(each, Stream) and each.get("/Filter") == Name.DCTDecode:
            parms = each.get("/DecodeParms")
            each.write(plain_jpeg(each.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=parms)


def _keep(dictionary: Any, names: set[str]) -> None:
    for name in set(dictionary.keys()) - names:
        del dictionary[name]


def del_if_there(dictionary: Any, name: str) -> None:
    if name in dictionary:
        del dictionary[name]


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream, also those that stand inside others."""
    for each in pdf.objects:
        waiting = [each]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Dictionary | Stream):
                yield part
                waiting += [value for _name, value in part.items() if _stands_inside(value)]
            elif isinstance(part, pikepdf.Array):
                waiting += [value for value in part if _stands_inside(value)]


def _stands_inside(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _still_there(pdf: pikepdf.Pdf) -> set[str]:
    """Banned names anywhere in the written file."""
    return {name for each in _dictionaries(pdf) for name in _BANNED & set(each.keys())}


def plain_jpeg(data: bytes) -> bytes:
    """A JPEG without its APP1 to APP13, APP15 and comment segments (EXIF, XMP, camera notes). APP0 and APP14
    say how colours are stored and stay."""
    kept, place = bytearray(data[:2]), 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        marker = data[place + 1]
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            kept += data[place:end]
        place = end
    return bytes(kept + data[place:])
