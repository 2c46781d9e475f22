"""One batch of people out of a session that was called off."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from appointments.actions.change_visit import key_in, rekey
from appointments.actions.moving_places import (
    ChangedMeanwhile,
    Step,
    carry_out,
    give_back,
    lock_people,
    plan_steps,
    set_status,
)
from appointments.actions.places import HOLD_CLOCK, free_expired_holds, lock_persons, lock_slots
from appointments.enums import LIVE, BookingStatus
from appointments.models import Booking, Session, SessionClosure, Slot
from appointments.notices import VISIT_DISPLACED, VISIT_RESCHEDULED
from appointments.queries import free_slots
from portal.audit.record import record
from portal.common.actors import SystemActor
from portal.notifications.actions.queue_message import NewMessage, queue_messages

EMPTIER = SystemActor("appointments.cancel_session")
BATCH = 60
TRIES = 5
Party = list[Booking]
_LEAVING = (BookingStatus.HELD, BookingStatus.ACCEPTED, BookingStatus.BOOKED)


def allocate(sizes: Sequence[int], free: Sequence[int]) -> list[int | None]:
    """For each party, in order, the first slot with room for all of it; None when there is none."""
    left, answer = list(free), []
    for size in sizes:
        place = next((number for number, room in enumerate(left) if room >= size), None)
        if place is not None:
            left[place] -= size
        answer.append(place)
    return answer


def parties_of(session: Session, most: int | None = None) -> list[Party]:
    """The people who are still expected, family by family, in the order of the numbers."""
    joined = ("slot", "session__campaign", "declaration__procedure", "unit", "contact__contact_point")
    rows = Booking.objects.filter(session=session, status__in=_LEAVING).select_related(*joined)
    ordered = rows.order_by(F("number").asc(nulls_last=True), "pk")
    if most is not None:
        first = list(ordered.values_list("party", flat=True)[:most])
        ordered = ordered.filter(party__in=first)
    found: dict[object, Party] = {}
    for one in ordered:
        found.setdefault(one.party, []).append(one)
    return list(found.values())


@dataclass(frozen=True)
class Preview:
    """How many people would move, how many would have to choose, whom no message reaches."""

    people: int
    moved: int
    displaced: int
    holds: int
    unreachable: int


def preview_closing(session: Session, *, target: Session | None) -> Preview:
    """What calling the session off would do now; nothing is written."""
    parties = parties_of(session)
    moves, displaced, holds = _sort(parties, target=target)
    expected = [one for party in parties for one in party if one.status != BookingStatus.HELD]
    return Preview(
        people=len(expected),
        moved=sum(len(steps) for steps in moves),
        displaced=sum(len(party) for party in displaced),
        holds=len(holds),
        unreachable=sum(one.contact is None for one in expected),
    )


def empty_batch(closure: SessionClosure) -> bool:
    """Move or displace the next people; True when nobody was left and the closure is finished.

    Somebody who changes his own visit meanwhile makes the batch start again; after a few times it lets
    everybody choose instead of trying to move them.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _empty_batch(closure, may_move=attempt < TRIES - 1)
        except (ChangedMeanwhile, IntegrityError):
            continue
    return False


def _empty_batch(closure: SessionClosure, *, may_move: bool) -> bool:
    """One worker at a time: the closure's row is locked before anything else."""
    locked = SessionClosure.objects.select_for_update(of=("self",), no_key=True).get(pk=closure.pk)
    session = Session.objects.select_related("campaign", "unit").get(pk=locked.session_id)
    parties = parties_of(session, BATCH)
    target = locked.target if may_move else None
    people = [one for party in parties for one in party]
    if target is not None and target.campaign_id != session.campaign_id:
        lock_persons(key_in(target.campaign, one) for one in people)
    _lock(session, target, people)
    moves, displaced, holds = _sort(parties, target=target)
    now = timezone.now()
    _move(locked, moves, now=now)
    _displace(locked, displaced)
    _expire(holds)
    Slot.objects.filter(session=session).update(capacity=F("taken"), reserve=F("reserve_taken"))
    return _note(
        locked, closure, session=session, moved=moves, displaced=displaced, left=bool(parties), now=now
    )


