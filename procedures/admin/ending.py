"""The page on which a chief of the province ends a document that lets units take dossiers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.common.clock import local_today
from procedures.forms.desk import EndingForm
from procedures.models import Authorisation
from procedures.queries import accepting_by
from procedures.rules import can_record_authorisation


class EndingPage:
    """Mixin before the document's admin: the button “Kết thúc văn bản này” and its page."""

    change_form_before_template = "admin/procedures/authorisation_doors.html"

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None and may_end(request, obj):
            context = context | {"end_url": self._address("end", obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)  # type: ignore[misc]

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "POST"])(self.admin_site.admin_view(self.end_view))  # type: ignore[attr-defined]
        page = path("<path:object_id>/ket-thuc/", view, name="procedures_authorisation_end")
        return [page, *super().get_urls()]  # type: ignore[misc]

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET says what ends with the document, POST ends it."""
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if obj is None:
            raise Http404
        if not can_record_authorisation(request.user, obj.unit):  # type: ignore[arg-type]
            raise PermissionDenied
        form = EndingForm(request.POST or None, officer=request.user, document=obj)
        if form.is_valid() and form.end():
            messages.success(request, _("Đã ghi ngày hết hiệu lực của văn bản."))
            return HttpResponseRedirect(self._address("change", obj))
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Kết thúc văn bản %(number)s") % {"number": obj.number},
            "document": obj,
            "accepting": accepting_by(obj),
            "form": form,
            "media": self.media + form.media,  # type: ignore[attr-defined]
            "back_url": self._address("change", obj),
        }
        return TemplateResponse(request, "admin/procedures/end_authorisation.html", context)

    def _address(self, name: str, obj: Authorisation) -> str:
        return reverse(f"admin:procedures_authorisation_{name}", args=[obj.pk])


def may_end(request: HttpRequest, document: Authorisation) -> bool:
    """What is over cannot be ended again; the action asks both once more."""
    over = document.valid_to is not None and document.valid_to < local_today()
    return not over and can_record_authorisation(request.user, document.unit)  # type: ignore[arg-type]
