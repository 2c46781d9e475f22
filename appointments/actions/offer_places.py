"""Freed places go to those who wait, strictly in line (docs/adr/0027-waiting-list.md).

One campaign at a time and one worker per campaign: its row is locked first, then the entries, then people,
slots and bookings in the house's order. An offer is a visit that is really held until the answer is due.
Ending and making offers are two transactions, each of which locks all its slots at once, by key: locked entry
by entry they would deadlock with people who change between two of these slots.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from appointments.actions.choose_offers import NEAR, NOTICE_TIME, Room, Waiting, choose_offers, offer_end
from appointments.actions.join_waiting_list import tell_waiting
from appointments.actions.places import (
    expire_bookings,
    insert_with_places,
    lock_bookings,
    lock_persons,
    lock_slots,
)
from appointments.actions.prepare_visit import new_bookings, person_key, refuse_registered
from appointments.enums import BookingStatus, CampaignStatus, WaitingStatus
from appointments.models import Booking, Campaign, SessionService, Slot, WaitingEntry
from appointments.notices import WAITING_OFFERED
from appointments.queries import campaign_slots
from appointments.workflow import WAITING_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict

__all__ = ("offer_places", "offer_places_of")
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code of a lock time-out
LINE = 300  # whoever stands further behind is looked at when these are served
RUNNING = (CampaignStatus.OPEN, CampaignStatus.FULL)


def offer_places(*, by: Actor) -> int:
    """End offers nobody answered, and offer what is free; returns how many offers were made.

    A campaign in such a rush that its lock is not got within the lock time-out is left for the next minute.
    """
    active = Q(waiting__status__in=(WaitingStatus.WAITING, WaitingStatus.OFFERED))
    campaigns = Campaign.objects.filter(active).order_by("pk").distinct()
    return sum(_offer_or_leave(campaign, by=by) for campaign in campaigns)


def _offer_or_leave(campaign: Campaign, *, by: Actor) -> int:
    try:
        return offer_places_of(campaign, by=by)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        return 0


def offer_places_of(campaign: Campaign, *, by: Actor) -> int:
    """The same for one campaign."""
    now = timezone.now()
    with transaction.atomic():
        _end_offers(_lock(campaign), now=now, by=by)
    with transaction.atomic():
        locked = _lock(campaign)
        return _make_offers(locked, now=now, by=by) if locked.status in RUNNING else 0


def _lock(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "procedure")
    return rows.get(pk=campaign.pk)


def _entries(campaign: Campaign) -> list[WaitingEntry]:
    line = WaitingEntry.objects.in_line().filter(campaign=campaign)
    joined = line.select_related("campaign__procedure", "service", "unit", "contact__contact_point")
    return list(joined.select_for_update(of=("self",), no_key=True)[:LINE])


def _make_offers(campaign: Campaign, *, now: dt.datetime, by: Actor) -> int:
    entries = {entry.pk: entry for entry in _entries(campaign)}
    slots = _free(campaign, now=now)
    if not entries or not slots:
        _end_hopeless(campaign, list(entries.values()), now=now, by=by)
        return 0
    served = choose_offers(_line(campaign, entries.values()), _rooms(campaign, slots.values(), now=now))
    offered = [entries[one.key] for one in served if one.slot is not None]
    lock_persons(person_key(campaign, who) for entry in offered for who in entry.details or [])
    lock_slots(*(one.slot for one in served if one.slot is not None))
    made = 0
    for one in served:
        entry = entries[one.key]
        entry.passed = min(one.passed, 100)
        if one.slot is not None:
            made += _offer(entry, slots[one.slot], now=now, by=by)
    WaitingEntry.objects.bulk_update(entries.values(), ["passed"])
    return made


def _line(campaign: Campaign, entries: Iterable[WaitingEntry]) -> list[Waiting]:
    """The campaign's own procedure is worked on in every session, whatever its services say."""
    others = {entry.pk: entry.service_id for entry in entries if entry.service_id != campaign.procedure_id}
    return [Waiting(entry.pk, entry.size, entry.passed, service=others.get(entry.pk)) for entry in entries]


def _rooms(campaign: Campaign, slots: Iterable[Any], *, now: dt.datetime) -> list[Room]:
    services = _services_of_sessions(campaign)
    return [
        Room(
            slot.pk,
            slot.free,
            near=slot.starts_at < now + NEAR,
            services=services.get(slot.session_id, frozenset()),
        )
        for slot in slots
    ]


