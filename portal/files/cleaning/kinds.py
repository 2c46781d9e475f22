"""Which files are taken, told by their first bytes; the name only says whether text is meant as a table.

A signature is a claim, not a proof: what is kept was decoded and written anew by the cleaner of its kind.
"""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024
HEAD_BYTES = 4096


class Refused(Exception):
    """This file is not taken; `code` is stable, its sentence stands in portal/files/errors.py."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kind:
    """`group` is what a room allows by; `mime` and `extension` are what it is served as."""

    key: str
    group: str
    mime: str
    extension: str
    max_bytes: int


IMAGE, DOCUMENT, VIDEO, SOUND, TABLE = "image", "document", "video", "sound", "table"
GROUPS = (IMAGE, DOCUMENT, VIDEO, SOUND, TABLE)
_XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    kind.key: kind
    for kind in (
        Kind("jpeg", IMAGE, "image/jpeg", "jpg", 20 * MEGABYTE),
        Kind("png", IMAGE, "image/png", "png", 20 * MEGABYTE),
        Kind("webp", IMAGE, "image/webp", "webp", 20 * MEGABYTE),
        Kind("pdf", DOCUMENT, "application/pdf", "pdf", 25 * MEGABYTE),
        Kind("mp4", VIDEO, "video/mp4", "mp4", 200 * MEGABYTE),
        Kind("mov", VIDEO, "video/quicktime", "mov", 200 * MEGABYTE),
        Kind("3gp", VIDEO, "video/3gpp", "3gp", 200 * MEGABYTE),
        Kind("webm", VIDEO, "video/webm", "webm", 200 * MEGABYTE),
        Kind("m4a", SOUND, "audio/mp4", "m4a", 50 * MEGABYTE),
        Kind("mp3", SOUND, "audio/mpeg", "mp3", 50 * MEGABYTE),
        Kind("ogg", SOUND, "audio/ogg", "ogg", 50 * MEGABYTE),
        Kind("amr", SOUND, "audio/amr", "amr", 50 * MEGABYTE),
        Kind("xlsx", TABLE, _XLSX_MIME, "xlsx", 10 * MEGABYTE),
        Kind("csv", TABLE, "text/csv", "csv", 10 * MEGABYTE),
    )
}
LARGEST = max(kind.max_bytes for kind in KINDS.values())

# First bytes of what is not taken, each with the answer that helps most.
_NOT_TAKEN = (
    (b"GIF8", "image_type"),
    (b"BM", "image_type"),
    (b"II*\0", "image_type"),
    (b"MM\0*", "image_type"),
    (b"\0\0\1\0", "image_type"),
    (b"\xd0\xcf\x11\xe0", "old_office"),
    (b"{\\rtf", "old_office"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!/", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"fLaC", "media_type"),
    (b"FLV", "media_type"),
    (b"\x30\x26\xb2\x75", "media_type"),
    (b"MThd", "media_type"),
)
_EXACT = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"%PDF-", "pdf"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"#!AMR", "amr"),
    (b"PK\x03\x04", "xlsx"),  # any ZIP; the cleaner says what is inside
)
_MP3_FRAMES = {0xFFFA, 0xFFFB, 0xFFF2, 0xFFF3, 0xFFE2, 0xFFE3}
_HEIC = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_MP4 = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"dash", b"M4V "}
_ACTIVE = (
    b"<!doctype",
    b"<html",
    b"<svg",
    b"<script",
    b"<?xml",
    b"<head",
    b"<body",
    b"<iframe",
    b"<?php",
    b"<%",
)


def kind_of(head: bytes, extension: str) -> Kind:
    """The kind that the first bytes claim. Refused with the code of what they are instead."""
    if not head:
        raise Refused("file_empty")
    for signature, key in _EXACT:
        if head.startswith(signature):
            return KINDS[key]
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if head.startswith(b"RIFF"):
        return _named(head[8:12] == b"WEBP", "webp", "media_type")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _named(b"webm" in head[:80], "webm", "media_type")
    for signature, code in _NOT_TAKEN:
        if head.startswith(signature):
            raise Refused(code)
    if int.from_bytes(head[:2], "big") in _MP3_FRAMES:
        return KINDS["mp3"]
    return _text(head, extension)


def _named(known: bool, key: str, code: str) -> Kind:
    if not known:
        raise Refused(code)
    return KINDS[key]


def _by_brand(brand: bytes) -> Kind:
    if brand in _HEIC:
        raise Refused("heic")
    if brand == b"qt  ":
        return KINDS["mov"]
    if brand[:3] in (b"3gp", b"3g2"):
        return KINDS["3gp"]
    if brand in (b"M4A ", b"M4B "):
        return KINDS["m4a"]
    return _named(brand in _MP4, "mp4", "media_type")


def _text(head: bytes, extension: str) -> Kind:
    """Text is taken as a table only, and only when it is called one."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_ACTIVE):
        raise Refused("active_text")
    is_utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if extension != "csv" or (b"\0" in head and not is_utf16):
        raise Refused("type_unknown")
    return KINDS["csv"]
