"""Delivery reports of providers (fast answers: a slow one is reported again), and short addresses."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.common.actors import SystemActor
from portal.notifications.actions.open_short_link import open_short_link
from portal.notifications.actions.record_receipt import record_receipt, record_receipt_of
from portal.notifications.channels.sms.esms.receipts import read_receipt, uid_of_token
from portal.notifications.channels.sms.speedsms.receipts import is_callback_token, read_report

SPEEDSMS = SystemActor("speedsms")
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


@csrf_exempt
@require_POST
def speedsms_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """SpeedSMS reports all messages to one address by POST; the token in it is our secret."""
    report = read_report(request.body) if is_callback_token(token) else None
    if report is None:
        return HttpResponseNotFound("no such message", content_type="text/plain")
    provider_ref, receipt = report
    record_receipt_of(provider="speedsms", provider_ref=provider_ref, receipt=receipt, by=SPEEDSMS)
    return HttpResponse("OK", content_type="text/plain")


@require_GET
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """To one of our own pages; the opening is counted, who opened is not looked at."""
    path = open_short_link(code=code)
    if path is None:
        raise Http404
    response = HttpResponseRedirect(path)
    response["Cache-Control"] = "no-store"
    return response
