"""The HTTP side: routes, faults, answers."""

import json
import socket
import struct
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from portal.notifications.local_provider import esms, pages
from portal.notifications.local_provider.callbacks import Callbacks
from portal.notifications.local_provider.phones import Phones
from portal.notifications.local_provider.switches import Switches, strikes

_STYLE = (Path(__file__).parent / "style.css").read_bytes()
_MAX_BODY = 64 * 1024


class Provider(ThreadingHTTPServer):
    """Holds the phones, the switches and the callbacks of one running provider."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *, host: str, port: int, data: Path | None = None) -> None:
        super().__init__((host, port), Handler)
        self.phones, self.switches, self.callbacks = Phones(data), Switches(), Callbacks()

    def stats(self) -> dict[str, int]:
        sent = {"callbacks": self.callbacks.delivered, "callbacks_given_up": self.callbacks.given_up}
        return self.phones.stats() | sent


class Handler(BaseHTTPRequestHandler):
    """Keep-alive, and one write per answer: two small ones would wait for each other's acknowledgement."""

    protocol_version = "HTTP/1.1"
    server_version = "LocalProvider"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: Provider

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        parts = [part for part in where.path.split("/") if part]
        phones = self.server.phones
        if not parts:
            part = query.get("so", "").replace(" ", "")
            self._html(pages.phones_page(phones.overview(part=part), phones.stats(), part))
        elif parts[0] == "phones" and len(parts) == 2 and parts[1].isdigit():
            self._html(pages.phone_page(parts[1], phones.messages(parts[1])))
        elif parts == ["_phones"]:
            self._json(phones.overview(limit=100_000))
        elif parts[0] == "_phones" and len(parts) == 3 and parts[2] == "messages":
            self._json(phones.messages(parts[1]))
        elif parts == ["_stats"]:
            self._json(self.server.stats())
        elif parts == ["_control"]:
            self._json(self.server.switches.as_dict())
        elif parts == ["_style.css"]:
            self._answer(200, _STYLE, "text/css; charset=utf-8")
        else:
            self._json({"error": "not found"}, status=404)

    def do_POST(self) -> None:
        body = self._read_json()
        if body is None:
            self._json({"error": "a JSON object is expected"}, status=400)
        elif self.path.rstrip("/") == esms.SEND_PATH:
            self._send(body)
        elif self.path == "/_control":
            self._control(body)
        elif self.path == "/_forget":
            self.server.phones.forget()
            self._json({})
        else:
            self._json({"error": "not found"}, status=404)

    def _send(self, body: dict[str, Any]) -> None:
        switches = self.server.switches
        if switches.latency_ms:
            time.sleep(switches.latency_ms / 1000)
        if switches.fail_next > 0:
            switches.fail_next -= 1
            return self._answer(502, b"<html>502 Bad Gateway</html>", "text/html")
        if strikes(switches.error_rate):
            return self._answer(502, b"<html>502 Bad Gateway</html>", "text/html")
        if strikes(switches.reset_rate):
            return self._reset()
        answer = esms.send(body, self.server.phones, switches, self.server.callbacks)
        if answer["CodeResult"] == "100" and strikes(switches.reset_after_accept_rate):
            return self._reset()
        return self._json(answer)

    def _control(self, body: dict[str, Any]) -> None:
        try:
            self.server.switches.update(body)
        except (KeyError, TypeError) as error:
            return self._json({"error": f"unknown switch or wrong value: {error}"}, status=400)
        return self._json(self.server.switches.as_dict())

    def _read_json(self) -> dict[str, Any] | None:
        """A form of another site cannot send application/json without asking first, so it is required."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > _MAX_BODY or not self.headers.get("Content-Type", "").startswith("application/json"):
            self.close_connection = True
            return None
        try:
            body = json.loads(self.rfile.read(size) or b"{}")
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def _reset(self) -> None:
        """Close with RST, as a broken line or a killed proxy does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _json(self, content: Any, *, status: int = 200) -> None:
        self._answer(
            status, json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=utf-8"
        )

    def _html(self, content: str) -> None:
        self._answer(200, content.encode(), "text/html; charset=utf-8")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'"
        )
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: a log line per message would be most of the work, and would name phones."""


def serve(*, host: str, port: int, data: Path | None = None) -> None:
    """Run until Ctrl-C or SIGTERM."""
    with Provider(host=host, port=port, data=data) as provider, suppress(KeyboardInterrupt):
        provider.serve_forever()
