"""SMS through SpeedSMS (speedsms.vn/sms-api): Basic authentication, code "00" means accepted.

It knows no request id: a try whose answer got lost may arrive twice (docs/adr/0034).
"""

import base64
from typing import Any

from django.conf import settings

from portal.notifications.channels.base import Accepted, Outgoing, Report
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.http import Call
from portal.notifications.channels.sms.gate import is_local_provider
from portal.notifications.channels.sms.speedsms.receipts import report_of
from portal.notifications.channels.sms.vendor import SmsVendor, accepted

SEND_PATH = "/index.php/sms/send"
STATUS_PATH = "/index.php/sms/status/"
BRAND_NAME = 3  # sms_type of notices under a brand name
LOCAL_TOKEN, LOCAL_BRAND = "may-mo-phong", "CONGAN"


class SpeedSmsChannel(SmsVendor):
    @property
    def base_url(self) -> str:
        return settings.SPEEDSMS_BASE_URL.rstrip("/")

    def call_for(self, outgoing: Outgoing, text: str) -> Call:
        local = is_local_provider(self.base_url)
        body = {
            "to": [outgoing.phone.removeprefix("+")],
            "content": text,
            "sms_type": BRAND_NAME,
            "sender": outgoing.brand or settings.SPEEDSMS_SENDER or (LOCAL_BRAND if local else ""),
        }
        return Call(self.base_url + SEND_PATH, body, self._headers())

    def read(self, answer: dict[str, Any], text: str) -> Accepted:
        data = _data_of(answer)
        if data.get("invalidPhone"):
            raise ChannelError("speedsms_invalid_phone")
        return accepted(data.get("tranId"), text)

    def status_call(self, provider_ref: str) -> Call:
        return Call(f"{self.base_url}{STATUS_PATH}{provider_ref}", headers=self._headers())

    def read_status(self, answer: dict[str, Any]) -> Report:
        data = answer.get("data")
        rows = data if isinstance(data, list) else [data]
        return Report(report_of(rows[0].get("status") if rows and isinstance(rows[0], dict) else None))

    def _headers(self) -> dict[str, str]:
        token = settings.SPEEDSMS_TOKEN or (LOCAL_TOKEN if is_local_provider(self.base_url) else "")
        return {"Authorization": "Basic " + base64.b64encode(f"{token}:x".encode()).decode()}


def _data_of(answer: dict[str, Any]) -> dict[str, Any]:
    """`data` of a success; ChannelError with the vendor's own code, leading zeros kept."""
    if answer.get("status") == "success" and isinstance(answer.get("data"), dict):
        return answer["data"]
    code = str(answer.get("code", ""))
    raise ChannelError(f"speedsms_{code}" if code.isalnum() and len(code) < 9 else "answer_unreadable")
