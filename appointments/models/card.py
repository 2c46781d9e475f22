"""The card after the visit: in production, ready, collected."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import CardStatus
from appointments.models.booking import Booking
from portal.common.models import AppendOnly, Row
from portal.units.models import UnitScopedQuerySet


class CardQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_card"


class Card(Row):
    """What became of one finished visit. `pickup_on` is copied from the slip CC02, never computed."""

    booking = models.OneToOneField(
        Booking, models.PROTECT, related_name="card", verbose_name=_("lượt làm thẻ")
    )
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    status = models.CharField(
        _("trạng thái"), max_length=15, choices=CardStatus.choices, default=CardStatus.IN_PRODUCTION
    )
    pickup_on = models.DateField(_("hẹn trả theo giấy CC02"))
    ready_at = models.DateTimeField(_("thẻ về lúc"), null=True, editable=False)
    collected_at = models.DateTimeField(_("trả lúc"), null=True, editable=False)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("trả thẻ")
        verbose_name_plural = _("trả thẻ")
        ordering = ["pickup_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="in_production") | ~Q(ready_at=None), name="card_ready_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status="collected") | ~Q(collected_at=None), name="card_collected_has_moment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "pickup_on"], condition=~Q(status="collected"), name="card_still_here"
            )
        ]

    def __str__(self) -> str:
        return f"Thẻ của số {self.booking.number}"


class CardEntry(AppendOnly):
    """Who moved a card from where to where, and when."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="history")
    frm = models.CharField(_("từ"), max_length=15, blank=True)
    to = models.CharField(_("đến"), max_length=15, choices=CardStatus.choices)
    actor = models.CharField(_("ai"), max_length=60)

    class Meta:
        verbose_name = _("lần đổi trạng thái")
        verbose_name_plural = _("lịch sử trả thẻ")
        ordering = ["pk"]
