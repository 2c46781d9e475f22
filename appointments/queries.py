"""Reads: what can be booked, and what a code says."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from appointments.enums import BookingStatus
from appointments.models import Booking, Campaign, Session, Slot
from portal.citizens.queries import persons_with_words
from portal.common.clock import LOCAL
from portal.common.codes import clean_code
from portal.common.crypto import blind_index
from portal.common.phones import clean_phone
from portal.units.models import Unit


@dataclass(frozen=True)
class DayOfPlaces:
    """One session with the number of places still free."""

    session: Session
    free: int


def _with_free(slots: QuerySet, now: dt.datetime) -> QuerySet:
    """Adds `free`: capacity less taken, plus holds that ran out and nobody has swept yet."""
    expired = Count("bookings", filter=Q(bookings__status=BookingStatus.HELD, bookings__hold_until__lte=now))
    return slots.annotate(free=F("capacity") - F("taken") + expired)


def _not_started(slots: QuerySet, now: dt.datetime) -> QuerySet:
    local = now.astimezone(LOCAL)
    minutes = local.hour * 60 + local.minute
    today = local.date()
    return slots.filter(Q(session__date__gt=today) | Q(session__date=today, starts__gt=minutes))


def taking_campaigns(unit: Unit) -> list[Campaign]:
    """Campaigns of this unit whose intake is open now."""
    return list(Campaign.objects.filter(unit=unit).taking(timezone.now()).select_related("procedure"))


def days_with_places(campaign: Campaign) -> list[DayOfPlaces]:
    """Every session that has not passed, with its free places; two queries however many days."""
    now = timezone.now()
    totals: dict[int, int] = defaultdict(int)
    slots = _with_free(_not_started(Slot.objects.filter(session__campaign=campaign), now), now)
    for session_id, free in slots.values_list("session_id", "free"):
        totals[session_id] += max(free, 0)
    sessions = Session.objects.filter(pk__in=totals).order_by("date", "place_name")
    return [DayOfPlaces(session, totals[session.pk]) for session in sessions]


def slots_of(session: Session) -> list[Slot]:
    """The session's slots that have not begun, each with `free`."""
    now = timezone.now()
    slots = _with_free(_not_started(Slot.objects.filter(session=session), now), now)
    return list(slots.select_related("session").order_by("starts"))


def alternatives(campaign: Campaign, *, near: Slot | None = None, most: int = 6) -> list[Slot]:
    """Free slots of the campaign, those from the wanted moment on first."""
    now = timezone.now()
    free = _with_free(_not_started(Slot.objects.filter(session__campaign=campaign), now), now).filter(
        free__gt=0
    )
    ordered = free.select_related("session").order_by("session__date", "starts")
    if near is None:
        return list(ordered[:most])
    later = Q(session__date__gt=near.session.date) | Q(
        session__date=near.session.date, starts__gte=near.starts
    )
    found = list(ordered.filter(later)[:most])
    return found or list(ordered[:most])


def slot_by_uid(unit: Unit, text: Any) -> Slot | None:
    """A slot of this unit, or None for anything else (unknown, malformed, another unit's)."""
    try:
        wanted = uuid.UUID(str(text))
    except ValueError:
        return None
    return (
        Slot.objects.select_related("session__campaign__procedure", "session__unit")
        .filter(uid=wanted, session__unit=unit)
        .first()
    )


def booking_by_code(code: str) -> Booking | None:
    """The booking of a cleaned declaration code; drafts never confirmed do not exist for anybody."""
    return (
        Booking.objects.select_related(
            "slot", "session__campaign", "unit", "declaration__procedure", "contact"
        )
        .filter(declaration__code=code)
        .exclude(number=None)
        .first()
    )


def search_bookings(bookings: QuerySet, text: str) -> QuerySet:
    """Bookings by queue number, declaration code, phone or words of the name; all for an empty text."""
    wanted = text.strip()
    if not wanted:
        return bookings
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 5:
        return bookings.filter(number=int(wanted))
    for cleaner, field in ((clean_code, "declaration__code"), (_phone_hash, "phone_hash")):
        try:
            return bookings.filter(**{field: cleaner(wanted)})
        except ValidationError:
            continue
    return bookings.filter(declaration__subject__in=persons_with_words(wanted))


def _phone_hash(text: str) -> str:
    return blind_index("phone", clean_phone(text))


def campaign_figures(campaign: Campaign) -> dict[str, int]:
    """{"capacity", "taken", "days"} of a campaign, for officers."""
    figures = Slot.objects.filter(session__campaign=campaign).aggregate(
        capacity=Sum("capacity"), taken=Sum("taken"), days=Count("session", distinct=True)
    )
    return {name: value or 0 for name, value in figures.items()}


def campaign_slots(campaign: Campaign) -> QuerySet:
    """Every slot of the campaign that has not begun, each with `free` and its `day`; in no order."""
    now = timezone.now()
    slots = _with_free(_not_started(Slot.objects.filter(session__campaign=campaign), now), now)
    return slots.select_related("session").annotate(day=F("session__date"))
