"""A citizen's page: of which hamlets he wants news, or that he wants none at all."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.citizens.actions.hamlet_news import choose_hamlets, refuse_news
from portal.citizens.enums import Channel
from portal.citizens.forms import HamletNewsForm
from portal.citizens.queries import followed_hamlets, refuses_news
from portal.units.models import Unit
from portal.units.pages import for_unit


@require_http_methods(["GET", "POST"])
@for_unit
def hamlet_news(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Ticks and two buttons; the phone was shown by a code. Saving twice changes nothing."""
    if request.citizen is None:
        goal = urlencode({"tiep": request.path})
        return HttpResponseRedirect(f"{reverse('citizens:sign_in', args=[unit.slug])}?{goal}")
    if request.method != "POST":
        return _page(request, unit)
    if "none" in request.POST:
        refuse_news(contact=request.citizen, by=request.citizen)
        return _page(
            request, unit, done=_("Cổng không gửi tin chung đến số này nữa. Tin về lịch hẹn vẫn gửi.")
        )
    try:
        choose_hamlets(
            contact=request.citizen,
            unit=unit,
            hamlet_uids=request.POST.getlist("hamlets"),
            channel=Channel.WEB.value,
            by=request.citizen,
        )
    except ValidationError as error:
        form = HamletNewsForm(request.POST, unit=unit)
        form.show_errors(error)
        return _page(request, unit, form=form)
    return _page(request, unit, done=_("Đã lưu lựa chọn nhận tin."))


def _page(request: HttpRequest, unit: Unit, *, form: Any = None, done: str = "") -> HttpResponse:
    chosen = {"hamlets": followed_hamlets(request.citizen, unit)}
    context = {
        "unit": unit,
        "form": form or HamletNewsForm(unit=unit, initial=chosen),
        "refuses": refuses_news(request.citizen),
        "done": done,
    }
    return render(request, "citizens/hamlet_news.html", context, status=400 if form else 200)
