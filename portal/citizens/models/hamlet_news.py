"""Who wants to hear what concerns one hamlet."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.citizens.models.consents import Consent
from portal.citizens.models.contacts import Contact
from portal.common.models import Row
from portal.units.models import Hamlet


class HamletFollowerQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)


class HamletFollower(Row):
    """A contact who asked for the news of a hamlet; where he lives is not asked and does not follow."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="hamlet_news")
    hamlet = models.ForeignKey(Hamlet, on_delete=models.PROTECT, related_name="followers")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("thôi nhận lúc"), null=True, blank=True)

    objects = HamletFollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("người nhận tin của thôn")
        verbose_name_plural = _("người nhận tin của thôn")
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "hamlet"],
                condition=Q(ended_at__isnull=True),
                name="citizens_hamlet_follower_once",
            )
        ]
