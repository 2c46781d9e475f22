"""Challenges behind one-time codes."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.citizens.rules import REPEATS_AFTER_SUCCESS
from portal.common.models import Row
from portal.notifications.models import ContactPoint
from portal.units.models import Unit


class OneTimeCodeQuerySet(models.QuerySet):
    def waiting(self, *, now: dt.datetime) -> Self:
        """Sent, not yet answered rightly, still in time."""
        return self.filter(verified_at__isnull=True, expires_at__gt=now)

    def may_try(self, *, now: dt.datetime) -> Self:
        """In time, with tries left. An answered one takes a few repeats of a lost answer, no more."""
        unanswered = Q(verified_at__isnull=True, tries__lt=settings.CODE_TRIES)
        answered = Q(verified_at__isnull=False, tries__lt=settings.CODE_TRIES + REPEATS_AFTER_SUCCESS)
        return self.filter(unanswered | answered, expires_at__gt=now)


class OneTimeCode(Row):
    """A challenge sent to a phone. The six digits stand nowhere: they are derived from `uid`.

    `purpose` is the asking room's word ("booking", "token"); `about` is the uid of its object.
    """

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="one_time_codes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("mục đích"), max_length=30)
    about = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(_("hết hạn"))
    tries = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    verified_at = models.DateTimeField(_("xác nhận lúc"), null=True, blank=True)
    consumed_at = models.DateTimeField(_("đã dùng lúc"), null=True, blank=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mã xác nhận")
        verbose_name_plural = _("mã xác nhận")
        indexes = [
            models.Index(fields=["contact_point", "expires_at"], name="citizens_code_recent"),
            models.Index(fields=["about"], name="citizens_code_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(consumed_at__isnull=True) | Q(verified_at__isnull=False),
                name="citizens_code_used_after_verified",
            )
        ]
