"""What citizens and a unit say to each other over an Official Account."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedJSONField, EncryptedTextField
from portal.common.models import AppendOnly, Row
from portal.conversations.enums import (
    BROKEN,
    ON_THE_WAY,
    ConversationState,
    Direction,
    MessageKind,
    SendState,
)
from portal.conversations.rules import VIEW
from portal.conversations.workflow import HELD
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet
from portal.zalo.models import OfficialAccount, ZaloUser


class ConversationQuerySet(UnitScopedQuerySet):
    view_permission = VIEW

    def idle(self, before: dt.datetime) -> Self:
        """Waiting for somebody who has said nothing since."""
        quiet = Q(last_in_at__lt=before) | Q(last_in_at__isnull=True)
        return self.filter(quiet, state=ConversationState.WAITING, last_at__lt=before)

    def forgotten(self, before: dt.datetime) -> Self:
        return self.filter(last_at__lt=before)


class Conversation(Row):
    """Everything between one person and one account. Only actions/ assign `state`.

    `version` grows with every message and every change of hands: who answers names the one he saw.
    `unread` counts what came since an officer last answered. `last_line` is the newest line, for the list.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="conversations"
    )
    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="conversations"
    )
    zalo_user = models.OneToOneField(
        ZaloUser, verbose_name=_("người dùng Zalo"), on_delete=models.PROTECT, related_name="conversation"
    )
    shared_info = EncryptedJSONField(
        _("thông tin tự chia sẻ"), label="conversations.conversation.shared_info", null=True, blank=True
    )
    last_line = EncryptedTextField(
        _("dòng cuối"), label="conversations.conversation.last_line", null=True, blank=True
    )

    state = models.CharField(
        _("trạng thái"),
        max_length=10,
        choices=ConversationState.choices,
        default=ConversationState.CLOSED,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người trả lời"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    version = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(_("chưa trả lời"), default=0)
    is_urgent = models.BooleanField(_("khẩn"), default=False)
    has_broken = models.BooleanField(_("có tin chưa gửi được"), default=False)
    last_at = models.DateTimeField(_("tin cuối lúc"))
    last_in_at = models.DateTimeField(_("công dân nhắn lúc"), null=True, blank=True)
    last_out_at = models.DateTimeField(_("đơn vị nhắn lúc"), null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("cuộc trò chuyện")
        verbose_name_plural = _("trò chuyện Zalo")
        ordering = ("-last_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ConversationState.values), name="conversations_known_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD, assignee__isnull=False)
                | (~Q(state__in=HELD) & Q(assignee__isnull=True)),
                name="conversations_held_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "-last_at"], name="conversations_inbox"),
            models.Index(fields=["last_at"], name="conversations_old"),
        ]

    def __str__(self) -> str:
        return str(_("Người dùng Zalo %(mark)s")) % {"mark": self.mark}

    @property
    def mark(self) -> str:
        """Four signs by which officers tell unnamed people apart; they lead nowhere."""
        return self.uid.hex[:4].upper()

    @property
    def shared_name(self) -> str:
        """What the person calls himself; nobody checked it."""
        return str((self.shared_info or {}).get("name") or "")

    @property
    def shared_phone(self) -> str:
        return str((self.shared_info or {}).get("phone") or "")


class ChatMessageQuerySet(models.QuerySet):
    def outgoing(self) -> Self:
        return self.filter(direction=Direction.OUT)

    def on_the_way(self) -> Self:
        return self.filter(state__in=ON_THE_WAY)

    def broken(self) -> Self:
        return self.filter(state__in=BROKEN)

    def lost(self, now: dt.datetime) -> Self:
        """Held by a worker whose lease ran out."""
        return self.filter(state=SendState.SENDING, claimed_until__lte=now)

    def due(self, now: dt.datetime) -> Self:
        return self.filter(state=SendState.QUEUED, next_at__lte=now)

    def in_order(self) -> Self:
        """As they happened; Zalo promises no order of its events. [i]"""
        return self.order_by("happened_at", "pk")


class ChatMessage(Row):
    """One message, either way. Only actions/ assign `state`, which is "" for a citizen's.

    `body`: `text`, `attachments` (`type`, `url`, `name`, `size`), `location`, `buttons`. `once` is the reason
    of an outgoing row and there can be no second row for it; `answer` names the automatic answer.
    """

    conversation = models.ForeignKey(
        Conversation, verbose_name=_("cuộc trò chuyện"), on_delete=models.CASCADE, related_name="messages"
    )
    direction = models.CharField(_("chiều"), max_length=3, choices=Direction.choices)
    kind = models.CharField(_("loại"), max_length=14, choices=MessageKind.choices, default=MessageKind.TEXT)
    body = EncryptedJSONField(_("nội dung"), label="conversations.chat_message.body")
    provider_id = models.CharField(_("mã tin của Zalo"), max_length=120, blank=True)
    happened_at = models.DateTimeField(_("lúc"))

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("cán bộ"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.CharField(_("câu trả lời tự động"), max_length=40, blank=True)
    once = models.CharField(max_length=120, null=True, blank=True, unique=True, editable=False)

    state = models.CharField(_("trạng thái gửi"), max_length=10, choices=SendState.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    next_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True)
    valid_until = models.DateTimeField(_("không gửi sau"), null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=40, blank=True)

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin trò chuyện")
        verbose_name_plural = _("tin trò chuyện")
        ordering = ("happened_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "direction", "provider_id"],
                condition=~Q(provider_id=""),
                name="conversations_message_once",
            ),
            models.CheckConstraint(
                condition=Q(direction=Direction.IN, state="")
                | Q(direction=Direction.OUT, state__in=SendState.values),
                name="conversations_only_ours_are_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state=SendState.SENDING)
                | Q(claim_token__isnull=False, claimed_until__isnull=False),
                name="conversations_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "happened_at"], name="conversations_history"),
            models.Index(fields=["next_at"], condition=Q(state=SendState.QUEUED), name="conversations_due"),
            models.Index(
                fields=["claimed_until"], condition=Q(state=SendState.SENDING), name="conversations_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.happened_at:%d/%m/%Y}"

    @property
    def text(self) -> str:
        return str(self.body.get("text") or "")

    @property
    def is_mine(self) -> bool:
        return self.direction == Direction.OUT

    @property
    def is_automatic(self) -> bool:
        return bool(self.answer)


class StatusEntry(AppendOnly):
    """Who moved a conversation from where to where, to whom and why."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="entries")
    frm = models.CharField(_("từ"), max_length=10, blank=True)
    to = models.CharField(_("đến"), max_length=10, choices=ConversationState.choices)
    verb = models.CharField(_("việc"), max_length=12)
    actor = models.CharField(_("ai"), max_length=60)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = EncryptedTextField(  # officers' free text: it names people
        _("ghi chú"), label="conversations.status_entry.note", null=True, blank=True
    )

    class Meta:
        verbose_name = _("lần đổi trạng thái")
        verbose_name_plural = _("lịch sử trạng thái")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"


class Outcome(AppendOnly):
    """What a conversation became in another room: `target` is a key of targets.py, `about` its row."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="outcomes")
    target = models.CharField(_("đã chuyển thành"), max_length=40)
    about = models.UUIDField(_("về"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("cán bộ"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("việc đã tạo từ trò chuyện")
        verbose_name_plural = _("việc đã tạo từ trò chuyện")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "target", "about"], name="conversations_outcome_once"
            )
        ]

    def __str__(self) -> str:
        return self.target
