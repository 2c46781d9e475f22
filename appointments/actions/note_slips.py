"""Copy the pick-up dates from the slips CC02 that citizens took home."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.enums import BookingStatus, CardStatus
from appointments.models import Booking, Card, CardEntry
from appointments.rules import can_handle_card
from appointments.validators import check_pickup
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed


def note_slips(*, dates: Mapping[Booking, dt.date], by: Actor) -> list[Card]:
    """A card in production for every finished visit named, with the date on its slip; all or none.

    A visit that has its card already keeps it and gets the corrected date. ValidationError
    {booking uid: `pickup_before_visit` `pickup_too_far` `visit_not_finished`}, NotAllowed `not_allowed`.
    """
    _check(dates, by)
    with transaction.atomic():
        known = set(Card.objects.filter(booking__in=dates).values_list("booking_id", flat=True))
        cards = [Card(booking=booking, unit=booking.unit, pickup_on=day) for booking, day in dates.items()]
        _correct([card for card in cards if card.booking_id in known])
        fresh = Card.objects.bulk_create([card for card in cards if card.booking_id not in known])
        CardEntry.objects.bulk_create(
            CardEntry(card=card, to=CardStatus.IN_PRODUCTION, actor=by.actor_ref) for card in fresh
        )
        for unit in {card.unit_id: card.unit for card in cards}.values():
            mine = [card for card in cards if card.unit_id == unit.pk]
            record(action="card.slips_noted", by=by, unit=unit, detail={"cards": len(mine)})
    return list(Card.objects.filter(booking__in=dates).order_by("pk"))


def _check(dates: Mapping[Booking, dt.date], by: Actor) -> None:
    errors: dict[str, ValidationError] = {}
    for booking, day in dates.items():
        if not can_handle_card(by, booking):
            raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
        try:
            _check_one(booking, day)
        except ValidationError as error:
            errors[str(booking.uid)] = error
    if errors:
        raise ValidationError(errors)


def _check_one(booking: Booking, day: dt.date) -> None:
    if booking.status != BookingStatus.FINISHED:
        raise ValidationError(_("Lượt này chưa làm xong nên chưa có giấy hẹn."), code="visit_not_finished")
    check_pickup(day, visited=booking.session.date)


def _correct(cards: list[Card]) -> None:
    """One UPDATE per distinct date: an officer corrects a slip or two, not a list."""
    for day in {card.pickup_on for card in cards}:
        mine = [card.booking_id for card in cards if card.pickup_on == day]
        Card.objects.filter(booking__in=mine, status=CardStatus.IN_PRODUCTION).update(pickup_on=day)
