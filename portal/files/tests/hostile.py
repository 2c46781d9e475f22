"""More than sixty files that somebody might send to harm or to trick: name, bytes, and the answer each must get.

"clean" means: taken, and what was planted (`samples.MARK`) is nowhere in what is kept.
"""

import io
import struct
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from portal.files.tests import samples as s

CLEAN = "clean"
Case = tuple[str, Callable[[], bytes], str]


def _image_in_pdf(made: pikepdf.Pdf) -> None:
    photo = pikepdf.Stream(made, s.with_exif())
    photo.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=64, Height=48, ColorSpace=Name.DeviceGray,
            BitsPerComponent=8, Metadata=pikepdf.Stream(made, s.M),
        )
    )  # fmt: skip
    photo.write(s.with_exif(), filter=Name.DCTDecode)
    made.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=made.make_indirect(photo)))
    made.pages[0].Contents = pikepdf.Stream(made, b"q 50 0 0 50 0 0 cm /Im0 Do Q")


def _info(made: pikepdf.Pdf) -> None:
    made.docinfo["/Author"] = s.MARK
    with made.open_metadata() as metadata:
        metadata["dc:creator"] = [s.MARK]


def _set(name: str, value: object) -> Callable[[pikepdf.Pdf], None]:
    return lambda made: made.Root.__setitem__(name, value() if callable(value) else value)


def _script() -> Dictionary:
    return s.action("JavaScript", JS=String(f"app.alert('{s.MARK}')"))


def _launch() -> Dictionary:
    return s.action("Launch", F=String(f"cmd.exe {s.MARK}"))


def _content_types(kind: str) -> bytes:
    return f'<Types><Override ContentType="application/vnd.ms-excel.sheet.{kind}"/></Types>'.encode()


def _entities(bomb: bool) -> bytes:
    inner = (
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
        if bomb
        else '<!ENTITY x SYSTEM "file:///etc/passwd">'
    )
    return f'<?xml version="1.0"?><!DOCTYPE w [{inner}]><worksheet>&x;</worksheet>'.encode()


