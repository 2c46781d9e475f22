"""One text to many people, the list of who gets it, and who decided what about it."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedTextField
from portal.common.models import AppendOnly, Row
from portal.notifications.enums import LinkUse, MassState, State
from portal.notifications.models.contact_points import ContactPoint
from portal.notifications.models.messages import OutboxMessage
from portal.notifications.workflow import LIVE_MASS
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet

# `intent` of the outbox rows of mass messages; `about` is the mass message's uid.
MASS_INTENT = "mass"
_STILL_OPEN = (State.QUEUED.value, State.CLAIMED.value)


class MassMessageQuerySet(UnitScopedQuerySet):
    view_permission = "notifications.view_massmessage"

    def due(self, now: dt.datetime) -> Self:
        """What a worker should look at, the longest forgotten first."""
        return self.filter(next_at__lte=now).order_by("next_at")


class MassMessage(Row):
    """Something to tell many people. Only actions/ assign `state`.

    `people` is the length of the list made when it was started, `passed` how many of them have an outbox row.
    `figures` counts those rows by state: written by the worker, so that no page counts rows. `estimate` is
    what the dry run found. `next_at` None: nothing is left to do.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="mass_messages"
    )
    title = models.CharField(_("tên tin"), max_length=120)
    text = models.TextField(_("nội dung"))
    link = models.CharField(_("trang kèm theo"), max_length=300, blank=True)
    audience = models.CharField(_("nhóm người nhận"), max_length=60)
    target = models.CharField(max_length=36, blank=True)
    target_label = models.CharField(_("gửi tới"), max_length=200)
    starts_at = models.DateTimeField(_("gửi từ"), null=True, blank=True)
    valid_until = models.DateTimeField(_("không gửi sau"))
    per_minute = models.PositiveIntegerField(_("số tin mỗi phút"))

    state = models.CharField(
        _("trạng thái"), max_length=10, choices=MassState.choices, default=MassState.DRAFT
    )
    created_by = models.CharField(_("người soạn"), max_length=60)
    written_by = models.CharField(_("người sửa cuối"), max_length=60)
    approved_by = models.CharField(_("người cho gửi"), max_length=60, blank=True)
    estimate = models.JSONField(_("kết quả chạy thử"), default=dict, blank=True)
    checked_at = models.DateTimeField(_("chạy thử lúc"), null=True, blank=True)

    people = models.PositiveIntegerField(_("số người nhận"), default=0)
    listed_to = models.BigIntegerField(default=0, editable=False)
    passed = models.PositiveIntegerField(_("đã chuyển gửi"), default=0)
    passed_to = models.BigIntegerField(default=0, editable=False)
    repaired = models.PositiveIntegerField(_("đã bù"), default=0)
    figures = models.JSONField(_("kết quả gửi"), default=dict, blank=True)
    rate = models.PositiveIntegerField(_("tốc độ (tin mỗi phút)"), default=0)
    counted_at = models.DateTimeField(_("đếm lúc"), null=True, blank=True)
    started_at = models.DateTimeField(_("bắt đầu lúc"), null=True, blank=True)
    finished_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)
    paced_to = models.DateTimeField(null=True, blank=True, editable=False)
    next_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MassMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin gửi nhiều người")
        verbose_name_plural = _("tin gửi nhiều người")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MassState.values), name="notifications_mass_known_state"
            ),
            models.CheckConstraint(
                condition=Q(passed__lte=models.F("people")), name="notifications_mass_passed_within_people"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="notifications_mass_due"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        """Started and not yet at its end."""
        return self.state in LIVE_MASS

    @property
    def open_rows(self) -> int:
        """Outbox rows nobody has sent yet, as last counted."""
        return sum(self.figures.get(state, 0) for state in _STILL_OPEN)

    @property
    def handled(self) -> int:
        """How many people it has reached, or never will."""
        return max(0, sum(self.figures.values()) - self.open_rows)

    @property
    def percent(self) -> int:
        return self.handled * 100 // self.people if self.people else 0

    @property
    def seconds_left(self) -> int | None:
        """At the last counted rate; None while there is none."""
        if not self.rate or not self.is_live:
            return None
        return (self.people - self.handled) * 60 // self.rate

    def rows(self) -> Any:
        """Its outbox rows; the unique index of (intent, about, recipient) finds them."""
        return OutboxMessage.objects.filter(intent=MASS_INTENT, about=self.uid)


class MassRecipient(Row):
    """One person on the list made when a mass message was started; never changed afterwards."""

    mass = models.ForeignKey(MassMessage, on_delete=models.CASCADE, related_name="recipients")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("người nhận tin hàng loạt")
        verbose_name_plural = _("người nhận tin hàng loạt")
        constraints = [
            models.UniqueConstraint(
                fields=["mass", "contact_point"], name="notifications_mass_recipient_once"
            )
        ]
        indexes = [models.Index(fields=["mass", "id"], name="notifications_mass_list")]


class MassEntry(AppendOnly):
    """Who moved a mass message from where to where, when and why."""

    mass = models.ForeignKey(MassMessage, on_delete=models.PROTECT, related_name="history")
    frm = models.CharField(_("từ"), max_length=10, blank=True)
    to = models.CharField(_("đến"), max_length=10, choices=MassState.choices)
    actor = models.CharField(_("ai"), max_length=60)
    reason = EncryptedTextField(  # officers' free text: it may name people
        _("lý do"), label="notifications.mass_entry.reason", null=True, blank=True
    )

    class Meta:
        verbose_name = _("lần đổi trạng thái tin hàng loạt")
        verbose_name_plural = _("lịch sử tin hàng loạt")
        ordering = ("pk",)


class ShortLink(Row):
    """A short address that leads to one of our own pages. Openings are counted, never who opened."""

    mass = models.ForeignKey(MassMessage, on_delete=models.PROTECT, related_name="links")
    use = models.CharField(_("nơi dùng"), max_length=8, choices=LinkUse.choices)
    code = models.CharField(_("mã ngắn"), max_length=12, unique=True)
    path = models.CharField(_("trang"), max_length=300)

    class Meta:
        verbose_name = _("đường dẫn ngắn")
        verbose_name_plural = _("đường dẫn ngắn")
        constraints = [
            models.UniqueConstraint(fields=["mass", "use"], name="notifications_short_link_use_once")
        ]

    def __str__(self) -> str:
        return self.code


class ShortLinkDay(Row):
    """How often a short address was opened on one local day."""

    link = models.ForeignKey(ShortLink, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(_("ngày"))
    opened = models.PositiveIntegerField(_("lượt mở"), default=0)

    class Meta:
        verbose_name = _("lượt mở đường dẫn ngắn")
        verbose_name_plural = _("lượt mở đường dẫn ngắn")
        constraints = [
            models.UniqueConstraint(fields=["link", "date"], name="notifications_short_link_day_once")
        ]
