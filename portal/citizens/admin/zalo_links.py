"""Which phones lead to a Zalo user: looked up at the counter by phone, ended with a reason."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.citizens.actions.link_zalo import end_link
from portal.citizens.forms import UnlinkForm
from portal.citizens.rules import can_end_link
from portal.common.admin import PrivateSearch, ReadOnlyAdmin
from portal.common.crypto import blind_index
from portal.common.phones import clean_phone
from portal.notifications.models import ZaloLink


@admin.register(ZaloLink)
class ZaloLinkAdmin(PrivateSearch, ReadOnlyAdmin):
    """Numbers are masked; who holds one searches for it."""

    audit_reads = True
    change_form_outer_after_template = "admin/citizens/link_steps.html"
    list_display = fields = ("to", "account", "how", "linked", "ended")
    list_select_related = ("account__unit", "contact_point")
    search_fields = ("pk",)
    search_help_text = _("Số điện thoại đầy đủ")
    ordering = ("-linked_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("account__unit", "contact_point")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Exactly this phone; nobody for something that is none."""
        if not search_term.strip():
            return queryset, False
        try:
            phone_hash = blind_index("phone", clean_phone(search_term))
        except ValidationError:
            return queryset.none(), False
        return queryset.filter(contact_point__phone_hash=phone_hash), False

    def scope_of(self, obj: ZaloLink) -> Any:
        return obj.account

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "POST"])(self.admin_site.admin_view(self.end_view))
        return [path("<path:object_id>/ngung/", view, name="notifications_zalolink_end"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None and obj.ended_at is None and can_end_link(request.user, obj):
            context = context | {"end_url": self._address("end", obj.pk)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks why, POST ends the link."""
        link = self.get_object(request, object_id)
        if link is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not can_end_link(request.user, link):
            raise PermissionDenied
        form = UnlinkForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            end_link(link=link, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("Đã ngừng liên kết. Tin gửi bằng SMS."))
            return HttpResponseRedirect(self._address("change", link.pk))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Ngừng liên kết Zalo"),
            "button": _("Ngừng liên kết"),
            "form": form,
            "back": self._address("change", link.pk),
            "lines": [
                self.to(link),
                _("Tin cho số này không gửi qua Zalo nữa; người dân liên kết lại được."),
            ],
        }
        return TemplateResponse(request, "admin/citizens/question.html", context)

    def _address(self, page: str, pk: int) -> str:
        return reverse(f"admin:notifications_zalolink_{page}", args=[pk], current_app=self.admin_site.name)

    @admin.display(description=_("số điện thoại"))
    def to(self, link: ZaloLink) -> str:
        return link.contact_point.masked_phone

    @admin.display(description=_("liên kết lúc"), ordering="linked_at")
    def linked(self, link: ZaloLink) -> str:
        return _moment(link.linked_at)

    @admin.display(description=_("ngừng lúc"), ordering="ended_at")
    def ended(self, link: ZaloLink) -> str:
        return _moment(link.ended_at) if link.ended_at else "-"


def _moment(when: Any) -> str:
    return date_format(localtime(when), "DATETIME_FORMAT")
