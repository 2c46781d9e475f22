"""Reads: what can be booked, and what a code says."""

import datetime as dt
import math
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.utils import timezone

from appointments.enums import BookingStatus, CampaignStatus, SessionStatus, WaitingStatus
from appointments.models import (
    Booking,
    Campaign,
    Card,
    Helper,
    Interest,
    Session,
    SessionClosure,
    SessionService,
    Slot,
    WaitingEntry,
)
from portal.citizens.models import OneTimeCode
from portal.citizens.queries import persons_with_words
from portal.citizens.rules import RESEND_SECONDS
from portal.common.clock import LOCAL, local_today
from portal.common.codes import clean_code
from portal.common.crypto import blind_index
from portal.common.phones import clean_phone
from portal.officers.models import Officer
from portal.units.models import Unit
from procedures.models import Procedure
from procedures.queries import with_declaration

CODES_TO_FAIL = 2


@dataclass(frozen=True)
class DayOfPlaces:
    """One session with the number of places still free."""

    session: Session
    free: int


def _with_free(slots: QuerySet, now: dt.datetime) -> QuerySet:
    """Adds `free`: capacity less taken, plus holds that ran out and nobody has swept yet; 0 when closed."""
    expired = Count("bookings", filter=Q(bookings__status=BookingStatus.HELD, bookings__hold_until__lte=now))
    free = F("capacity") - F("taken") + expired
    return slots.annotate(free=Case(When(open_to_public=True, then=free), default=0))


def _not_started(slots: QuerySet, now: dt.datetime) -> QuerySet:
    local = now.astimezone(LOCAL)
    minutes = local.hour * 60 + local.minute
    today = local.date()
    to_come = Q(session__date__gt=today) | Q(session__date=today, starts__gt=minutes)
    return slots.filter(to_come, session__status=SessionStatus.PLANNED)


def slots_with_places(now: dt.datetime) -> QuerySet:
    """Slots of every campaign that have not begun and have a public place, each with `free`."""
    return _with_free(_not_started(Slot.objects.all(), now), now).filter(free__gt=0)


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
    others = SessionService.objects.filter(session=OuterRef("session"))
    return (
        Slot.objects.select_related("session__campaign__procedure", "session__unit")
        .annotate(has_choice=Exists(others.exclude(procedure=OuterRef("session__campaign__procedure"))))
        .filter(uid=wanted, session__unit=unit)
        .first()
    )


def services_to_choose(slot: Slot) -> list[Procedure]:
    """What a visit in this slot may be for, if there is a choice; else nothing.

    A slot read by `slot_by_uid` knows already that there is none.
    """
    if not getattr(slot, "has_choice", True):
        return []
    offered = SessionService.objects.filter(session=slot.session_id).values("procedure")
    found = list(with_declaration().filter(pk__in=offered))
    return found if len(found) > 1 else []


def services_of_campaign(campaign: Campaign) -> list[Procedure]:
    """What one may wait for in this campaign, if its sessions to come leave a choice; else nothing."""
    offered = _services_to_come().filter(session__campaign=campaign).values("procedure")
    found = list(with_declaration().filter(pk__in=offered))
    return found if len(found) > 1 else []


def _services_to_come() -> QuerySet:
    return SessionService.objects.filter(
        session__date__gte=local_today(), session__status=SessionStatus.PLANNED
    )


def services_of(campaigns: Sequence[Campaign]) -> dict[int, list[str]]:
    """Per campaign the keys of what its sessions can be booked for, where there is a choice; one query."""
    bookable = with_declaration().filter(pk=OuterRef("procedure"))
    rows = _services_to_come().filter(Exists(bookable), session__campaign__in=campaigns)
    found: dict[int, list[str]] = defaultdict(list)
    keys = rows.values_list("session__campaign", "procedure__key").distinct()
    for campaign, key in keys.order_by("session__campaign", "procedure"):
        found[campaign].append(key)
    return {campaign: keys for campaign, keys in found.items() if len(keys) > 1}


def booking_by_code(code: str) -> Booking | None:
    """The latest booking of a cleaned declaration code; drafts never confirmed do not exist for anybody."""
    return (
        Booking.objects.select_related(
            "slot", "session__campaign", "unit", "declaration__procedure", "contact", "card"
        )
        .filter(declaration__code=code)
        .exclude(status=BookingStatus.MOVED)
        .exclude(number=None, booked_at=None)
        .first()
    )


def code_failed(booking: Booking) -> bool:
    """Two codes were sent for this hold, or five wrong ones typed: something is wrong with the message."""
    sent = OneTimeCode.objects.filter(about=booking.uid).values_list("tries", flat=True)
    return len(sent) >= CODES_TO_FAIL or any(tries >= settings.CODE_TRIES for tries in sent)


