"""Texts on the officers' desk: looked at as they will arrive before they are saved as a new version."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.common.admin import ScopedAdmin
from portal.common.errors import DomainError
from portal.notifications.actions.templates import change_template, create_template
from portal.notifications.channels.sms.text import count_parts, is_gsm, strip_accents
from portal.notifications.enums import Channel
from portal.notifications.forms import TemplateForm
from portal.notifications.models import MessageTemplate
from portal.notifications.queries import active_version, version_before
from portal.notifications.rendering import LONGEST, changes_of, example, longest, strangers_of, title_of

_ZALO = (Channel.ZALO_OA, Channel.ZALO_USER, Channel.ZALO_PHONE)


@dataclass(frozen=True)
class SmsLook:
    """One way a text may go out by SMS, with the longest values."""

    label: Any
    text: str
    chosen: bool

    @property
    def alphabet(self) -> str:
        return "GSM-7" if is_gsm(self.text) else "UCS-2"

    @property
    def letters(self) -> int:
        return len(self.text)

    @property
    def parts(self) -> int:
        return count_parts(self.text)

    @property
    def price(self) -> int:
        return self.parts * settings.SMS_PART_PRICE


def look_of(template: MessageTemplate, before: MessageTemplate | None) -> dict[str, Any]:
    """How a text will arrive, and what changed since the version before it."""
    text = longest(template)
    ways = (
        SmsLook(_("Không dấu"), strip_accents(text), not template.keep_accents),
        SmsLook(_("Có dấu"), text, template.keep_accents),
    )
    return {
        "ways": ways if template.channel == Channel.SMS else (),
        "card": text if template.channel in _ZALO else "",
        "spoken": text if template.channel == Channel.CALL else "",
        "title": title_of(template.notice),
        "values": [(name, len(LONGEST.get(name, ""))) for name in template.parameters],
        "strangers": strangers_of(template),
        "before": before,
        "changes": changes_of(before.body, template.body) if before and before.body != template.body else [],
    }


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ScopedAdmin):
    """Saving makes a new version, of a default for the officer's unit; old versions are only looked at.

    "Xem trước" shows what was typed as it would arrive and saves nothing.
    """

    form = TemplateForm
    change_form_after_template = "admin/notifications/template_look.html"
    list_display = ("title", "channel", "unit", "version", "is_active", "keep_accents", "parts", "price")
    list_filter = ("is_active", "channel", "notice")
    list_select_related = ("unit",)
    autocomplete_fields = ("unit",)
    fields = (
        "notice",
        "channel",
        "unit",
        "provider_id",
        "body",
        "keep_accents",
        "sms_text",
        "parts",
        "price",
        "version",
        "is_active",
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: MessageTemplate | None = None
    ) -> tuple[str, ...]:
        computed = ("sms_text", "parts", "price", "version", "is_active")
        return computed if obj is None else ("notice", "channel", "unit", *computed)

    def has_change_permission(self, request: HttpRequest, obj: MessageTemplate | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_active)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: ModelForm, change: bool) -> None:
        # The default speaks for every unit: an officer who changes it gets a text of his own unit.
        unit = obj.unit or request.user.unit
        given = {
            "body": obj.body,
            "provider_id": obj.provider_id,
            "keep_accents": obj.keep_accents,
            "unit": unit,
            "by": request.user,
        }
        try:
            if change:
                change_template(template=MessageTemplate.objects.get(pk=obj.pk), **given)
            else:
                fresh = create_template(channel=obj.channel, notice=obj.notice, **given)
                obj.pk, obj.uid = fresh.pk, fresh.uid
        except DomainError as refusal:
            messages.error(request, refusal.message)

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        typed = form.typed() if isinstance(form, TemplateForm) else None
        if typed is not None:
            # The form wrote what was typed into `obj` itself.
            standing = MessageTemplate.objects.filter(pk=obj.pk).first() if obj else active_version(typed)
            context["look"] = look_of(typed, standing)
        elif obj is not None:
            context["look"] = look_of(obj, version_before(obj))
        context["may_preview"] = obj is None or self.has_change_permission(request, obj)
        context["asks_preview"] = typed is not None
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=_("thông báo"), ordering="notice")
    def title(self, template: MessageTemplate) -> str:
        return title_of(template.notice)

    @admin.display(description=_("tin SMS gửi đi (tham số viết hoa)"))
    def sms_text(self, template: MessageTemplate) -> str:
        return self._as_sent(template) if self._is_sms(template) else "-"

    @admin.display(description=_("số phần tin"))
    def parts(self, template: MessageTemplate) -> int | str:
        return count_parts(self._as_sent(template)) if self._is_sms(template) else "-"

    @admin.display(description=_("khoảng bao nhiêu đồng"))
    def price(self, template: MessageTemplate) -> int | str:
        if not self._is_sms(template):
            return "-"
        return count_parts(self._as_sent(template)) * settings.SMS_PART_PRICE

    def _as_sent(self, template: MessageTemplate) -> str:
        text = example(template)
        return text if template.keep_accents else strip_accents(text)

    def _is_sms(self, template: MessageTemplate) -> bool:
        return bool(template.body) and template.channel == Channel.SMS
