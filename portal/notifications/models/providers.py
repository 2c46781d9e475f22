"""What is known of the providers that carry messages, shared by all workers."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.notifications.health import Standing


class ProviderStateQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        """All or none: accounts belong to the installation, not to a unit."""
        return self.all() if officer.unit_ids("notifications.view_providerstate") else self.none()


class ProviderState(Row):
    """One provider account: how much traffic it gets (health.py), and when its next call may start.

    `next_call_at` is the whole token bucket: each batch moves it on by its length.
    """

    provider = models.CharField(_("nhà cung cấp"), max_length=20, unique=True)
    share = models.PositiveSmallIntegerField(_("phần tin nhận gửi (%)"), default=100)
    since = models.DateTimeField(_("từ lúc"))
    rest_seconds = models.PositiveIntegerField(_("nghỉ (giây)"), default=0)
    judged_at = models.DateTimeField(_("xem xét lúc"))
    next_call_at = models.DateTimeField(_("lượt gửi tới"))

    objects = ProviderStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("tình trạng nhà cung cấp")
        verbose_name_plural = _("tình trạng nhà cung cấp")
        ordering = ("provider",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gte=0, share__lte=100), name="notifications_provider_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.share} %"

    @property
    def standing(self) -> Standing:
        """As health.py reads it."""
        return Standing(self.share, self.since.timestamp(), float(self.rest_seconds))

    @property
    def condition(self) -> str:
        """`well`, `returning` or `resting`."""
        return "resting" if self.share == 0 else "well" if self.share == 100 else "returning"

    @property
    def condition_text(self) -> str:
        """The same for officers."""
        words = {
            "well": _("đang gửi bình thường"),
            "returning": _("đang thử lại với %(share)d%% số tin"),
            "resting": _("đang lỗi, tạm ngừng gửi"),
        }
        text = str(words[self.condition])
        return text % {"share": self.share} if self.condition == "returning" else text
