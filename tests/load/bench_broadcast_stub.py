"""An SMS provider that only counts: eSMS's answer after a fixed wait, a thousand times a second.

`python -m tests.load.bench_broadcast_stub PORT MILLISECONDS`. GET /_stats says how many requests and how many
different request ids came, and the time from the first to the last. It stands in for a provider's speed,
nothing else; local_provider imitates one.
"""

import asyncio
import json
import re
import sys
import time

REQUEST_ID = re.compile(rb'"RequestId":\s*"([^"]+)"')
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Stub(asyncio.Protocol):
    """One connection; requests of a connection come one after the other."""

    seen: dict[bytes, int] = {}
    wait = 0.0
    first = last = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self.buffer, 0, end)
            size = end + 4 + (int(found.group(1)) if found else 0)
            if len(self.buffer) < size:
                return
            request, self.buffer = self.buffer[:size], self.buffer[size:]
            self.answer(request)

    def answer(self, request: bytes) -> None:
        found = REQUEST_ID.search(request)
        if found is None:
            stats = {
                "requests": sum(self.seen.values()),
                "unique": len(self.seen),
                "seconds": Stub.last - Stub.first,
            }
            self.write(json.dumps(stats).encode())
            return
        Stub.last = time.monotonic()
        Stub.first = Stub.first or Stub.last
        key = found.group(1)
        count = self.seen[key] = self.seen.get(key, 0) + 1
        body = b'{"CodeResult":"%s","SMSID":"%s"}' % (b"100" if count == 1 else b"124", key[:20])
        if self.wait:
            asyncio.get_running_loop().call_later(self.wait, self.write, body)
        else:
            self.write(body)

    def write(self, body: bytes) -> None:
        if not self.transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self.transport.write(head % len(body) + body)


async def serve(port: int, milliseconds: int) -> None:
    Stub.wait = milliseconds / 1000
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
