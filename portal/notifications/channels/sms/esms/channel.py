"""SMS through eSMS.vn (SendMultipleMessage_V4_post_json, developers.esms.vn).

CodeResult 100 means accepted, nothing more; 124 means this RequestId was accepted within the last
24 hours, so a try whose answer got lost is not sent twice.
"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from portal.notifications.channels.base import Accepted, Outgoing, Report
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.http import Call
from portal.notifications.channels.sms.esms.receipts import callback_url, read_receipt
from portal.notifications.channels.sms.gate import is_local_provider
from portal.notifications.channels.sms.text import is_gsm
from portal.notifications.channels.sms.vendor import SmsVendor, accepted
from portal.notifications.enums import ErrorKind

SEND_PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
STATUS_PATH = "/MainService.svc/json/GetSendStatus"
CUSTOMER_CARE = "2"  # SmsType of notices under a brand name
ACCEPTED = "100"
# The local provider takes any key and brand but, like the vendor, none that is empty.
LOCAL_KEY, LOCAL_BRAND = "may-mo-phong", "CONGAN"


class EsmsChannel(SmsVendor):
    dedupes = True

    @property
    def base_url(self) -> str:
        return settings.ESMS_BASE_URL.rstrip("/")

    def call_for(self, outgoing: Outgoing, text: str) -> Call:
        local = is_local_provider(self.base_url)
        body = {
            **self._keys(),
            "Phone": "0" + outgoing.phone.removeprefix("+84"),
            "Content": text,
            "Brandname": outgoing.brand or settings.ESMS_BRANDNAME or (LOCAL_BRAND if local else ""),
            "SmsType": CUSTOMER_CARE,
            "IsUnicode": "0" if is_gsm(text) else "1",
            "RequestId": outgoing.request_id,
            "CallbackUrl": callback_url(outgoing.uid),
            "Sandbox": "0",
        }
        return Call(self.base_url + SEND_PATH, body)

    def read(self, answer: dict[str, Any], text: str) -> Accepted:
        _check_code(answer)
        return accepted(answer.get("SMSID"), text)

    def status_call(self, provider_ref: str) -> Call:
        # The vendor takes its keys in the address here; the calls' own log lines are switched off.
        return Call(f"{self.base_url}{STATUS_PATH}?{urlencode({'RefId': provider_ref, **self._keys()})}")

    def read_status(self, answer: dict[str, Any]) -> Report:
        _check_code(answer)
        return Report(*read_receipt({name: str(value) for name, value in answer.items()}))

    def _keys(self) -> dict[str, str]:
        spare = LOCAL_KEY if is_local_provider(self.base_url) else ""
        return {
            "ApiKey": settings.ESMS_API_KEY or spare,
            "SecretKey": settings.ESMS_SECRET_KEY or spare,
        }


def _check_code(answer: dict[str, Any]) -> None:
    code = str(answer.get("CodeResult", answer.get("CodeResponse", "")))
    if code != ACCEPTED and ChannelError(f"esms_{code}").kind != ErrorKind.SUCCESS:
        raise ChannelError(f"esms_{code}" if code.isalnum() and len(code) < 9 else "answer_unreadable")
