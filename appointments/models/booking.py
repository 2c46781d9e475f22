"""One person's place in a slot, from the hold to the end of the visit."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import LIVE, NUMBERLESS, BookingStatus
from appointments.models.campaign import Session, Slot
from portal.common.clock import local_today
from portal.common.fields import EncryptedTextField, LookupHashField
from portal.common.models import AppendOnly, Row
from portal.units.models import UnitScopedQuerySet


class BookingQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_booking"

    def expired_holds(self, now: dt.datetime) -> "BookingQuerySet":
        return self.filter(status=BookingStatus.HELD, hold_until__lte=now)

    def on_day(self, word: str) -> "BookingQuerySet":
        """`hom-nay`, `ngay-mai` or `sap-toi` (from today on)."""
        today = local_today()
        if word == "sap-toi":
            return self.filter(session__date__gte=today)
        return self.filter(session__date=today + dt.timedelta(days=1 if word == "ngay-mai" else 0))

    def numbered(self) -> "BookingQuerySet":
        return self.exclude(number=None)


class Booking(Row):
    """`number` is unique and gapless per session, given at confirmation, never reused after a cancellation.

    `party` is shared by the people of one visit (up to 8): the uid of the first one, who is alone in most.
    `person_key` = keyed hash of campaign, folded name, birth date and phone: one live place per person.
    `challenge` is the uid of the newest one-time code for this visit; `remind_at` is when the next reminder
    is due; `from_reserve` says that the place is one of the staff's reserve. A visit moved to another
    session stays behind as MOVED with its old number, and the new row names it in `moved_from`.
    """

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings", verbose_name=_("khung giờ"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings", verbose_name=_("buổi"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    declaration = models.ForeignKey(
        "procedures.Declaration", models.PROTECT, related_name="+", verbose_name=_("tờ khai")
    )
    party = models.UUIDField(_("nhóm"), db_index=True, editable=False)
    moved_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)
    contact = models.ForeignKey(
        "citizens.Contact", models.PROTECT, null=True, related_name="+", verbose_name=_("liên hệ")
    )
    status = models.CharField(
        _("trạng thái"), max_length=12, choices=BookingStatus.choices, default=BookingStatus.HELD
    )
    number = models.PositiveIntegerField(_("số thứ tự"), null=True, editable=False)
    hold_until = models.DateTimeField(_("giữ chỗ đến"))
    booked_at = models.DateTimeField(_("đặt lúc"), null=True)
    person_key = LookupHashField(label="appointments.booking.person_key")
    phone_hash = LookupHashField(label="phone", null=True)
    challenge = models.UUIDField(null=True, editable=False)
    from_reserve = models.BooleanField(_("chỗ dự phòng"), default=False, editable=False)
    remind_at = models.DateTimeField(_("nhắc lúc"), null=True, editable=False)
    helper = models.ForeignKey(
        "appointments.Helper",
        models.PROTECT,
        null=True,
        related_name="bookings",
        verbose_name=_("người đặt hộ"),
    )
    filed_by = models.CharField(_("người đặt"), max_length=60)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("lịch hẹn")
        verbose_name_plural = _("lịch hẹn")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], condition=~Q(number=None), name="booking_number_once"
            ),
            models.UniqueConstraint(
                fields=["person_key"], condition=Q(status__in=LIVE), name="booking_person_once"
            ),
            models.UniqueConstraint(
                fields=["declaration"], condition=~Q(status="moved"), name="booking_declaration_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=NUMBERLESS) | ~Q(number=None),
                name="booking_number_when_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["hold_until"], condition=Q(status="held"), name="booking_holds"),
            models.Index(fields=["slot"], condition=Q(status="held"), name="booking_slot_holds"),
            models.Index(
                fields=["phone_hash"],
                condition=Q(status__in=["held", "accepted", "booked"]),
                name="booking_by_phone",
            ),
            models.Index(
                fields=["session", "booked_at"], condition=Q(status="accepted"), name="booking_unnumbered"
            ),
            models.Index(fields=["remind_at"], condition=~Q(remind_at=None), name="booking_reminders"),
        ]

    def __str__(self) -> str:
        return f"Số {self.number}" if self.number else str(self.uid)


class StatusEntry(AppendOnly):
    """Who moved a booking from where to where, when and why."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="history")
    frm = models.CharField(_("từ"), max_length=12, blank=True)
    to = models.CharField(_("đến"), max_length=12, choices=BookingStatus.choices)
    actor = models.CharField(_("ai"), max_length=60)
    reason = EncryptedTextField(  # officers' free text: it names people
        _("lý do"), label="appointments.status_entry.reason", null=True, blank=True
    )

    class Meta:
        verbose_name = _("lần đổi trạng thái")
        verbose_name_plural = _("lịch sử trạng thái")
        ordering = ["pk"]