def next_code_in(booking: Booking) -> int:
    """Seconds until another code may be asked for this hold; 0 when it may be now."""
    sent = OneTimeCode.objects.filter(about=booking.uid).order_by("-created_at")
    last = sent.values_list("created_at", flat=True).first()
    passed = (timezone.now() - last).total_seconds() if last else RESEND_SECONDS
    return max(0, math.ceil(RESEND_SECONDS - passed))


def people_of(booking: Booking) -> list[Booking]:
    """Everybody of this visit in the order of the numbers, without places given up while they were held."""
    joined = ("slot", "session__campaign", "unit", "declaration__procedure", "contact__contact_point")
    people = Booking.objects.filter(party=booking.party).select_related(*joined)
    visit = people.exclude(status=BookingStatus.MOVED).exclude(number=None, booked_at=None)
    return list(visit.order_by("number", "pk"))


def same_declaration(booking: Booking) -> list[uuid.UUID]:
    """The uids under which this visit and its party were written to: every row the visit ever had."""
    party = Booking.objects.filter(party=booking.party).values("declaration")
    rows = Booking.objects.filter(declaration__in=party, phone_hash=booking.phone_hash)
    return list(rows.values_list("uid", flat=True))


def reason_of_closing(booking: Booking) -> str:
    """Why the session of this visit was called off, in the officer's words; "" when nobody said."""
    found = SessionClosure.objects.filter(session=booking.session_id).first()
    return found.reason if found else ""


def free_slots(session: Session) -> list[Slot]:
    """Slots of the session that have not begun, in their order, each with `free`; the session is joined."""
    now = timezone.now()
    slots = _with_free(_not_started(Slot.objects.filter(session=session), now), now)
    return list(slots.select_related("session__campaign").order_by("starts"))


def other_sessions(session: Session) -> list[Session]:
    """Sessions to come of the same unit and procedure, where its people could go."""
    procedure = session.campaign.procedure_id
    same = Session.objects.filter(unit_id=session.unit_id, campaign__procedure_id=procedure)
    to_come = same.filter(status=SessionStatus.PLANNED, date__gte=local_today()).exclude(pk=session.pk)
    wanted = to_come.exclude(campaign__status=CampaignStatus.DRAFT).select_related("campaign")
    return list(wanted.order_by("date", "place_name"))


def largest_room(campaign: Campaign, service: Procedure | None = None) -> int:
    """Free places of the slot of this campaign that has the most of them; a family comes at one hour.

    With `service` only slots whose session works on it, as for `places_to_move_to`.
    """
    slots = campaign_slots(campaign)
    if service is not None and service.pk != campaign.procedure_id:
        slots = slots.filter(session__in=SessionService.objects.filter(procedure=service).values("session"))
    return max([0, *slots.values_list("free", flat=True)])


def waiting_by_code(code: str) -> WaitingEntry | None:
    """The entry of a cleaned waiting code; one whose phone was never verified exists for nobody."""
    joined = ("campaign", "unit", "slot__session", "contact", "service")
    found = WaitingEntry.objects.select_related(*joined).filter(code=code)
    return found.exclude(status=WaitingStatus.UNVERIFIED).filter(contact__isnull=False).first()


def campaign_state(campaign: Campaign) -> str:
    """What its page must say: "open", "full" (wait in line), "early" (not yet), "closed" or "draft"."""
    now = timezone.now()
    if campaign.is_taking(now):
        full = campaign.status == CampaignStatus.FULL and (waits_long(campaign) or not largest_room(campaign))
        return "full" if full else "open"
    opens_at = campaign.intake_opens_at
    if campaign.status != CampaignStatus.CLOSED and opens_at is not None and opens_at > now:
        return "early"
    return "draft" if campaign.status == CampaignStatus.DRAFT else "closed"


def place_in_line(entry: WaitingEntry) -> int:
    """1 for whoever is next."""
    ahead = Q(queued_at__lt=entry.queued_at) | Q(queued_at=entry.queued_at, pk__lt=entry.pk)
    return WaitingEntry.objects.in_line().filter(ahead, campaign=entry.campaign_id).count() + 1


def waits_long(campaign: Campaign) -> int:
    """How many entries stand in this campaign's line."""
    return WaitingEntry.objects.in_line().filter(campaign=campaign).count()


def code_of_party(party: uuid.UUID | None) -> str:
    """The declaration code of a visit's first person, "" when there is none."""
    live = Booking.objects.filter(party=party or uuid.UUID(int=0)).exclude(number=None).order_by("pk")
    return live.values_list("declaration__code", flat=True).first() or ""


