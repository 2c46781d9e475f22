"""The room's own addresses, a page that asks for codes, and the names the frame of every page links to."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.backends.utils import csrf_input
from django.urls import include, path
from django.utils.html import format_html

from portal.citizens.actions.codes import start_verification
from portal.citizens.gate import answer_refusal, read_proof
from portal.citizens.sessions import close_session
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.errors import TooMany
from portal.units.models import Unit

FORM = """<!doctype html><title>Xin mã</title><form method="post">{}
<input name="phone" value="+84750000077"><input name="full_name" value="Lò Thị Mây">
<button>Gửi</button></form>"""


def ask_page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return HttpResponse(format_html(FORM, csrf_input(request)))
    unit = Unit.objects.get(slug="phuong-song-may")
    try:
        start_verification(
            phone=request.POST["phone"],
            purpose="booking",
            unit=unit,
            address=client_address(request),
            proof=read_proof(request.POST),
            by=ANONYMOUS_CITIZEN,
        )
    except TooMany as refusal:
        return answer_refusal(request, refusal=refusal, unit=unit)
    return HttpResponse(f"sent for {request.POST['full_name']}")


def who_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.citizen.uid) if request.citizen is not None else "nobody")


def untouched_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing asked")


def leave_page(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("left")
    close_session(request=request, response=response)
    return response


FRAME = [path("", untouched_page, name="start"), path("tra-cuu/", untouched_page, name="lookup")]

urlpatterns = [
    path("quan-tri/", admin.site.urls),
    path("", include((FRAME, "home"))),
    path("", include("portal.citizens.urls")),
    path("api/v1/", include("portal.citizens.api.urls")),
    path("ask/", ask_page),
    path("who/", who_page),
    path("untouched/", untouched_page),
    path("leave/", leave_page),
    path("favicon.ico", untouched_page),  # browsers ask for it on the bare pages above
]
