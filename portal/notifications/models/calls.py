"""The officers' call list: people who must be told and whom no message reached."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedJSONField, EncryptedTextField
from portal.common.models import AppendOnly, Row
from portal.notifications.enums import CallOutcome, CallState
from portal.notifications.models.contact_points import ContactPoint
from portal.notifications.models.messages import OutboxMessage
from portal.notifications.workflow import OPEN_CALLS
from portal.units.models import Unit


class CallTaskQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        return self.filter(unit_id__in=officer.unit_ids("notifications.view_calltask"))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_CALLS)

    def held_by_others(self, officer: Any, now: dt.datetime) -> Self:
        """Calls a colleague is making at this moment."""
        held = self.filter(state=CallState.CALLING, claimed_until__gt=now)
        return held.exclude(claimed_by_id=officer.pk)

    def out_of_date(self, now: dt.datetime) -> Self:
        """Too late to call, and nobody is on the phone."""
        busy = Q(state=CallState.CALLING, claimed_until__gt=now)
        return self.open().filter(valid_until__lte=now).exclude(busy)


class CallTask(Row):
    """One person to call about one thing. Only actions/ assign `state`.

    `message` is the outbox row whose last channel this is; None when a room asked for the call itself.
    """

    message = models.OneToOneField(
        OutboxMessage,
        verbose_name=_("tin nhắn"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="call",
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="call_tasks"
    )
    contact_point = models.ForeignKey(
        ContactPoint, verbose_name=_("người nhận"), on_delete=models.PROTECT, related_name="calls"
    )
    notice = models.CharField(_("thông báo"), max_length=60)
    about = models.UUIDField(_("về"), db_index=True)
    context = EncryptedJSONField(_("nội dung"), label="notifications.call_task.context")
    requested_by = models.CharField(_("nơi yêu cầu"), max_length=60)

    state = models.CharField(
        _("trạng thái"), max_length=12, choices=CallState.choices, default=CallState.WAITING
    )
    due_at = models.DateTimeField(_("gọi lúc"))
    valid_until = models.DateTimeField(_("không gọi sau"))
    attempts = models.PositiveSmallIntegerField(_("số lần gọi"), default=0)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("cán bộ đang gọi"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    claimed_until = models.DateTimeField(_("giữ đến"), null=True, blank=True)
    finished_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)

    objects = CallTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("cuộc gọi")
        verbose_name_plural = _("danh sách cần gọi")
        ordering = ("due_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CallState.values), name="notifications_call_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=CallState.CALLING)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="notifications_call_has_caller",
            ),
            models.UniqueConstraint(
                fields=["notice", "about", "contact_point"],
                condition=Q(message__isnull=True, state__in=OPEN_CALLS),
                name="notifications_call_asked_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_at"],
                condition=Q(state__in=OPEN_CALLS),
                name="notifications_call_open",
            ),
            models.Index(
                fields=["valid_until"],
                condition=Q(state__in=OPEN_CALLS),
                name="notifications_call_stale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_point.masked_phone} · {self.get_state_display()}"


class CallAttempt(AppendOnly):
    """One call an officer made: when, and how it ended."""

    call = models.ForeignKey(
        CallTask, verbose_name=_("cuộc gọi"), on_delete=models.PROTECT, related_name="tries"
    )
    number = models.PositiveSmallIntegerField(_("lần"))
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("cán bộ"), on_delete=models.PROTECT, related_name="+"
    )
    called_at = models.DateTimeField(_("gọi lúc"))
    outcome = models.CharField(_("kết quả"), max_length=12, choices=CallOutcome.choices)
    note = EncryptedTextField(_("ghi chú"), label="notifications.call_attempt.note", null=True, blank=True)

    class Meta:
        verbose_name = _("lần gọi")
        verbose_name_plural = _("lần gọi")
        ordering = ("call", "number")
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="notifications_call_attempt_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_outcome_display()}"
