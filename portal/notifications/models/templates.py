"""What may be said: approved texts, versioned, per unit or for all."""

import re
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.notifications.enums import Channel
from portal.notifications.validators import (
    check_locked_screen,
    clean_template_body,
    parameters_of,
    template_values,
)
from portal.units.models import Unit
from portal.zalo.models import ZaloTemplate

_NOTICE_KEY = re.compile(r"[a-z_]+\.[a-z_]+")


class MessageTemplateQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        """Templates of the officer's units, and the defaults that hold for everybody."""
        ids = officer.unit_ids("notifications.view_messagetemplate")
        return self.filter(Q(unit__isnull=True) | Q(unit_id__in=ids)) if ids else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


class MessageTemplate(Row):
    """A text carriers have approved. Rows are never edited: a change is a new version (actions/templates)."""

    unit = models.ForeignKey(
        Unit,
        verbose_name=_("đơn vị"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="message_templates",
        help_text=_("Để trống: dùng cho mọi đơn vị chưa có mẫu riêng."),
    )
    channel = models.CharField(_("kênh"), max_length=20, choices=Channel.choices, default=Channel.SMS)
    notice = models.CharField(_("thông báo"), max_length=60)
    provider_id = models.CharField(_("mã mẫu của nhà cung cấp"), max_length=60, blank=True)
    body = models.TextField(_("nội dung"))
    keep_accents = models.BooleanField(
        _("gửi có dấu"),
        default=False,
        help_text=_("Tin SMS có dấu dễ đọc hơn nhưng thường tốn gấp đôi số phần tin."),
    )
    parameters = models.JSONField(_("tham số"), default=list, editable=False)
    version = models.PositiveIntegerField(_("phiên bản"), default=1, editable=False)
    is_active = models.BooleanField(_("đang dùng"), default=True, editable=False)
    from_file = models.BooleanField(_("mẫu đi kèm phần mềm"), default=False, editable=False)

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mẫu tin")
        verbose_name_plural = _("mẫu tin")
        ordering = ("notice", "channel", "-version")
        constraints = [
            # Two constraints, because NULL differs from NULL in a unique index.
            models.UniqueConstraint(
                fields=["unit", "channel", "notice"],
                condition=Q(is_active=True, unit__isnull=False),
                name="notifications_template_unit_once",
            ),
            models.UniqueConstraint(
                fields=["channel", "notice"],
                condition=Q(is_active=True, unit__isnull=True),
                name="notifications_template_default_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.get_channel_display()} · {self.version}"

    def clean(self) -> None:
        """Fills `parameters` from the body.

        ValidationError `notice_invalid`, `body_invalid`, `text_reveals`, `text_personal`; for templates of
        Zalo also what _check_binding refuses.
        """
        if not _NOTICE_KEY.fullmatch(self.notice or ""):
            raise ValidationError(
                {"notice": ValidationError(_("Không có thông báo này."), code="notice_invalid")}
            )
        self.body = clean_template_body(self.body)
        self.parameters = parameters_of(self.body)
        if self.channel != Channel.CALL:
            check_locked_screen(self.body)
        if self.channel in (Channel.ZALO_USER, Channel.ZALO_PHONE):
            self._check_binding()

    def _check_binding(self) -> None:
        """The row names an approved template of its unit's account and a value for each parameter of it.

        ValidationError `zalo_template_unknown`, `zalo_template_not_approved`, `zalo_template_not_by_user`,
        `zalo_params_unfit`, and what template_values refuses.
        """
        names = set(template_values(self.body))
        rows = ZaloTemplate.objects.filter(account__unit_id=self.unit_id, template_id=self.provider_id)
        found = rows.first() if self.unit_id and self.provider_id else None
        if found is None:
            message = _("Không thấy mã mẫu này ở Zalo OA của đơn vị. Xin chọn đơn vị có OA và đọc lại mẫu.")
            raise _refused("provider_id", message, "zalo_template_unknown")
        if not found.is_approved:
            message = _("Mẫu này chưa dùng được: %(state)s.")
            raise _refused("provider_id", message, "zalo_template_not_approved", state=found.state_text)
        if self.channel == Channel.ZALO_USER and not found.goes_by_user:
            message = _("Mẫu mã xác nhận không gửi được theo người dùng. Xin chọn kênh theo số điện thoại.")
            raise _refused("channel", message, "zalo_template_not_by_user")
        wrong = sorted(set(found.required_names) - names) + sorted(names - set(found.param_names))
        if wrong:
            message = _("Các tham số chưa khớp với mẫu của Zalo: %(names)s.")
            raise _refused("body", message, "zalo_params_unfit", names=", ".join(wrong))


def _refused(field: str, message: Any, code: str, **params: str) -> ValidationError:
    return ValidationError({field: ValidationError(message, code, params)})
