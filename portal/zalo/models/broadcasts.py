"""An article that an Official Account sends to all its followers."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.zalo.enums import BroadcastState
from portal.zalo.models.accounts import OfficialAccount


class BroadcastQuerySet(models.QuerySet):
    def claimable(self, now: dt.datetime) -> Self:
        """Due, or held by a worker that died before the article went out."""
        due = Q(state=BroadcastState.WAITING, next_at__lte=now)
        left = Q(state=BroadcastState.CALLING, claimed_until__lte=now, article_id="")
        return self.filter(due | left)


class Broadcast(Row):
    """One article on its way: made, found ready, sent. Only actions/ assign `state`.

    Zalo knows no repetition of a broadcast: one whose answer got lost is UNCLEAR and never sent again by us.
    """

    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="broadcasts"
    )
    about = models.UUIDField(_("về"), unique=True)
    title = models.CharField(_("tiêu đề"), max_length=150)
    description = models.CharField(_("tóm tắt"), max_length=300)
    text = models.TextField(_("nội dung"))
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=BroadcastState.choices, default=BroadcastState.WAITING
    )
    article_token = models.CharField(max_length=200, blank=True)
    article_id = models.CharField(max_length=200, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=40, blank=True)
    next_at = models.DateTimeField(_("lần gọi tới"))
    valid_until = models.DateTimeField(_("không gửi sau"))
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        verbose_name = _("bài gửi người quan tâm")
        verbose_name_plural = _("bài gửi người quan tâm")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BroadcastState.values), name="zalo_broadcast_known_state"
            )
        ]

    def __str__(self) -> str:
        return self.title
