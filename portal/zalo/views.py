"""The webhook: one look-up, one check, one row, 200."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.common.errors import NotAllowed
from portal.zalo.actions.receive_event import receive_event
from portal.zalo.models import OfficialAccount


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, token: str) -> HttpResponse:
    """The signature proves who speaks, the token only leads to the right key."""
    account = OfficialAccount.objects.filter(webhook_token=token).first()
    if account is None:
        return HttpResponseNotFound("no such webhook", content_type="text/plain")
    if request.method == "GET":  # a person or Zalo's console looks whether somebody lives here
        return HttpResponse("OK", content_type="text/plain")
    signature = request.headers.get("X-ZEvent-Signature", "")
    by_phone = request.headers.get("X-ZEvent-Server", "").strip().upper() == "ZNS"
    try:
        receive_event(account=account, body=request.body, signature=signature, by_phone=by_phone)
    except NotAllowed:
        return HttpResponse("wrong signature", status=401, content_type="text/plain")
    return HttpResponse("OK", content_type="text/plain")
