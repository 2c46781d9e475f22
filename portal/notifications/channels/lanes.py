"""A connection that a batch asks its questions on, one after the other, at the lowest price HTTP allows.

h11 writes and reads HTTP, asyncio carries it. The layers of a client around the same h11 (pool, streams,
redirects, cookies) cost more than half of all processor time of a mass message, for nothing a provider uses
(docs/adr/0040-recovery-and-lanes.md). What stays: keep-alive, certificates, time limits, and errors that say
whether anything was handed over.
"""

import asyncio
import json
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import h11

from portal.notifications.channels.errors import ChannelError

CONNECT_WITHIN, ANSWER_WITHIN = 5, 10  # seconds
# Providers close idle connections after some time; a younger one is worth a try.
IDLE_SECONDS = 20
MAX_ANSWER = 1024 * 1024
_READ = 64 * 1024


@dataclass(frozen=True)
class Call:
    """One request; `body` None asks by GET. Its repr shows neither keys nor persons."""

    url: str
    body: dict[str, Any] | None = field(default=None, repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True)
class Reply:
    """Status, headers (small letters) and content of an answer."""

    status: int
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class Lane:
    """One connection at a time, opened when needed and again after it broke. Belongs to one event loop."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._origin = ("", "", 0)
        self._used = 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._http = h11.Connection(h11.CLIENT)

    async def ask(self, call: Call) -> Reply:
        """The answer. ChannelError `connect_failed` when nothing was handed over; `timeout` and
        `connection_lost` leave it open."""
        where = urlsplit(call.url)
        reader, writer = await self._open(where)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                writer.write(_written(self._http, call, where))
                await writer.drain()
                reply = await self._read(reader)
        except TimeoutError as error:
            self.close()
            raise ChannelError("timeout") from error
        except (OSError, h11.ProtocolError) as error:
            self.close()
            raise ChannelError("connection_lost") from error
        self._rest()
        return reply

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _open(self, where: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        secure = where.scheme == "https"
        origin = (where.scheme, where.hostname or "", where.port or (443 if secure else 80))
        if self._streams is not None and self._is_good(origin):
            return self._streams
        self.close()
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                self._streams = await asyncio.open_connection(
                    origin[1], origin[2], ssl=self._context if secure else None
                )
        except OSError as error:  # a TimeoutError is one, too
            raise ChannelError("connect_failed") from error
        self._origin, self._http = origin, h11.Connection(h11.CLIENT)
        return self._streams

    def _is_good(self, origin: tuple[str, str, int]) -> bool:
        if self._streams is None:
            return False
        reader, writer = self._streams
        is_idle = time.monotonic() - self._used > IDLE_SECONDS
        return self._origin == origin and not (is_idle or reader.at_eof() or writer.is_closing())

    async def _read(self, reader: asyncio.StreamReader) -> Reply:
        status, headers, content = 0, {}, bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await reader.read(_READ))
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                content += event.data
                if len(content) > MAX_ANSWER:
                    raise ConnectionError("the answer has no end")
            elif isinstance(event, h11.EndOfMessage):
                return Reply(status, headers, bytes(content))
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionError("closed before the answer")

    def _rest(self) -> None:
        self._used = time.monotonic()
        try:
            self._http.start_next_cycle()
        except h11.LocalProtocolError:  # the provider wants a connection for each request
            self.close()


def _written(http: h11.Connection, call: Call, where: SplitResult) -> bytes:
    """Head and body in one piece: two small ones would cost a second system call and packet."""
    headers = [("Host", where.netloc.rpartition("@")[2]), ("Accept", "application/json")]
    body = b""
    if call.body is not None:
        body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    target = (where.path or "/") + (f"?{where.query}" if where.query else "")
    request = h11.Request(method=call.method, target=target, headers=[*headers, *call.headers.items()])
    parts = [request, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]
    return b"".join(http.send(part) or b"" for part in parts)
