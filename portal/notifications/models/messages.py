"""The outbox: one row per recipient, intent and object. The broker only wakes whoever reads it."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedJSONField
from portal.common.models import Row
from portal.notifications.enums import Channel, MessageClass, Outcome, State
from portal.notifications.limits import is_quiet
from portal.notifications.models.contact_points import ContactPoint
from portal.notifications.models.templates import MessageTemplate
from portal.notifications.workflow import FINAL
from portal.units.models import Unit


class OutboxQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        return self.filter(unit_id__in=officer.unit_ids("notifications.view_outboxmessage"))

    def report_missing(self, now: dt.datetime) -> Self:
        """Accepted, and the provider should have reported by now."""
        return self.filter(state=State.ACCEPTED, report_due__lte=now)

    def ended_before(self, moment: dt.datetime) -> Self:
        """Nothing more will be heard of them, the oldest first."""
        return self.filter(state__in=FINAL, finished_at__lt=moment).order_by("finished_at")

    def silent_since(self, moment: dt.datetime) -> Self:
        """Accepted before it, never reported, and asked about no more."""
        silent = self.filter(state=State.ACCEPTED, report_due__isnull=True)
        return silent.filter(accepted_at__lt=moment).order_by("accepted_at")

    def due(self, now: dt.datetime) -> Self:
        """Waiting, its time has come, still valid, and at night only what may go out at night."""
        return self.filter(state=State.QUEUED, next_at__lte=now)._sendable(now)

    def abandoned(self, now: dt.datetime) -> Self:
        """Held by somebody whose lease ran out."""
        return self.filter(state=State.CLAIMED, claimed_until__lte=now)._sendable(now)

    def claimable(self, now: dt.datetime) -> Self:
        """Due or abandoned."""
        due = Q(state=State.QUEUED, next_at__lte=now)
        abandoned = Q(state=State.CLAIMED, claimed_until__lte=now)
        return self.filter(due | abandoned)._sendable(now)

    def _sendable(self, now: dt.datetime) -> Self:
        rows = self.filter(valid_until__gt=now)
        return rows.filter(keeps_quiet=False) if is_quiet(now) else rows

    def out_of_date(self, now: dt.datetime) -> Self:
        """Not sent in time and held by nobody."""
        waiting = Q(state=State.QUEUED) | Q(state=State.CLAIMED, claimed_until__lte=now)
        return self.filter(waiting, valid_until__lte=now)


def sms_only() -> list[str]:
    """The plan of a notice that names no other channel."""
    return [Channel.SMS.value]


class OutboxMessage(Row):
    """Something to tell one person. Only actions/ assign `state`.

    `context` holds parameters and references; codes are derived from it when the message is sent.
    `send_round` counts how often an officer sent it anew: it is part of the provider's request id, which
    otherwise stays the same over all tries, so that the provider drops repetitions. `attempts` counts the
    tries of this round on this channel.
    """

    intent = models.CharField(_("mục đích"), max_length=80)
    about = models.UUIDField(_("về"))
    recipient = models.ForeignKey(
        ContactPoint, verbose_name=_("người nhận"), on_delete=models.PROTECT, related_name="messages"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="outbox_messages"
    )
    notice = models.CharField(_("thông báo"), max_length=60)
    message_class = models.CharField(_("loại tin"), max_length=15, choices=MessageClass.choices)
    context = EncryptedJSONField(_("nội dung"), label="notifications.outbox_message.context")
    queued_by = models.CharField(_("người tạo"), max_length=60)

    not_before = models.DateTimeField(_("không gửi trước"), null=True, blank=True)
    valid_until = models.DateTimeField(_("không gửi sau"))
    next_at = models.DateTimeField(_("lần gửi tới"))
    counts_against_cap = models.BooleanField(_("tính vào số tin mỗi ngày"), default=True)
    keeps_quiet = models.BooleanField(_("không gửi ban đêm"), default=False)

    state = models.CharField(_("trạng thái"), max_length=10, choices=State.choices, default=State.QUEUED)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    send_round = models.PositiveSmallIntegerField(_("lượt gửi"), default=1)
    plan = models.JSONField(_("các kênh"), default=sms_only)
    hop = models.PositiveSmallIntegerField(_("kênh thứ"), default=0)

    template = models.ForeignKey(
        MessageTemplate,
        verbose_name=_("mẫu đã dùng"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    provider = models.CharField(_("nhà cung cấp"), max_length=20, blank=True)
    provider_ref = models.CharField(_("mã của nhà cung cấp"), max_length=80, blank=True)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=60, blank=True)
    parts = models.PositiveSmallIntegerField(_("số phần tin"), null=True, blank=True)
    cost = models.PositiveIntegerField(_("chi phí (đồng)"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("nhà cung cấp nhận lúc"), null=True, blank=True)
    report_due = models.DateTimeField(_("hỏi kết quả lúc"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin nhắn")
        verbose_name_plural = _("tin nhắn")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["intent", "about", "recipient"], name="notifications_message_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="notifications_message_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLAIMED) | Q(claim_token__isnull=False, claimed_until__isnull=False),
                name="notifications_message_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["message_class", "next_at"],
                condition=Q(state=State.QUEUED),
                name="notifications_message_due",
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(state=State.CLAIMED), name="notifications_message_lease"
            ),
            models.Index(
                fields=["valid_until"],
                condition=Q(state__in=[State.QUEUED, State.CLAIMED]),
                name="notifications_message_stale",
            ),
            models.Index(fields=["unit", "state"], name="notifications_message_unit"),
            models.Index(fields=["recipient", "accepted_at"], name="notifications_message_recent"),
            models.Index(fields=["unit", "accepted_at"], name="notifications_message_month"),
            # What no provider took: the few that count_messages cannot find by accepted_at.
            models.Index(
                fields=["unit", "finished_at"],
                condition=Q(accepted_at__isnull=True, finished_at__isnull=False),
                name="notifications_message_unsent",
            ),
            models.Index(
                fields=["provider", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="notifications_message_ref",
            ),
            models.Index(
                fields=["report_due"], condition=Q(state=State.ACCEPTED), name="notifications_message_report"
            ),
            # What waits after an error: few among many that are not due yet.
            models.Index(
                fields=["last_error", "next_at"],
                condition=Q(state=State.QUEUED) & ~Q(last_error=""),
                name="notifications_message_failed",
            ),
            models.Index(
                fields=["finished_at"], condition=Q(state__in=FINAL), name="notifications_message_ended"
            ),
            models.Index(
                fields=["accepted_at"],
                condition=Q(state=State.ACCEPTED, report_due__isnull=True),
                name="notifications_message_silent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.get_state_display()}"

    @property
    def channel(self) -> str:
        """The channel whose turn it is."""
        return self.plan[self.hop]

    @property
    def call_follows(self) -> bool:
        """True when an officer calls once this channel has failed."""
        return self.plan[self.hop + 1 :][:1] == [Channel.CALL]

    @property
    def text_follows(self) -> bool:
        """True when another channel that carries text stands behind this one."""
        return bool(self.plan[self.hop + 1 :]) and not self.call_follows

    @property
    def must_reach(self) -> bool:
        """True when an officer calls if nothing else arrives."""
        return Channel.CALL in self.plan

    @property
    def is_urgent(self) -> bool:
        """Somebody waits for it, or must not miss it."""
        return not self.keeps_quiet or self.must_reach

    @property
    def request_id(self) -> str:
        """What the provider knows repetitions by: 32 characters, a few more after an officer's resend."""
        return self.uid.hex if self.send_round == 1 else f"{self.uid.hex}-{self.send_round}"


