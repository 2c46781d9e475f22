"""Voice notes: MP3 and AMR are copied frame by frame, so that tags before, between and behind the frames
stay out; in OGG the packet of comments is emptied in place. [ISO 11172-3, RFC 4867, RFC 3533, RFC 7845]
"""

from typing import BinaryIO

from .kinds import Refused

MAX_JUNK = 64 * 1024
_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1, layer III
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_AMR = {
    b"#!AMR\n": (12, 13, 15, 17, 19, 20, 26, 31, 5, None, None, None, None, None, None, 0),
    b"#!AMR-WB\n": (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, None, None, None, None, 0, 0),
}
_OGG_HEADS = (b"OpusHead", b"\x01vorbis")


def clean_mp3(source: BinaryIO, size: int, out: BinaryIO) -> None:
    """Refused `file_unreadable` when hardly anything is a frame."""
    place, frames, junk = _behind_tag(source), 0, 0
    while place + 4 <= size:
        source.seek(place)
        length = _mp3_frame(source.read(4))
        if length and place + length <= size:
            source.seek(place)
            out.write(_exactly(source, length))
            frames, place = frames + 1, place + length
        elif frames:
            break  # what follows the last frame is a tag, or something else that is no sound
        else:
            junk, place = junk + 1, place + 1
            if junk > MAX_JUNK:
                break
    if frames < 3:
        raise Refused("file_unreadable")


def _behind_tag(source: BinaryIO) -> int:
    source.seek(0)
    head = source.read(10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | (byte & 0x7F)
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _mp3_frame(head: bytes) -> int:
    """Length in bytes of the frame that begins so, 0 when it is none."""
    word = int.from_bytes(head, "big")
    version, layer = word >> 19 & 3, word >> 17 & 3
    bitrate, rate, padding = word >> 12 & 15, word >> 10 & 3, word >> 9 & 1
    if word >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return 0
    kilobits = _BITRATES[3 if version == 3 else 2][bitrate]
    return (144000 if version == 3 else 72000) * kilobits // _RATES[version][rate] + padding


def _exactly(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    while len(data) < length:
        more = source.read(length - len(data))
        if not more:
            raise Refused("file_unreadable")
        data += more
    return data


def clean_amr(source: BinaryIO, size: int, out: BinaryIO) -> None:
    """Refused `file_unreadable` for a frame of an unknown type or one that is cut off."""
    source.seek(0)
    head = source.read(9)
    magic = next((known for known in _AMR if head.startswith(known)), None)
    if magic is None or size <= len(magic):
        raise Refused("file_unreadable")
    out.write(magic)
    place = len(magic)
    while place < size:
        source.seek(place)
        kind = _exactly(source, 1)[0]
        length = _AMR[magic][kind >> 3 & 15]
        if length is None or kind & 0x83 or place + 1 + length > size:
            raise Refused("file_unreadable")
        out.write(bytes([kind]) + (_exactly(source, length) if length else b""))
        place += 1 + length


def clean_ogg(source: BinaryIO, size: int, out: BinaryIO) -> None:
    """Opus or Vorbis, one stream. Refused `file_unreadable`, `media_type`."""
    place, packets, serial = 0, 0, b""
    comment = _Comment()
    while place < size:
        page = _ogg_page(source, place, size)
        segments, body = page[27 : 27 + page[26]], 27 + page[26]
        if packets == 0 and not page[body:].startswith(_OGG_HEADS):
            raise Refused("media_type")
        serial = serial or page[14:18]
        if page[14:18] != serial:
            raise Refused("media_type")
        if packets < 2:
            page, packets = comment.empty(page, segments, body, packets)
        out.write(page)
        place += len(page)
    if packets < 2:
        raise Refused("file_unreadable")


def _ogg_page(source: BinaryIO, place: int, size: int) -> bytes:
    source.seek(place)
    if place + 27 > size:
        raise Refused("file_unreadable")
    head = _exactly(source, 27)
    if head[:5] != b"OggS\0" or place + 27 + head[26] > size:
        raise Refused("file_unreadable")
    table = _exactly(source, head[26])
    if place + 27 + head[26] + sum(table) > size:
        raise Refused("file_unreadable")
    return head + table + _exactly(source, sum(table))


class _Comment:
    """The second packet of a stream, however many pages it takes."""

    def __init__(self) -> None:
        self.filled = 0
        self.start = b""

    def empty(self, page: bytes, segments: bytes, body: int, packets: int) -> tuple[bytes, int]:
        """The page with the packet's bytes blank, and how many packets have ended by its end."""
        fresh, place = bytearray(page), body
        for length in segments:
            if packets == 1:
                self._over(fresh, place, length)
            place += length
            packets += length < 255
        fresh[22:26] = bytes(4)
        fresh[22:26] = ogg_checksum(bytes(fresh)).to_bytes(4, "little")
        return bytes(fresh), packets

    def _over(self, page: bytearray, place: int, length: int) -> None:
        """No vendor, no comments; Vorbis ends them with a set bit. The rest is zeros."""
        if self.filled == 0:
            vorbis = page[place : place + 7] == b"\x03vorbis"
            self.start = b"\x03vorbis" + bytes(8) + b"\x01" if vorbis else b"OpusTags" + bytes(8)
        blank = self.start[self.filled : self.filled + length]
        page[place : place + length] = blank.ljust(length, b"\0")
        self.filled += length


def _checksum_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _bit in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


_TABLE = _checksum_table()


def ogg_checksum(page: bytes) -> int:
    """CRC-32 as OGG reckons it: polynomial 0x04c11db7, nothing mirrored."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value