def _lying_zip() -> bytes:
    """Says in its directory that 50 MB of zeros are 10 bytes."""
    whole = bytearray(s.workbook(xl__extra_xml=bytes(50_000_000)))
    place = whole.rindex(b"xl/extra_xml") - 46
    whole[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(whole)


def _animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def _png_with_chunks() -> bytes:
    whole = s.picture("PNG")
    planted = s.png_chunk(b"tEXt", b"Comment\0" + s.M) + s.png_chunk(
        b"zTXt", b"x\0\0" + zlib.compress(s.SCRIPT)
    )
    return whole[:33] + planted + whole[33:]


def _jpeg_with(marker: int, body: bytes) -> bytes:
    whole = s.picture()
    return whole[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + whole[2:]


def _outside_film() -> bytes:
    """A track whose samples lie at an address elsewhere."""
    return s.film().replace(b"url \0\0\0\1", b"url \0\0\0\0")


def _deep_boxes() -> bytes:
    nested = s.box(b"trak")
    for _step in range(40):
        nested = s.box(b"trak", nested)
    return s.film(more=nested)


HOSTILE: dict[str, Case] = {
    # ---- two things at once
    "gif_is_also_script": ("a.gif", lambda: b"GIF89a=1;alert('" + s.M + b"');//", "image_type"),
    "gif_called_jpg": ("anh.jpg", lambda: b"GIF89a" + bytes(200) + s.SCRIPT, "image_type"),
    "jpeg_with_html_behind": ("anh.jpg", lambda: s.picture() + s.SCRIPT, CLEAN),
    "jpeg_with_html_in_comment": ("anh.jpg", lambda: _jpeg_with(0xFE, s.SCRIPT), CLEAN),
    "jpeg_with_zip_behind": ("anh.jpg", lambda: s.picture() + s.packed({"a.exe": s.M}), CLEAN),
    "jpeg_with_php_in_profile": ("anh.php.jpg", lambda: _jpeg_with(0xE2, b"<?php system('" + s.M + b"')?>"), CLEAN),
    "png_with_html_in_text": ("anh.png", _png_with_chunks, CLEAN),
    "png_with_script_behind": ("anh.png", lambda: s.picture("PNG") + s.SCRIPT, CLEAN),
    "pdf_with_zip_behind": ("don.pdf", lambda: s.pdf() + s.packed({"a.exe": s.M}), CLEAN),
    "pdf_with_large_tail": ("don.pdf", lambda: s.pdf() + s.M * 500, "file_unreadable"),
    "html_before_pdf": ("don.pdf", lambda: s.SCRIPT + s.pdf(), "active_text"),
    "blank_before_pdf": ("don.pdf", lambda: b"   \n" + s.pdf(), "type_unknown"),
    "zip_before_jpeg": ("anh.jpg", lambda: s.packed({"a": s.M}) + s.picture(), "archive"),
    "mp4_with_html_behind": ("quay.mp4", lambda: s.film() + s.SCRIPT, "file_unreadable"),
    "mp4_with_html_in_free": ("quay.mp4", lambda: s.film(top=s.box(b"free", s.SCRIPT)), CLEAN),
    "mp4_with_unknown_box": ("quay.mp4", lambda: s.film(top=s.box(b"evil", s.SCRIPT)), CLEAN),
    "mp3_with_html_behind": ("ghi-am.mp3", lambda: s.mp3(tail=s.SCRIPT), CLEAN),
    # ---- bombs
    "png_of_900_million_pixels": ("anh.png", lambda: s.png_saying(30_000, 30_000), "too_many_pixels"),
    "png_of_4_billion_promised": ("anh.png", lambda: s.png_saying(16, 16).replace(
        struct.pack(">II", 16, 16), struct.pack(">II", 65_535, 65_535)), "file_unreadable"),
    "jpeg_of_4_billion_promised": ("anh.jpg", lambda: _jpeg_size(65_500, 65_500), "too_many_pixels"),
    "xlsx_of_a_gigabyte": ("ds.xlsx", lambda: s.workbook(xl__a_xml=bytes(120_000_000)), "archive_bomb"),
    "xlsx_lying_of_its_size": ("ds.xlsx", _lying_zip, "file_unreadable"),
    "xlsx_of_many_parts": ("ds.xlsx", lambda: s.workbook(**{f"x{n}": b"" for n in range(2100)}), "archive_bomb"),
    "docx_bomb": ("don.docx", lambda: s.packed({"[Content_Types].xml": b"<a/>", "word/document.xml": bytes(9**7)}), "docx"),
    "xml_laughs": ("ds.xlsx", lambda: s.workbook(xl__worksheets__sheet9_xml=b"", **{"xl__b.xml": _entities(True)}), "xml_entities"),
    "mp4_of_nested_boxes": ("quay.mp4", _deep_boxes, "too_complex"),
    "pdf_of_501_pages": ("don.pdf", lambda: s.pdf(pages=501), "too_many_pages"),
    # ---- programs and active text
    "svg_with_script": ("hinh.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "active_text"),
    "svg_called_png": ("hinh.png", lambda: b'<?xml version="1.0"?><svg onload="alert(1)"/>', "active_text"),
    "html_called_jpg": ("anh.jpg", lambda: s.SCRIPT, "active_text"),
    "html_with_bom_called_csv": ("ds.csv", lambda: b"\xef\xbb\xbf \n<HTML>" + s.SCRIPT, "active_text"),
    "php_called_jpg": ("anh.jpg", lambda: b"<?php system($_GET['c']);", "active_text"),
    "exe_called_pdf": ("don.pdf", lambda: b"MZ\x90\0" + bytes(300), "program"),
    "elf_called_mp4": ("quay.mp4", lambda: b"\x7fELF" + bytes(300), "program"),
    "shell_called_csv": ("ds.csv", lambda: b"#!/bin/sh\nrm -rf /\n", "program"),
    "double_extension_exe": ("anh.jpg.exe", lambda: b"MZ\x90\0" + bytes(300), "program"),
    "photo_called_exe": ("anh.jpg.exe", s.picture, CLEAN),
    "photo_called_html": ("anh.html", s.picture, CLEAN),
    "pdf_called_jpg": ("anh.jpg", s.pdf, CLEAN),
    "rar_called_jpg": ("anh.jpg", lambda: b"Rar!\x1a\x07\0" + bytes(100), "archive"),
    "plain_zip": ("ho-so.zip", lambda: s.packed({"a.txt": b"x"}), "archive"),
    # ---- office documents
    "xlsm_with_macro": ("ds.xlsm", lambda: s.workbook(**{"xl__vbaProject.bin": s.M}), "macros"),
    "macro_type_called_xlsx": ("ds.xlsx", lambda: s.workbook(**{"[Content_Types].xml": _content_types("macroEnabled.main+xml")}), "macros"),
    "docm_with_macro": ("don.docm", lambda: s.packed({"[Content_Types].xml": b"<a/>", "word/vbaProject.bin": s.M}), "macros"),
    "docx_plain": ("don.docx", lambda: s.packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "docx"),
    "ole_doc": ("don.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
    "rtf_with_object": ("don.rtf", lambda: b"{\\rtf1{\\object\\objdata 0105}}", "old_office"),
    "xlsx_with_external_entity": ("ds.xlsx", lambda: s.workbook(**{"xl__b.xml": _entities(False)}), "xml_entities"),
    "xlsx_with_entity_in_utf16": ("ds.xlsx", lambda: s.workbook(**{"xl__b.xml": _entities(False).decode().encode("utf-16")}), "xml_entities"),
    "xlsx_with_links_and_objects": ("ds.xlsx", lambda: s.workbook(**{
        "xl__externalLinks__externalLink1.xml": s.M, "xl__embeddings__oleObject1.bin": s.M}), CLEAN),
    "xlsx_with_path_upwards": ("ds.xlsx", lambda: s.workbook(**{"..__..__etc__cron.d__x": s.M}), CLEAN),
    "xlsx_with_formula": ("ds.xlsx", lambda: s.workbook([["=HYPERLINK(\"http://x\",\"" + s.MARK + "\")"]]), CLEAN),
    "csv_with_formula": ("ds.csv", lambda: b"ten,so\r\n=cmd|' /C calc'!A0,+84750000001\r\n@SUM(1),-5\r\n", CLEAN),
    "csv_with_nul": ("ds.csv", lambda: b"a,b\n" + b"x\0y,1\n", "type_unknown"),
    "csv_not_utf8": ("ds.csv", lambda: "tên,số\n".encode("cp1258", "replace") + b"\xff\xc0,1\n", "text_encoding"),
    # ---- PDF that acts
    "pdf_with_javascript": ("don.pdf", lambda: s.pdf(_set("/OpenAction", _script)), CLEAN),
    "pdf_with_named_javascript": ("don.pdf", lambda: s.pdf(_set("/Names", lambda: Dictionary(
        JavaScript=Dictionary(Names=Array([String("x"), _script()]))))), CLEAN),
    "pdf_with_launch": ("don.pdf", lambda: s.pdf(_set("/OpenAction", _launch)), CLEAN),
    "pdf_with_page_action": ("don.pdf", lambda: s.pdf(
        lambda made: made.pages[0].__setitem__("/AA", Dictionary(O=_script()))), CLEAN),
    "pdf_with_link": ("don.pdf", lambda: s.pdf(lambda made: s.annotated(
        made, Subtype=Name.Link, A=s.action("URI", URI=String(f"http://{s.MARK}.example")))), CLEAN),
    "pdf_with_embedded_program": ("don.pdf", lambda: s.pdf(s.attach), CLEAN),
    "pdf_with_form_and_xfa": ("don.pdf", lambda: s.pdf(lambda made: s.with_form(made, "Lo Thi May")), CLEAN),
    "pdf_of_nothing_but_xfa": ("don.pdf", lambda: s.pdf(_set("/NeedsRendering", True)), "pdf_form"),
    "pdf_with_author": ("don.pdf", lambda: s.pdf(_info), CLEAN),
    "pdf_with_photo_from_gps": ("don.pdf", lambda: s.pdf(_image_in_pdf), CLEAN),
    "pdf_with_password": ("don.pdf", lambda: s.pdf(encryption=pikepdf.Encryption(user="x", owner="y")), "pdf_encrypted"),
    "pdf_locked_by_owner": ("don.pdf", lambda: s.pdf(_set("/OpenAction", _script), encryption=pikepdf.Encryption(owner="y")), CLEAN),
    # ---- where, when and with what
    "jpeg_with_gps": ("IMG_2026.jpg", s.with_exif, CLEAN),
    "png_with_gps": ("anh.png", lambda: s.with_exif("PNG"), CLEAN),
    "webp_with_gps": ("anh.webp", lambda: s.with_exif("WEBP"), CLEAN),
    "webp_that_moves": ("anh.webp", _animated, CLEAN),
    "mp4_with_place": ("quay.mp4", lambda: s.film(more=s.place_atom()), CLEAN),
    "mov_with_track_of_places": ("quay.mov", lambda: s.film(b"qt  ", handlers=(b"vide", b"meta")), CLEAN),
    "3gp_with_place": ("quay.3gp", lambda: s.film(b"3gp5", more=s.place_atom()), CLEAN),
    "m4a_with_names": ("ghi.m4a", lambda: s.film(b"M4A ", handlers=(b"soun",), more=s.box(b"meta", s.M)), CLEAN),
    "mp4_playing_from_elsewhere": ("quay.mp4", _outside_film, "media_type"),
    "webm_with_title_and_tags": ("quay.webm", lambda: s.webm(extra=s.element(b"\x12\x54\xc3\x67", s.M)), CLEAN),
    "webm_from_browser": ("quay.webm", lambda: s.webm(open_end=True), CLEAN),
    "webm_with_attachment": ("quay.webm", lambda: s.webm(extra=s.element(b"\x19\x41\xa4\x69", s.M)), CLEAN),
    "mp3_with_tags": ("ghi.mp3", lambda: s.mp3(tail=b"TAG" + s.M.ljust(125, b"\0")), CLEAN),
    "ogg_with_comments": ("ghi.ogg", s.ogg, CLEAN),
    "matroska": ("quay.mkv", lambda: s.webm(doctype=b"matroska"), "media_type"),
    "heic": ("IMG.HEIC", lambda: s.box(b"ftyp", b"heic", bytes(4), b"mif1heic") + bytes(200), "heic"),
    # ---- torn and empty
    "empty": ("anh.jpg", lambda: b"", "file_empty"),
    "jpeg_torn": ("anh.jpg", lambda: s.picture(size=(400, 300))[:1500], "file_unreadable"),
    "jpeg_head_only": ("anh.jpg", lambda: b"\xff\xd8\xff\xe0", "file_unreadable"),
    "png_torn": ("anh.png", lambda: s.picture("PNG", size=(300, 300))[:-900], "file_unreadable"),
    "pdf_torn": ("don.pdf", lambda: s.pdf(pages=20)[:2600], "file_unreadable"),
    "pdf_of_noise": ("don.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"%%EOF", "file_unreadable"),
    "mp4_torn": ("quay.mp4", lambda: s.film()[:-40], "file_unreadable"),
    "mp4_without_index": ("quay.mp4", lambda: s.film()[:44], "file_unreadable"),
    "mp4_box_lies_of_length": ("quay.mp4", lambda: s.film()[:-8] + struct.pack(">I", 99999) + b"udta", "file_unreadable"),
    "webm_torn": ("quay.webm", lambda: s.webm()[:-5], "file_unreadable"),
    "mp3_of_noise": ("ghi.mp3", lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(4000), "file_unreadable"),
    "amr_torn": ("ghi.amr", lambda: s.amr()[:-3], "file_unreadable"),
    "ogg_torn": ("ghi.ogg", lambda: s.ogg()[:-9], "file_unreadable"),
    "ogg_with_film": ("quay.ogg", lambda: s.ogg(start=b"\x80theora1"), "media_type"),
    "zip_torn": ("ds.xlsx", lambda: s.workbook()[:-200], "file_unreadable"),
    # ---- names
    "name_read_backwards": ("anh\u202egpj.exe", s.picture, CLEAN),
    "name_with_path": ("../../../etc/cron.d/anh.jpg", s.picture, CLEAN),
    "name_with_windows_path": ("C:\\Windows\\System32\\anh.jpg", s.picture, CLEAN),
    "name_with_nul": ("anh.exe\0.jpg", s.picture, CLEAN),
    "name_with_line_break": ('anh"\r\nSet-Cookie: x=1.jpg', s.picture, CLEAN),
    "name_of_300_letters": ("ảnh" * 100 + ".jpg", s.picture, CLEAN),
    "name_of_nothing": ("....", s.picture, CLEAN),
}  # fmt: skip


def _jpeg_size(width: int, height: int) -> bytes:
    whole = bytearray(s.picture())
    place = whole.index(b"\xff\xc0")
    whole[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(whole)
