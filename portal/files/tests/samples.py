"""Small right files of every kind, made by code. `MARK` stands wherever something must not come through."""

import io
import struct
import zipfile
from collections.abc import Iterable

import pikepdf
from openpyxl import Workbook
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from portal.files.cleaning.sound import ogg_checksum

MARK = "DAU-VET-BI-MAT"
M = MARK.encode()
SCRIPT = b"<html><script>alert('" + M + b"')</script></html>"


# ---- pictures


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.linear_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def with_exif(kind: str = "JPEG", *, turned: int = 6) -> bytes:
    """A photo with a place, a maker and an orientation."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = MARK, turned
    exif.get_ifd(0x8825).update({1: "N", 2: (21.0, 1.0, 30.0), 3: "E", 4: (105.0, 51.0, 0.0)})
    return picture(kind, exif=exif.tobytes())


def png_chunk(kind: bytes, body: bytes) -> bytes:
    import zlib

    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_saying(width: int, height: int) -> bytes:
    """A PNG whose head promises that many pixels of one bit, and which has them: a few kilobytes of zeros."""
    import zlib

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    line = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(line) for _row in range(height)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
    )


# ---- PDF


def pdf(change=None, *, pages: int = 1, **save: object) -> bytes:
    """`change(pdf)` plants what it likes."""
    with pikepdf.new() as made:
        for _number in range(pages):
            made.add_blank_page(page_size=(200, 200))
        if change:
            change(made)
        out = io.BytesIO()
        made.save(out, **save)
        return out.getvalue()


def action(kind: str, **more: object) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(f"/{kind}"), **more)


def annotated(made: pikepdf.Pdf, **values: object) -> None:
    """A link or button on the first page."""
    note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 50, 50]), **values)
    made.pages[0].Annots = Array([made.make_indirect(note)])


def with_form(made: pikepdf.Pdf, value: str) -> None:
    """A text field that somebody filled in."""
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    annotated(
        made,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("ho_ten"),
        V=String(value),
        DA=String("/Helv 12 Tf 0 g"),
        F=4,
        AA=Dictionary(K=action("JavaScript", JS=String(MARK))),
    )
    made.Root.AcroForm = Dictionary(
        Fields=made.pages[0].Annots,
        DA=String("/Helv 12 Tf 0 g"),
        DR=Dictionary(Font=Dictionary(Helv=font)),
        NeedAppearances=True,
        XFA=String(MARK),
    )


def attach(made: pikepdf.Pdf) -> None:
    made.attachments["hoa-don.exe"] = b"MZ" + M


def unpacked_pdf(data: bytes) -> bytes:
    """The same PDF with every stream readable."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


# ---- archives and tables


def packed(parts: dict[str, bytes], *, level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def workbook(
    rows: Iterable[Iterable[object]] = (("Họ tên", "Số"), ("Lò Văn An", 5)), **parts: bytes
) -> bytes:
    """A right XLSX; `parts` are put into the package, `/` written as `__`."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.properties.creator = MARK
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    return packed(whole | {name.replace("__", "/"): body for name, body in parts.items()})


# ---- films and voice


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *bodies: bytes) -> bytes:
    return box(kind, bytes(4), *bodies)


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def track(handler: bytes, offset: int, size: int, *more: bytes) -> bytes:
    table = box(
        b"stbl",
        full(b"stsd", numbers(0)),
        full(b"stts", numbers(1, 1, 1)),
        full(b"stsc", numbers(1, 1, 1, 1)),
        full(b"stsz", numbers(0, 1, size)),
        full(b"stco", numbers(1, offset)),
    )
    reference = box(b"dinf", full(b"dref", numbers(1), box(b"url ", b"\0\0\0\1")))
    said = full(b"hdlr", bytes(4), handler, bytes(12), M + b"\0")
    media = box(b"mdia", full(b"mdhd", bytes(20)), said, box(b"minf", reference, table))
    return box(b"trak", full(b"tkhd", numbers(777, 777), bytes(72)), media, *more)


def film(
    brand: bytes = b"mp42", *, more: bytes = b"", top: bytes = b"", handlers: tuple[bytes, ...] = (b"vide",)
) -> bytes:
    """One sample of 16 bytes per track; that of a track of metadata is the mark."""
    head = box(b"ftyp", brand, bytes(4), brand)
    samples = b"".join(M.ljust(16, b".") if handler == b"meta" else bytes(16) for handler in handlers)
    start = len(head) + 8
    tracks = [track(handler, start + 16 * number, 16) for number, handler in enumerate(handlers)]
    index = box(b"moov", full(b"mvhd", numbers(888, 888), bytes(88)), *tracks, more)
    return head + box(b"mdat", samples) + index + top


def place_atom() -> bytes:
    """Where it was filmed, as phones write it."""
    return box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+21.0278+105.8342/" + M), box(b"loci", M))


def element(identity: bytes, body: bytes, *, open_end: bool = False) -> bytes:
    length = b"\x01" + b"\xff" * 7 if open_end else (0x0100000000000000 | len(body)).to_bytes(8, "big")
    return identity + length + body


def webm(*, extra: bytes = b"", open_end: bool = False, doctype: bytes = b"webm") -> bytes:
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", doctype))
    info = element(
        b"\x15\x49\xa9\x66",
        element(b"\x7b\xa9", M) + element(b"\x4d\x80", M) + element(b"\x44\x61", bytes(8)),
    )
    tracks = element(
        b"\x16\x54\xae\x6b", element(b"\xae", element(b"\x53\x6e", M) + element(b"\x86", b"V_VP8"))
    )
    cluster = element(
        b"\x1f\x43\xb6\x75",
        element(b"\xe7", b"\0") + element(b"\xa3", b"\x81\0\0\x80data"),
        open_end=open_end,
    )
    return head + element(b"\x18\x53\x80\x67", info + tracks + cluster + extra, open_end=open_end)


def mp3(frames: int = 8, *, tag: bool = True, tail: bytes = b"") -> bytes:
    """MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame."""
    start = b"ID3\x04\0\0" + bytes([0, 0, 0, 40]) + M.ljust(40, b"\0") if tag else b""
    return start + (b"\xff\xfb\x90\x00" + bytes(413)) * frames + tail


def amr(frames: int = 5) -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


def ogg_page(number: int, *packets: bytes, first: bool = False, serial: int = 7) -> bytes:
    table = b"".join(bytes([255] * (len(packet) // 255) + [len(packet) % 255]) for packet in packets)
    head = b"OggS\0" + bytes([2 if first else 0]) + bytes(8) + struct.pack("<II", serial, number)
    page = head + bytes(4) + bytes([len(table)]) + table + b"".join(packets)
    return page[:22] + ogg_checksum(page).to_bytes(4, "little") + page[26:]


def ogg(*, start: bytes = b"OpusHead") -> bytes:
    tags = b"OpusTags" + struct.pack("<I", len(M)) + M + struct.pack("<II", 1, len(M)) + M
    return ogg_page(0, start + bytes(11), first=True) + ogg_page(1, tags) + ogg_page(2, bytes(80))