def _services_of_sessions(campaign: Campaign) -> dict[int, frozenset[int]]:
    """Per session the primary keys of the procedures it works on."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = SessionService.objects.filter(session__campaign=campaign)
    for session, procedure in rows.order_by().values_list("session", "procedure"):
        found[session].add(procedure)
    return {session: frozenset(procedures) for session, procedures in found.items()}


def _free(campaign: Campaign, *, now: dt.datetime) -> dict[int, Slot]:
    """Slots with a free public place that can still be reached, in the order of the calendar."""
    ordered = campaign_slots(campaign).filter(free__gt=0).order_by("day", "starts", "pk")
    return {slot.pk: slot for slot in ordered if slot.starts_at >= now + NOTICE_TIME}


def _offer(entry: WaitingEntry, slot: Slot, *, now: dt.datetime, by: Actor) -> int:
    """Hold the places and tell; 0 when somebody else was faster or one of them has a visit by now."""
    bookings = new_bookings(
        unit=entry.unit, slot=slot, service=entry.service, details=entry.details or [], by=by
    )
    until = offer_end(now, slot.starts_at)
    for booking in bookings:
        booking.hold_until, booking.contact = until, entry.contact
    WAITING_WORKFLOW.check(entry.status, WaitingStatus.OFFERED, by=by, obj=entry)
    try:
        with transaction.atomic():
            insert_with_places(bookings, numbered=False, actor=by.actor_ref, now=now)
            _note_offer(entry, bookings, slot=slot, until=until)
            tell_waiting(entry, notice=WAITING_OFFERED.key, by=by)
            record(action="waiting.offer", by=by, obj=entry, unit=entry.unit)
    except Conflict:
        _forget_offer(entry)
        return 0
    except IntegrityError:
        _forget_offer(entry)
        _drop_registered(entry, bookings, by=by)
        return 0
    return 1


def _note_offer(entry: WaitingEntry, bookings: Sequence[Booking], *, slot: Slot, until: dt.datetime) -> None:
    entry.status, entry.slot = WaitingStatus.OFFERED, slot
    entry.party, entry.offer_until = bookings[0].party, until
    entry.save(update_fields=["status", "slot", "party", "offer_until"])


def _forget_offer(entry: WaitingEntry) -> None:
    """The transaction rolled back; the object follows."""
    entry.refresh_from_db(fields=["status", "slot", "party", "offer_until"])


def _drop_registered(entry: WaitingEntry, bookings: Sequence[Booking], *, by: Actor) -> None:
    """Somebody of the family got a visit at the desk meanwhile: the entry is over."""
    try:
        refuse_registered(bookings)
    except Conflict:
        _end(entry, to=WaitingStatus.EXPIRED, by=by)


def _end(entry: WaitingEntry, *, to: str, by: Actor) -> None:
    move = WAITING_WORKFLOW.check(entry.status, to, by=by, obj=entry)
    entry.status = to
    if to == WaitingStatus.EXPIRED:
        entry.details = None
    entry.save(update_fields=["status", "details"])
    record(action=f"waiting.{move.verb}", by=by, obj=entry, unit=entry.unit, detail={"to": to})


def _end_offers(campaign: Campaign, *, now: dt.datetime, by: Actor) -> None:
    """Offers whose time is up go to the next; those that are no longer whole return to their place."""
    offered = WaitingEntry.objects.filter(campaign=campaign, status=WaitingStatus.OFFERED).order_by("pk")
    entries = list(offered.select_related("unit").select_for_update(of=("self",), no_key=True))
    every = _held_for(entries)
    for entry in entries:
        held = [one for one in every if one.party == entry.party]
        if entry.offer_until is not None and entry.offer_until <= now:
            expire_bookings(held, actor=by.actor_ref, reason="offer")
            _end(entry, to=WaitingStatus.EXPIRED, by=by)
        elif len(held) < entry.size:  # called off, or somebody of them was booked at a desk
            expire_bookings(held, actor=by.actor_ref, reason="offer")
            _end(entry, to=WaitingStatus.WAITING, by=by)


def _held_for(entries: Sequence[WaitingEntry]) -> list[Booking]:
    """The locked bookings that are still held for these offers."""
    uids = Booking.objects.order_by().filter(party__in=[entry.party for entry in entries])
    found = lock_bookings(*uids.values_list("uid", flat=True)) if entries else []
    return [one for one in found if one.status == BookingStatus.HELD]


def _end_hopeless(campaign: Campaign, entries: list[WaitingEntry], *, now: dt.datetime, by: Actor) -> None:
    """The last hour of the campaign is over: nobody waits for nothing."""
    if entries and not any(slot.starts_at > now for slot in campaign_slots(campaign)):
        for entry in entries:
            _end(entry, to=WaitingStatus.EXPIRED, by=by)
