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

from portal.notifications.local_provider import esms, pages, speedsms
from portal.notifications.local_provider.callbacks import Callbacks
from portal.notifications.local_provider.phones import Phones
from portal.notifications.local_provider.switches import Switches, strikes
from portal.notifications.local_provider.zalo import Zalo
from portal.notifications.local_provider.zalo_pages import bubble
from portal.notifications.local_provider.zalo_site import site_reply
from portal.notifications.local_provider.zalo_wire import Call

_STYLE = (Path(__file__).parent / "style.css").read_bytes()
_MAX_BODY = 64 * 1024
_MAX_UPLOAD = 6 * 1024 * 1024


class Provider(ThreadingHTTPServer):
    """Holds the phones, the switches and the callbacks of one running provider."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *, host: str, port: int, data: Path | None = None) -> None:
        super().__init__((host, port), Handler)
        self.phones, self.switches, self.callbacks = Phones(data), Switches(), Callbacks()
        self.zalo = Zalo(data)

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
        if self._is_zalo():
            return
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        parts = [part for part in where.path.split("/") if part]
        phones = self.server.phones
        if not parts:
            part = query.get("so", "").replace(" ", "")
            self._html(pages.phones_page(self._overview(part), phones.stats(), part))
        elif parts[0] == "phones" and len(parts) == 2 and parts[1].isdigit():
            self._phone(parts[1])
        elif where.path == esms.STATUS_PATH:
            self._json(esms.status(phones.numbered(query.get("RefId", "")), self.server.switches))
        elif where.path.startswith(speedsms.STATUS_PATH):
            self._json(speedsms.status(phones.numbered(parts[-1]), self.server.switches))
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

    def _overview(self, part: str) -> list[dict[str, Any]]:
        """Phones with SMS, then those that only ever met Zalo."""
        rows = self.server.phones.overview(part=part)
        known = {row["phone"] for row in rows}
        for message in reversed(self.server.zalo.world.state["sent"]):
            if message["phone"] not in known and part in message["phone"]:
                known.add(message["phone"])
                count = len(self.server.zalo.world.messages(message["phone"]))
                rows.append({**message, "count": count, "last": message["text"]})
        return rows

    def _phone(self, phone: str) -> None:
        world = self.server.zalo.world
        accounts = world.state["accounts"]
        rows = [(one["at"], pages.sms_bubble(one)) for one in self.server.phones.messages(phone)]
        rows += [(one["at"], bubble(one, accounts)) for one in world.messages(phone)]
        bubbles = [text for _at, text in sorted(rows, key=lambda row: row[0], reverse=True)]
        self._html(pages.phone_page(phone, bubbles, list(accounts.values())))

    def _is_zalo(self) -> bool:
        """Answer what belongs to Zalo; False leaves the request to the rest."""
        where = urlsplit(self.path)
        ours = where.path.startswith(("/_zalo/", "/zalo", "/phones/"))
        if not ours and not self.server.zalo.knows(self.command, where.path):
            return False
        size = int(self.headers.get("Content-Length") or 0)
        if size > _MAX_UPLOAD:
            self.close_connection = True
            self._json({"error": "too large"}, status=413)
            return True
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, where.path, query, headers, self.rfile.read(size) if size else b"")
        reply = site_reply(self.server.zalo, call) if ours else self.server.zalo.handle(call)
        if reply is None and self.command == "POST":
            self._json({"error": "not found"}, status=404)  # its body is read already
        elif reply is None:
            return False
        elif reply.reset:
            self._reset()
        else:
            self._answer(reply.status, reply.body, reply.kind, reply.headers)
        return True

    def do_POST(self) -> None:
        if self._is_zalo():
            return
        body = self._read_json()
        if body is None:
            self._json({"error": "a JSON object is expected"}, status=400)
        elif self.path.rstrip("/") == esms.SEND_PATH:
            self._send(body)
        elif self.path == speedsms.SEND_PATH:
            self._send_speedsms(body)
        elif self.path == "/_control":
            self._control(body)
        elif self.path == "/_forget":
            self.server.phones.forget()
            self._json({})
        else:
            self._json({"error": "not found"}, status=404)

    def _is_spoiled(self) -> bool:
        """True when a switch answered instead of the vendor."""
        switches = self.server.switches
        if switches.latency_ms:
            time.sleep(switches.latency_ms / 1000)
        if switches.fail_next > 0 or strikes(switches.error_rate):
            switches.fail_next = max(0, switches.fail_next - 1)
            self._answer(502, b"<html>502 Bad Gateway</html>", "text/html")
            return True
        if strikes(switches.reset_rate):
            self._reset()
            return True
        return False

    def _send_speedsms(self, body: dict[str, Any]) -> None:
        switches = self.server.switches
        if self._is_spoiled():
            return None
        if switches.speedsms_busy_for:
            wait = {"X-Rate-Limit-Reset": str(switches.speedsms_busy_for)}
            return self._answer(429, b'{"status":"error","code":"429"}', "application/json", wait)
        answer = speedsms.send(body, self.headers.get("Authorization", ""), self.server.phones, switches)
        if answer["status"] == "success" and strikes(switches.reset_after_accept_rate):
            return self._reset()
        return self._json(answer)

    def _send(self, body: dict[str, Any]) -> None:
        switches = self.server.switches
        if self._is_spoiled():
            return None
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

    def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
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


def serve(*, host: str, port: int, data: Path | None = None, demo: dict[str, str] | None = None) -> None:
    """Run until Ctrl-C or SIGTERM. `demo`: the account the portal was seeded with, see World.begin_demo."""
    with Provider(host=host, port=port, data=data) as provider, suppress(KeyboardInterrupt):
        if demo is not None:
            provider.zalo.world.begin_demo(**demo)
        provider.serve_forever()
