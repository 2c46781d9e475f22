"""ClamAV's daemon, asked over its own protocol: INSTREAM, pieces with their length, one line back.

[clamd(8): zINSTREAM, 4 bytes length in network order before each piece, a length of zero ends it; answers
"stream: OK", "stream: <name> FOUND" or "… ERROR"]
"""

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from portal.files.limits import SCAN_SECONDS

PIECE = 64 * 1024


class ScanUnavailable(Exception):
    """The scanner did not answer, or not in words that mean anything; the file stays unjudged."""


def is_configured() -> bool:
    return bool(settings.CLAMAV_ADDRESS)


def find_malware(pieces: Iterable[bytes]) -> str:
    """Name of what was found, "" when nothing was. ScanUnavailable for everything else."""
    try:
        with _connect() as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for start in range(0, len(piece), PIECE):
                    part = piece[start : start + PIECE]
                    line.sendall(len(part).to_bytes(4, "big") + part)
            line.sendall(bytes(4))
            answer = _answer(line)
    except OSError as error:
        raise ScanUnavailable from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:80]
    raise ScanUnavailable


def _connect() -> socket.socket:
    """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""
    address = urlsplit(settings.CLAMAV_ADDRESS)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SCAN_SECONDS)
        try:
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    line = socket.create_connection((address.hostname or "127.0.0.1", address.port or 3310), timeout=5)
    line.settimeout(SCAN_SECONDS)
    return line


def _answer(line: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < 1000:
        piece = line.recv(1000)
        if not piece:
            break
        told += piece
    return told.rstrip(b"\0\n").decode("utf-8", "replace")
