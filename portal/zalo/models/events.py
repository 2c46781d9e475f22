"""What Zalo told us, and what we know of people who use an account."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.crypto import blind_index
from portal.common.fields import EncryptedBytesField, EncryptedTextField, LookupHashField
from portal.common.models import Row
from portal.units.models.scope import UnitScopedQuerySet
from portal.zalo.enums import EventState, Window
from portal.zalo.limits import FREE_WINDOW, PAID_WINDOW
from portal.zalo.models.accounts import OfficialAccount

USER_ID = "zalo.user_id"


class WebhookEventQuerySet(UnitScopedQuerySet):
    unit_path = "account__unit"
    view_permission = "zalo.view_webhookevent"

    def claimable(self, now: dt.datetime) -> Self:
        """Due, or held by a worker whose lease ran out."""
        due = Q(state=EventState.WAITING, next_at__lte=now)
        return self.filter(due | Q(state=EventState.CLAIMED, claimed_until__lte=now))


class WebhookEvent(Row):
    """One event as it came, byte by byte. Only actions/ assign `state`.

    `dedupe_hash` is a keyed hash of event and message id, or of the body: Zalo sends at least once, in
    any order.
    """

    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="events"
    )
    name = models.CharField(_("sự kiện"), max_length=60)
    body = EncryptedBytesField(label="zalo.webhook_event.body")
    by_phone = models.BooleanField(_("tin theo số điện thoại"), default=False)
    dedupe_hash = LookupHashField(label="zalo.webhook_event.dedupe", unique=True)
    happened_at = models.DateTimeField(_("xảy ra lúc"))

    state = models.CharField(
        _("trạng thái"), max_length=8, choices=EventState.choices, default=EventState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    next_at = models.DateTimeField(_("xử lý lúc"))
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    repeats = models.PositiveSmallIntegerField(_("số lần gửi lặp"), default=0)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=80, blank=True)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("sự kiện Zalo")
        verbose_name_plural = _("sự kiện Zalo")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="zalo_event_known_state"),
            models.CheckConstraint(
                condition=~Q(state=EventState.CLAIMED)
                | Q(claim_token__isnull=False, claimed_until__isnull=False),
                name="zalo_event_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state=EventState.WAITING), name="zalo_event_due"),
            models.Index(
                fields=["claimed_until"], condition=Q(state=EventState.CLAIMED), name="zalo_event_lease"
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(state__in=[EventState.DONE, EventState.FAILED]),
                name="zalo_event_old",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_state_display()}"


class ZaloUser(Row):
    """Somebody who met an account. His id is good for this account alone and names nobody by itself.

    `state_at` is when what we know about following happened, so that an older event changes nothing.
    """

    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="users"
    )
    user_id = EncryptedTextField(_("mã người dùng"), label="zalo.zalo_user.user_id")
    user_id_hash = LookupHashField(label=USER_ID)
    user_id_by_app = EncryptedTextField(label="zalo.zalo_user.user_id_by_app", null=True, blank=True)
    followed_at = models.DateTimeField(_("quan tâm lúc"), null=True, blank=True)
    unfollowed_at = models.DateTimeField(_("bỏ quan tâm lúc"), null=True, blank=True)
    last_interaction_at = models.DateTimeField(_("tương tác lần cuối"), null=True, blank=True)

    class Meta:
        verbose_name = _("người dùng Zalo")
        verbose_name_plural = _("người dùng Zalo")
        constraints = [
            models.UniqueConstraint(fields=["account", "user_id_hash"], name="zalo_user_once_per_account")
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def is_following(self) -> bool:
        if self.followed_at is None:
            return False
        return self.unfollowed_at is None or self.unfollowed_at < self.followed_at

    def window(self, now: dt.datetime) -> Window:
        """Free within 48 hours of the last interaction, paid until seven days, then closed. [2]"""
        if self.last_interaction_at is None or now - self.last_interaction_at > PAID_WINDOW:
            return Window.CLOSED
        return Window.FREE if now - self.last_interaction_at <= FREE_WINDOW else Window.PAID


def user_id_hash(user_id: str) -> str:
    """The column to find somebody by."""
    return blind_index(USER_ID, user_id)
