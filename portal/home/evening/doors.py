"""The two doors a citizen has: the pages (a browser without JavaScript) and the REST API."""

import re
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx2

from portal.citizens.work import solve

TIMEOUT = 60
POLL_SECONDS = 0.25
CODE_WAIT_SECONDS = 120
_CODE = re.compile(r"\b(\d{6})\b")


class Refused(Exception):
    """The portal said no: `code` is its stable word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    number: int
    code: str


class _Fields(HTMLParser):
    """Hidden inputs, the token and the error words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.slots: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "input" and found.get("type") == "hidden" and name:
            self.values[name] = found.get("value") or ""
        if tag == "input" and name == "slot" and found.get("type") == "radio" and "disabled" not in found:
            self.slots.append(found.get("value") or "")


def _fields(text: str) -> _Fields:
    parser = _Fields()
    parser.feed(text)
    return parser


class Telephone:
    """Reads what the local provider delivered to an imaginary phone."""

    def __init__(self, client: httpx2.Client, provider: str) -> None:
        self.client, self.provider = client, provider

    def code(self, phone: str) -> str:
        """The newest six digits on the phone; Refused `code_not_delivered` after two minutes."""
        until = time.monotonic() + CODE_WAIT_SECONDS
        while time.monotonic() < until:
            messages = self.client.get(f"{self.provider}/_phones/{phone}/messages").json()
            for message in messages:
                if found := _CODE.search(message["text"]):
                    return found[1]
            time.sleep(POLL_SECONDS)
        raise Refused("code_not_delivered")


class ApiDoor:
    """What a mobile app does."""

    def __init__(self, client: httpx2.Client, base: str, unit: str) -> None:
        self.client, self.base, self.unit = client, base, unit

    def register(self, data: dict[str, str], slot: str, phone: str, telephone: Telephone) -> Answer:
        held = self._post(f"/api/v1/units/{self.unit}/visits/", {**data, "slot": slot})
        confirm = f"/api/v1/visits/{held['booking']}/confirm/"
        done = self._post(confirm, {"code": telephone.code(phone)})
        return Answer(done["number"], done["code"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(self.base + path, json=body)
        facts = answer.json()
        if answer.status_code == 429 and facts.get("code") == "proof_required":
            proof = {name: facts[name] for name in ("seed", "signature")}
            proof["answer"] = solve(facts["seed"], facts["bits"])
            answer = self.client.post(self.base + path, json={**body, "proof": proof})
            facts = answer.json()
        if answer.status_code >= 400:
            errors = facts.get("errors") or []
            raise Refused(errors[0]["code"] if errors else facts.get("code", str(answer.status_code)))
        return facts


class PageDoor:
    """What a browser does; cookies are kept for one citizen only."""

    def __init__(self, client: httpx2.Client, base: str, unit: str) -> None:
        self.client, self.base, self.unit = client, base, unit

    def register(self, data: dict[str, str], slot: str, phone: str, telephone: Telephone) -> Answer:
        self.client.cookies.clear()
        path = f"/{self.unit}/dat-lich/khung-gio/{slot}/"
        page = self.client.get(self.base + path)
        if page.status_code != 200:
            raise Refused(f"page_{page.status_code}")
        answer = self._post(path, _fields(page.text).values | data)
        confirm = answer.headers["Location"]
        token = _fields(self.client.get(self.base + confirm).text).values
        done = self._post(confirm, token | {"code": telephone.code(phone)})
        return self._read_ticket(done.headers["Location"])

    def _post(self, path: str, fields: dict[str, str]) -> httpx2.Response:
        answer = self.client.post(self.base + path, data=fields)
        if answer.status_code == 429:
            asked = _fields(answer.text).values
            if "proof_seed" in asked:
                asked["proof_answer"] = solve(asked["proof_seed"], int(asked["proof_bits"]))
                answer = self.client.post(self.base + path, data=fields | asked)
        if answer.status_code == 302:
            return answer
        raise Refused("slot_full" if _fields(answer.text).slots else f"page_{answer.status_code}")

    def _read_ticket(self, path: str) -> Answer:
        code = path.rstrip("/").rsplit("/", 1)[-1]
        facts = self.client.get(f"{self.base}/api/v1/visits/{code}/").json()
        return Answer(facts["number"], facts["code"])