def _lock(session: Session, target: Session | None, people: Party) -> None:
    """All slots of both days by key, then the people, as everywhere."""
    days = [session.pk, *([target.pk] if target else [])]
    slots = list(Slot.objects.filter(session__in=days).order_by("pk").values_list("pk", flat=True))
    lock_slots(*slots)
    now = timezone.now()
    if target is not None:
        ran_out = Booking.objects.expired_holds(now).filter(session=target)
        for slot_id in sorted(set(ran_out.order_by().values_list("slot_id", flat=True))):
            free_expired_holds(slot_id=slot_id, now=now)
    lock_people(people)


def _sort(parties: list[Party], *, target: Session | None) -> tuple[list[list[Step]], list[Party], Party]:
    """Who moves where, who must choose, whose hold ends."""
    holds = [one for party in parties for one in party if one.status == BookingStatus.HELD]
    expected = [[one for one in party if one.status != BookingStatus.HELD] for party in parties]
    expected = [party for party in expected if party]
    if target is None:
        return [], expected, holds
    numbered = [party for party in expected if all(one.status == BookingStatus.BOOKED for one in party)]
    slots = free_slots(target)
    places = allocate([len(party) for party in numbered], [slot.free for slot in slots])  # type: ignore[attr-defined]
    moves, displaced = [], [party for party in expected if party not in numbered]
    for party, place in zip(numbered, places, strict=True):
        steps = _steps(party, slots[place]) if place is not None else []
        if steps:
            moves.append(steps)
        else:
            displaced.append(party)
    return moves, displaced, holds


def _steps(party: Party, slot: Slot) -> list[Step]:
    """Nothing when one of them already has a place in the other campaign."""
    steps = plan_steps(party, slot=slot, party=party[0].party, actor=EMPTIER.actor_ref)
    for step in steps:
        rekey(step)
    other = [step.result.person_key for step in steps if step.result.person_key != step.old.person_key]
    taken = other and Booking.objects.filter(person_key__in=other, status__in=LIVE).exists()
    return [] if taken else steps


def _move(closure: SessionClosure, moves: list[list[Step]], *, now: dt.datetime) -> None:
    if moves:
        steps = [step for party in moves for step in party]
        carry_out(steps, now=now, actor=closure.closed_by, reason=closure.reason)
        _tell(closure, VISIT_RESCHEDULED.key, [party[0].result for party in moves])


def _displace(closure: SessionClosure, parties: list[Party]) -> None:
    people = [one for party in parties for one in party]
    if people:
        give_back(people)
        set_status(people, to=BookingStatus.DISPLACED, actor=closure.closed_by, reason=closure.reason)
        _tell(closure, VISIT_DISPLACED.key, [party[0] for party in parties])


def _expire(holds: Party) -> None:
    """Who stands at the page of the code is shown other days there."""
    if holds:
        give_back(holds)
        set_status(holds, to=BookingStatus.EXPIRED, actor=HOLD_CLOCK.actor_ref)


def _tell(closure: SessionClosure, notice: str, firsts: Party) -> None:
    """One message per visit and closure, whatever is repeated."""
    messages = [
        NewMessage(
            notice=notice,
            to=first.contact.contact_point,
            unit=first.unit,
            intent=f"{notice}:{closure.uid.hex}",
            about=first.uid,
            context={"booking": str(first.uid), "unit": first.unit.police_name},
            valid_until=first.slot.starts_at if notice == VISIT_RESCHEDULED.key else None,
        )
        for first in firsts
        if first.contact is not None
    ]
    queue_messages(messages=messages, by=EMPTIER)


def _note(
    locked: SessionClosure,
    closure: SessionClosure,
    *,
    session: Session,
    moved: list[list[Step]],
    displaced: list[Party],
    left: bool,
    now: dt.datetime,
) -> bool:
    """The progress, in the same transaction as what it counts."""
    locked.moved += sum(len(party) for party in moved)
    locked.displaced += sum(len(party) for party in displaced)
    locked.people = max(locked.people, locked.moved + locked.displaced)
    locked.finished_at = None if left else locked.finished_at or now
    locked.save(update_fields=["moved", "displaced", "people", "finished_at"])
    for name in ("moved", "displaced", "people", "finished_at"):
        setattr(closure, name, getattr(locked, name))
    if left:
        detail = {"moved": locked.moved, "displaced": locked.displaced}
        record(action="session.emptied", by=EMPTIER, obj=session, unit=session.unit, detail=detail)
    return not left