class DeliveryAttempt(Row):
    """One call to a channel, written before the call: no body, no phone."""

    message = models.ForeignKey(
        OutboxMessage, verbose_name=_("tin nhắn"), on_delete=models.CASCADE, related_name="tries"
    )
    send_round = models.PositiveSmallIntegerField(_("lượt gửi"), default=1)
    hop = models.PositiveSmallIntegerField(_("kênh thứ"), default=0)
    number = models.PositiveSmallIntegerField(_("lần"))
    channel = models.CharField(_("kênh"), max_length=20, choices=Channel.choices)
    provider = models.CharField(_("nhà cung cấp"), max_length=20, blank=True)
    started_at = models.DateTimeField(_("bắt đầu"))
    finished_at = models.DateTimeField(_("kết thúc"), null=True, blank=True)
    took_ms = models.PositiveIntegerField(_("mất (mili giây)"), null=True, blank=True)
    outcome = models.CharField(_("kết quả"), max_length=10, choices=Outcome.choices, default=Outcome.STARTED)
    error_code = models.CharField(_("mã lỗi"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("lần gửi")
        verbose_name_plural = _("lần gửi")
        ordering = ("message", "send_round", "hop", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "send_round", "hop", "number"], name="notifications_attempt_once"
            )
        ]
        indexes = [
            # What health.py counts: the calls of the last half minute.
            models.Index(fields=["started_at"], name="notifications_attempt_recent"),
            # What officers are warned of: only calls that went wrong.
            models.Index(
                fields=["error_code", "started_at"],
                condition=~Q(error_code=""),
                name="notifications_attempt_error",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_outcome_display()}"
