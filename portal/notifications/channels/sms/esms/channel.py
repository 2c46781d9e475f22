"""SMS through eSMS.vn (SendMultipleMessage_V4_post_json, developers.esms.vn).

CodeResult 100 means accepted, nothing more; 124 means this RequestId was accepted within the last
24 hours, so a try whose answer got lost is not sent twice.
"""

from typing import Any

from django.conf import settings

from portal.notifications.channels.base import Accepted, Outgoing
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.esms.client import post_json
from portal.notifications.channels.sms.esms.receipts import callback_url
from portal.notifications.channels.sms.gate import check_gate, is_local_provider
from portal.notifications.channels.sms.text import count_parts, is_gsm, strip_accents
from portal.notifications.enums import ErrorKind

SEND_PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
CUSTOMER_CARE = "2"  # SmsType of notices under a brand name
ACCEPTED = "100"
# The local provider takes any key and brand but, like the vendor, none that is empty.
LOCAL_KEY, LOCAL_BRAND = "may-mo-phong", "CONGAN"


class EsmsChannel:
    def send(self, outgoing: Outgoing) -> Accepted:
        """Hand one SMS over, without accents (half the price). Raises ChannelError."""
        base_url = settings.ESMS_BASE_URL
        check_gate(phone=outgoing.phone, base_url=base_url)
        text = strip_accents(outgoing.text)
        answer = post_json(base_url.rstrip("/") + SEND_PATH, _body(outgoing, text, base_url))
        code = str(answer.get("CodeResult", ""))
        if code != ACCEPTED and ChannelError(f"esms_{code}").kind != ErrorKind.SUCCESS:
            raise ChannelError(f"esms_{code}" if code.isalnum() and len(code) < 9 else "answer_unreadable")
        return Accepted(provider_ref=str(answer.get("SMSID") or "")[:80], parts=count_parts(text))


def _body(outgoing: Outgoing, text: str, base_url: str) -> dict[str, Any]:
    local = is_local_provider(base_url)
    return {
        "ApiKey": settings.ESMS_API_KEY or (LOCAL_KEY if local else ""),
        "SecretKey": settings.ESMS_SECRET_KEY or (LOCAL_KEY if local else ""),
        "Phone": "0" + outgoing.phone.removeprefix("+84"),
        "Content": text,
        "Brandname": outgoing.brand or settings.ESMS_BRANDNAME or (LOCAL_BRAND if local else ""),
        "SmsType": CUSTOMER_CARE,
        "IsUnicode": "0" if is_gsm(text) else "1",
        "RequestId": outgoing.request_id,
        "CallbackUrl": callback_url(outgoing.uid),
        "Sandbox": "0",
    }
