"""Who waits: for a place in a campaign that is full, or for an intake that is closed to open again."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import InterestStatus, WaitingStatus
from appointments.models.campaign import Campaign, Slot
from portal.common.codes import new_code
from portal.common.fields import EncryptedJSONField, LookupHashField
from portal.common.models import Row
from portal.units.models import UnitScopedQuerySet


class WaitingQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_waitingentry"

    def in_line(self) -> Self:
        """Those who wait, in the order in which their phones were verified."""
        return self.filter(status=WaitingStatus.WAITING).order_by("queued_at", "pk")

    def unanswered(self, now: dt.datetime) -> Self:
        return self.filter(status=WaitingStatus.OFFERED, offer_until__lte=now)


class WaitingEntry(Row):
    """A family (or one person) waits for `size` places in one slot; all or nothing.

    `service` is what they come for; none is the campaign's own.
    `details` are the declarations as typed and checked, a list of one dict per person; erased when the entry
    ends. `passed` counts how often somebody behind got places that were too few for this entry. An offer is
    a visit that is really held: `slot`, and `party` of its bookings, until `offer_until`.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="waiting", verbose_name=_("đợt"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    contact = models.ForeignKey(
        "citizens.Contact", models.PROTECT, null=True, related_name="+", verbose_name=_("liên hệ")
    )
    service = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, null=True, related_name="+", verbose_name=_("việc cần làm")
    )
    code = models.CharField(_("mã chờ"), max_length=12, unique=True, default=new_code, editable=False)
    phone_hash = LookupHashField(label="phone")
    size = models.PositiveSmallIntegerField(_("số người"))
    details = EncryptedJSONField(label="appointments.waiting_entry.details", null=True)
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=WaitingStatus.choices, default=WaitingStatus.UNVERIFIED
    )
    queued_at = models.DateTimeField(_("chờ từ"), null=True)
    passed = models.PositiveSmallIntegerField(_("số lần phải nhường"), default=0)
    slot = models.ForeignKey(
        Slot, models.PROTECT, null=True, related_name="+", verbose_name=_("khung giờ được mời")
    )
    party = models.UUIDField(null=True, db_index=True, editable=False)
    offer_until = models.DateTimeField(_("trả lời trước"), null=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt chờ")
        verbose_name_plural = _("danh sách chờ")
        ordering = ["queued_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=8), name="waiting_size"),
            models.CheckConstraint(
                condition=~Q(status="offered")
                | Q(slot__isnull=False, party__isnull=False) & Q(offer_until__isnull=False),
                name="waiting_offer_complete",
            ),
            models.UniqueConstraint(
                fields=["campaign", "phone_hash"],
                condition=Q(status__in=["waiting", "offered"]),
                name="waiting_once_per_phone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "queued_at"], condition=Q(status="waiting"), name="waiting_in_line"
            ),
            models.Index(fields=["offer_until"], condition=Q(status="offered"), name="waiting_offers"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class InterestQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_waitingentry"

    def untold(self) -> Self:
        return self.filter(status=InterestStatus.WAITING).order_by("pk")


class Interest(Row):
    """A phone that wants to hear, once, when the unit takes registrations for this procedure again."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="interests", verbose_name=_("đợt"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    contact = models.ForeignKey(
        "citizens.Contact", models.PROTECT, null=True, related_name="+", verbose_name=_("liên hệ")
    )
    code = models.CharField(_("mã"), max_length=12, unique=True, default=new_code, editable=False)
    phone_hash = LookupHashField(label="phone")
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=InterestStatus.choices, default=InterestStatus.UNVERIFIED
    )
    told_about = models.ForeignKey(
        Campaign, models.PROTECT, null=True, related_name="+", verbose_name=_("đã báo về đợt")
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt chờ mở lại")
        verbose_name_plural = _("chờ mở lại")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "phone_hash"],
                condition=Q(status="waiting"),
                name="interest_once_per_phone",
            )
        ]
        indexes = [models.Index(fields=["campaign"], condition=Q(status="waiting"), name="interest_untold")]

    def __str__(self) -> str:
        return str(self.uid)
