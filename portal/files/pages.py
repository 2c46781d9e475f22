"""How a file leaves the house: what every door that gives one shares."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from portal.files.actions.open_file import Opened

# No script, no form, no frame, no request: also where a browser shows what it was told to save.
POLICY = "default-src 'none'; sandbox"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


def deliver(request: HttpRequest, opened: Opened, *, inline: bool = False) -> HttpResponse:
    """Stream the bytes as an attachment, or the part that was asked for (a player jumps in a film).

    `inline` is for our own small pictures only: they were encoded here from pixels, so no byte of theirs
    came from outside.
    """
    size = opened.reader.size
    start, end = asked_range(request.headers.get("Range", ""), size)
    if start >= size > 0:
        opened.reader.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_pieces(opened, start, end), content_type=opened.mime)
    if (start, end) != (0, size):
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = disposition(opened.name, inline=inline)
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _pieces(opened: Opened, start: int, end: int) -> Iterator[bytes]:
    with opened.reader as reader:
        yield from reader.pieces(start, end)


def asked_range(header: str, size: int) -> tuple[int, int]:
    """(first, one behind the last) byte; all of them when nothing sensible was asked."""
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return 0, size
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    return (start, end) if start < end or start >= size else (0, size)


def disposition(name: str, *, inline: bool = False) -> str:
    """`name` twice: for old programs in ASCII, for others as RFC 5987 says."""
    kind = "inline" if inline else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
