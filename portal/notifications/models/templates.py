"""What may be said: approved texts, versioned, per unit or for all."""

import re
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.notifications.enums import Channel
from portal.notifications.validators import clean_template_body, parameters_of, template_values
from portal.units.models import Unit

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
        """ValidationError `notice_invalid` or `body_invalid`; fills `parameters` from the body."""
        if not _NOTICE_KEY.fullmatch(self.notice or ""):
            raise ValidationError(
                {"notice": ValidationError(_("Không có thông báo này."), code="notice_invalid")}
            )
        self.body = clean_template_body(self.body)
        self.parameters = parameters_of(self.body)
        if self.channel in (Channel.ZALO_USER, Channel.ZALO_PHONE):
            template_values(self.body)
