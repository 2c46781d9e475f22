"""A client of the imitated Zalo for tests: asks for consent, holds a token, reads what the provider tells."""

import threading
from urllib.parse import parse_qs, urlsplit

import httpx2

from portal.notifications.local_provider.server import Provider
from portal.notifications.local_provider.zalo_wire import challenge_of, proof_of
from portal.notifications.local_provider.zalo_world import FIRST_OA

OA, APP, SECRET, KEY = (FIRST_OA[name] for name in ("oa_id", "app_id", "app_secret", "oa_secret"))
PHONE, VERIFIER, BACK = "0750123456", "v" * 43, "http://portal.test/quan-tri/zalo/"
HOUR = 3600


class Client:
    """Holds a base address and, once granted, a token."""

    def __init__(self, base: str) -> None:
        self.base, self.http, self.token = base, httpx2.Client(trust_env=False, timeout=10), ""

    def consent(self, **changes: str) -> httpx2.Response:
        asked = {"app_id": APP, "redirect_uri": BACK, "code_challenge": challenge_of(VERIFIER), "state": "s1"}
        return self.http.get(f"{self.base}/v4/oa/permission/cho-phep", params=asked | {"oa_id": OA} | changes)

    def code(self) -> str:
        return parse_qs(urlsplit(self.consent().headers["Location"]).query)["code"][0]

    def ask_token(self, secret: str = SECRET, **fields: str) -> dict:
        answer = self.http.post(
            f"{self.base}/v4/oa/access_token", data={"app_id": APP, **fields}, headers={"secret_key": secret}
        )
        return answer.json() if answer.content else {}

    def exchange(self, code: str, **changes: str) -> dict:
        fields = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        return self.ask_token(**fields | changes)

    def refresh(self, token: str) -> dict:
        return self.ask_token(grant_type="refresh_token", refresh_token=token)

    def connect(self) -> dict:
        pair = self.exchange(self.code())
        self.token = pair["access_token"]
        return pair

    def headers(self) -> dict[str, str]:
        return {"access_token": self.token, "appsecret_proof": proof_of(self.token, SECRET)}

    def post(self, path: str, body: dict) -> dict:
        return self.http.post(self.base + path, json=body, headers=self.headers()).json()

    def get(self, path: str, **query: str) -> dict:
        return self.http.get(self.base + path, params=query, headers=self.headers()).json()

    def control(self, what: str, **values) -> dict:
        return self.http.post(f"{self.base}/_zalo/{what}", json=values).raise_for_status().json()

    def told(self, what: str):
        return self.http.get(f"{self.base}/_zalo/{what}").json()

    def act(self, act: str, phone: str = PHONE, text: str = "") -> str:
        self.control("act", oa_id=OA, phone=phone, act=act, text=text)
        return next(one["user_id"] for one in self.told("members") if one["phone"] == phone)

    def say(self, user_id: str, **message) -> int:
        body = {"recipient": {"user_id": user_id}, "message": message or {"text": "Chào ông/bà"}}
        return self.post("/v3.0/oa/message/cs", body)["error"]


def run(folder) -> Provider:
    provider = Provider(host="127.0.0.1", port=0, data=folder)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    return provider
