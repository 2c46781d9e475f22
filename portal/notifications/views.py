"""Delivery reports of providers. Fast answers: a slow one is reported again."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET

from portal.common.actors import SystemActor
from portal.notifications.actions.record_receipt import record_receipt
from portal.notifications.channels.sms.esms.receipts import read_receipt, uid_of_token

ESMS = SystemActor("esms")


@require_GET
def esms_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """eSMS reports by GET without a signature; the token proves that we made the address."""
    uid = uid_of_token(token)
    if uid is None:
        return HttpResponseNotFound("no such message", content_type="text/plain")
    receipt, cost = read_receipt(request.GET)
    record_receipt(
        message_uid=uid, receipt=receipt, provider_ref=request.GET.get("SMSID", "")[:80], cost=cost, by=ESMS
    )
    return HttpResponse("OK", content_type="text/plain")