def interest_by_code(code: str) -> Interest | None:
    """The note of a cleaned code, once its phone was verified."""
    found = Interest.objects.select_related("campaign", "unit", "contact").filter(code=code)
    return found.filter(contact__isnull=False).first()


def places_to_move_to(booking: Booking, *, officer: bool = False) -> QuerySet:
    """Slots to come for the same procedure of the unit, with `free` (and `free_reserve` for officers).

    Citizens choose in their own campaign and in those that take registrations; officers in all but drafts.
    The slot the visit has is no place to move to.
    """
    now = timezone.now()
    own = Q(pk=booking.session.campaign_id)
    same = Campaign.objects.filter(unit_id=booking.unit_id)
    taking = Q(pk__in=same.taking(now).values("pk"))
    wanted = ~Q(status=CampaignStatus.DRAFT) if officer else own | taking
    campaigns = same.filter(wanted).values("pk")
    procedure = booking.declaration.procedure_id
    works_on = SessionService.objects.filter(procedure=procedure).values("session")
    fits = Q(session__campaign__procedure=procedure) | Q(session__in=works_on)
    slots = Slot.objects.filter(fits, session__campaign__in=campaigns)
    if booking.status == BookingStatus.BOOKED:
        slots = slots.exclude(pk=booking.slot_id)  # who moves alone leaves the family: all share one slot
    slots = _with_free(_not_started(slots, now), now)
    return slots.annotate(free_reserve=F("reserve") - F("reserve_taken")).select_related("session__campaign")


def days_to_move_to(booking: Booking) -> list[DayOfPlaces]:
    """The sessions a citizen may move to, with their free places; two queries however many days."""
    totals: dict[int, int] = defaultdict(int)
    for session_id, free in places_to_move_to(booking).values_list("session_id", "free"):
        totals[session_id] += max(free, 0)
    sessions = Session.objects.filter(pk__in=totals).order_by("date", "place_name")
    return [DayOfPlaces(session, totals[session.pk]) for session in sessions]


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


def cards_by_codes(codes: set[str], *, by: Any) -> dict[str, Card]:
    """Locked cards of cleaned declaration codes that this officer may see, each under its code."""
    if not isinstance(by, Officer):
        return {}
    cards = Card.objects.visible_to(by).filter(booking__declaration__code__in=codes)
    found = cards.select_related("unit", "booking__contact__contact_point", "booking__declaration")
    return {
        card.booking.declaration.code: card for card in found.select_for_update(of=("self",)).order_by("pk")
    }


def finished_without_slip(session: Session) -> QuerySet:
    """Finished visits of a session whose slip nobody has copied yet, in the order of the numbers."""
    finished = Booking.objects.filter(session=session, status=BookingStatus.FINISHED, card=None)
    return finished.select_related("session", "unit", "declaration__subject").order_by("number")


def sessions_without_slips(officer: Officer) -> QuerySet:
    """Sessions this officer may see in which somebody finished and no slip was copied, newest first."""
    waiting = Q(bookings__status=BookingStatus.FINISHED, bookings__card=None)
    return Session.objects.visible_to(officer).filter(waiting).distinct().order_by("-date", "place_name")[:20]


def search_cards(cards: QuerySet, text: str) -> QuerySet:
    """Cards by declaration code, phone or words of the name; all for an empty text."""
    if not text.strip():
        return cards
    return cards.filter(booking__in=search_bookings(Booking.objects.all(), text).values("pk"))


def registered_by(helper: Helper) -> QuerySet:
    """Whom a helper registered for days from yesterday on, in the order of the days."""
    since = local_today() - dt.timedelta(days=1)
    mine = Booking.objects.filter(helper=helper, session__date__gte=since).exclude(status=BookingStatus.MOVED)
    return mine.select_related("session", "slot", "declaration__subject").order_by("session__date", "number")


def sessions_to_come(units: Any) -> QuerySet:
    """Sessions from today on of these units, with `free_places` of the public and `reserve_places`."""
    sessions = Session.objects.filter(
        unit__in=units, date__gte=local_today(), status=SessionStatus.PLANNED
    ).exclude(campaign__status=CampaignStatus.DRAFT)
    free, reserve = F("slots__capacity") - F("slots__taken"), F("slots__reserve") - F("slots__reserve_taken")
    counted = sessions.annotate(free_places=Sum(free), reserve_places=Sum(reserve))
    return counted.select_related("campaign", "unit").order_by("date", "place_name")[:60]


def slots_for_staff(session: Session) -> list[Slot]:
    """The session's slots that have not begun; `free` counts the reserve as well."""
    slots: list[Any] = slots_of(session)
    for slot in slots:
        slot.free = max(slot.free, 0) + slot.reserve - slot.reserve_taken
    return slots
