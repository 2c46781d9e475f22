"""Which Zalo user stands behind a phone."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.notifications.enums import LinkedBy
from portal.notifications.models.contact_points import ContactPoint
from portal.zalo.models import OfficialAccount, ZaloUser


class ZaloLinkQuerySet(models.QuerySet):
    def visible_to(self, officer: Any) -> Self:
        """Links to accounts of the officer's units."""
        return self.filter(account__unit_id__in=officer.unit_ids("notifications.view_zalolink"))

    def active(self) -> Self:
        return self.filter(ended_at__isnull=True)


class ZaloLink(Row):
    """Somebody proved that he holds this phone and this Zalo account; made and ended by actions only.

    A phone leads to one user of an Official Account at a time. One user may stand behind several phones: a
    son reads what is meant for his parents. No link ends by itself: who stops following keeps it, only the
    roads over the OA are closed until he follows again.
    `account` is that of the user, here so that the database can count.
    """

    contact_point = models.ForeignKey(
        ContactPoint, verbose_name=_("người nhận"), on_delete=models.PROTECT, related_name="zalo_links"
    )
    zalo_user = models.ForeignKey(
        ZaloUser, verbose_name=_("người dùng Zalo"), on_delete=models.PROTECT, related_name="contact_links"
    )
    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="contact_links"
    )
    how = models.CharField(_("cách liên kết"), max_length=12, choices=LinkedBy.choices)
    linked_at = models.DateTimeField(_("liên kết lúc"), default=timezone.now)
    ended_at = models.DateTimeField(_("ngừng lúc"), null=True, blank=True)

    objects = ZaloLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("liên kết Zalo")
        verbose_name_plural = _("liên kết Zalo")
        constraints = [
            models.UniqueConstraint(
                fields=["contact_point", "account"],
                condition=Q(ended_at__isnull=True),
                name="notifications_zalo_link_once",
            ),
            models.CheckConstraint(
                condition=Q(how__in=LinkedBy.values), name="notifications_zalo_link_known_how"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("linked_at")),
                name="notifications_zalo_link_ends_later",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=False),
                name="notifications_zalo_link_ended",
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)
