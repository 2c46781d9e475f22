"""The planted people of the canary search, and the doors they and the officer go through."""

from typing import Any

import httpx2

from portal.citizens.work import solve
from portal.home.evening.doors import PageDoor, Telephone, _fields
from portal.notifications.local_provider.zalo_world import FIRST_OA, World
from tests.canary_stack import Stack

WARD = "Phường Hải Vân Đông"
PHONES = ("757913862", "758264917", "756193748", "759482635", "755739164", "754826193")
NUMBER, DOUBTFUL = "001184739265", "001191640283"
OA_ID = FIRST_OA["oa_id"]
# What is said on Zalo: by a citizen, by an officer to him, by the officer to a colleague about him.
SAID, ANSWERED, NOTED = "ngỗng đạp xe lộn vòng", "vịt xiêm khoác áo tơi", "chồn hương thổi sáo trúc"
NEEDLES = {
    "name": ["Khuyếch Đoỏng", "Khuyếch"],
    "phone": PHONES,
    "identity number": [NUMBER, DOUBTFUL],
    "address": ["47 ngõ Khoai Mài Tím"],
    "representative": ["Xoàng Xĩnh"],
    "note": ["phiên dịch tiếng khuẩy nước"],
    "occupation": ["Thợ gò xoong nhôm"],
    "birth date": ["17/03/1984", "1984-03-17"],
    # The first of nobody the local provider knows; the others it gives the holder of the first phone.
    "zalo id": [
        "3918264750918273645",
        World._id("3", f"{OA_ID}:0{PHONES[0]}"),
        World._id("4", f"{FIRST_OA['app_id']}:0{PHONES[0]}"),
    ],
    "words on zalo": [SAID, ANSWERED, NOTED],
}


def declaration(which: int, /, **changes: str) -> dict[str, str]:
    """A right declaration of the planted person with their `which`-th phone."""
    return {
        "full_name": "Bạch Thị Khuyếch Đoỏng",
        "birth_date": "17/03/1984",
        "phone": f"0{PHONES[which]}",
        "request_kind": "swap",
        "identity_number": NUMBER,
        "occupation": "Thợ gò xoong nhôm",
        "permanent_address": "47 ngõ Khoai Mài Tím",
        "current_address": "Nhà trọ, 47 ngõ Khoai Mài Tím",
        "representative_name": "Lục Văn Xoàng Xĩnh",
        "note": "Cần phiên dịch tiếng khuẩy nước",
    } | changes


class Road:
    """One citizen's browser and telephone app, and one officer's browser."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.client = self.new_client()
        self.unit = stack.sql("SELECT slug FROM units_unit WHERE display_name = %s", WARD)[0][0]
        self.door = PageDoor(self.client, stack.base, self.unit)
        self.telephone = Telephone(self.new_client(), stack.provider)
        campaign = self.get_json(f"/api/v1/units/{self.unit}/campaigns/")[0]["uid"]
        self.slots = [
            row["uid"]
            for row in self.get_json(f"/api/v1/units/{self.unit}/campaigns/{campaign}/slots/")["results"]
        ]

    @staticmethod
    def new_client() -> httpx2.Client:
        """A new connection for each page: on a busy machine the server closes an idle one as it is used."""
        once = httpx2.Limits(max_keepalive_connections=0)
        return httpx2.Client(trust_env=False, timeout=60, limits=once)

    def get_json(self, path: str) -> Any:
        return self.client.get(self.stack.base + path).json()

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(self.stack.base + path, follow_redirects=True)

    def post(
        self, path: str, fields: dict[str, str], *, page: str = "", follow: bool = False
    ) -> httpx2.Response:
        """Send a form of `page` (`path` itself) with its hidden fields, solving what the gate asks for."""
        hidden = _fields(self.get(page or path).text).values
        answer = self.client.post(self.stack.base + path, data=hidden | fields, follow_redirects=follow)
        asked = _fields(answer.text).values
        if answer.status_code == 429 and "proof_seed" in asked and "proof_wait" not in fields:
            asked["proof_answer"] = solve(asked["proof_seed"], int(asked["proof_bits"]))
            answer = self.client.post(self.stack.base + path, data=hidden | fields | asked)
        return answer

    def api(self, path: str, body: Any) -> httpx2.Response:
        """POST JSON, solving what the gate asks for."""
        answer = self.client.post(self.stack.base + path, json=body)
        if answer.status_code == 429 and answer.json().get("seed"):
            facts = answer.json()
            proof = {"seed": facts["seed"], "signature": facts["signature"]}
            proof["answer"] = solve(facts["seed"], facts["bits"])
            answer = self.client.post(self.stack.base + path, json={**body, "proof": proof})
        return answer

    def slot_page(self, slot: int) -> str:
        return f"/{self.unit}/dat-lich/khung-gio/{self.slots[slot]}/"

    @property
    def visits(self) -> str:
        return f"/api/v1/units/{self.unit}/visits/"


def expect(answer: httpx2.Response, *statuses: int) -> httpx2.Response:
    """Without this the journey could pass by a refusal at the first step."""
    assert answer.status_code in statuses, f"{answer.request.url}: {answer.status_code} {answer.text[:2000]}"
    return answer
