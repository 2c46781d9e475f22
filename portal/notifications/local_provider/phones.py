"""The imaginary phones: everything they received, in memory and in one append-only file."""

import json
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DEDUPE_SECONDS = 24 * 3600
SAME_TEXT_SECONDS = 5 * 60


@dataclass
class Received:
    """One SMS. `at` is seconds since 1970 by the provider's clock; `phone` reads 075…"""

    number: str
    phone: str
    text: str
    brand: str
    request_id: str
    at: float


class Phones:
    """Thread-safe store. `data` is a folder; None keeps everything in memory only."""

    def __init__(self, data: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._by_phone: OrderedDict[str, list[Received]] = OrderedDict()
        self._by_request: dict[str, Received] = {}
        self._by_number: dict[str, Received] = {}
        self._last_text: dict[tuple[str, str], float] = {}
        self._count = self._repeated = 0
        self._file: Any = None
        if data is not None:
            data.mkdir(parents=True, exist_ok=True)
            self._load(data / "messages.jsonl")
            self._file = (data / "messages.jsonl").open("a", encoding="utf-8")

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                self._remember(Received(**json.loads(line)))
            except (ValueError, TypeError):
                continue  # the last line of a provider that was killed while writing

    def _remember(self, message: Received) -> None:
        self._by_phone.setdefault(message.phone, []).append(message)
        self._by_phone.move_to_end(message.phone)
        if message.request_id:
            self._by_request[message.request_id] = message
        self._last_text[message.phone, message.text] = message.at
        self._by_number[message.number] = message
        self._count += 1

    def receive(self, *, phone: str, text: str, brand: str, request_id: str, now: float) -> Received | None:
        """Take a message; None when this request id was taken within 24 hours."""
        with self._lock:
            earlier = self._by_request.get(request_id) if request_id else None
            if earlier is not None and now - earlier.at < DEDUPE_SECONDS:
                self._repeated += 1
                return None
            message = Received(f"{int(now * 1000):x}{self._count:06x}", phone, text, brand, request_id, now)
            self._remember(message)
            if self._file:
                self._file.write(json.dumps(asdict(message), ensure_ascii=False) + "\n")
                self._file.flush()
            return message

    def had_same_text(self, *, phone: str, text: str, request_id: str, now: float) -> bool:
        """True within 5 minutes of the same text to the same phone under another request id."""
        with self._lock:
            last = self._last_text.get((phone, text))
            return last is not None and now - last < SAME_TEXT_SECONDS and request_id not in self._by_request

    def taken(self, request_id: str) -> Received | None:
        """The message of a request id."""
        with self._lock:
            return self._by_request.get(request_id)

    def numbered(self, number: str) -> Received | None:
        """The message the provider gave this number."""
        with self._lock:
            return self._by_number.get(number)

    def overview(self, *, limit: int = 200, part: str = "") -> list[dict[str, Any]]:
        """Phones with the latest message first; `part` keeps those whose number contains it."""
        with self._lock:
            rows = [
                {"phone": phone, "count": len(messages), "last": messages[-1].text, "at": messages[-1].at}
                for phone, messages in reversed(self._by_phone.items())
                if part in phone
            ]
        return rows[:limit]

    def messages(self, phone: str) -> list[dict[str, Any]]:
        """What a phone received, newest first."""
        with self._lock:
            return [asdict(one) for one in reversed(self._by_phone.get(phone, []))]

    def stats(self) -> dict[str, int]:
        """`duplicates`: messages that reached a phone twice; `repeated`: requests answered 124."""
        with self._lock:
            unique = len(self._by_request)
            return {
                "count": self._count,
                "unique_request_ids": unique,
                "duplicates": self._count - unique,
                "repeated": self._repeated,
                "phones": len(self._by_phone),
            }

    def forget(self) -> None:
        """Empty all phones, on disk too."""
        with self._lock:
            self._by_phone.clear()
            self._by_request.clear()
            self._by_number.clear()
            self._last_text.clear()
            self._count = self._repeated = 0
            if self._file:
                self._file.truncate(0)
