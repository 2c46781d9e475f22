"""The locked part of moving people: places there, places back, numbers, rows; for one or for hundreds.

Locks are taken in the house's order (docs/adr/0014-places-and-numbers.md): all slots by key, the bookings by
key, the sessions' counters by key; people who are new in a campaign were locked by the caller before.
Everything is decided after the locks, in a fixed number of statements per slot and session, however many
people move.
"""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from appointments.actions.places import append_entries, free_expired_holds, lock_slots
from appointments.actions.remind import next_reminder
from appointments.enums import LIVE, BookingStatus
from appointments.models import Booking, Slot, StatusEntry
from portal.common.errors import Conflict

_NUMBERS = (
    "UPDATE appointments_session SET last_number = last_number + %s WHERE id = %s RETURNING last_number"
)


class ChangedMeanwhile(Exception):
    """A booking is not what was read before its lock: roll back and look again."""


@dataclass
class Step:
    """One person from `old` to `slot`; `new` is the row that will stand for the visit.

    Inside one session `new` is `old` itself: the same row and number at another hour.
    """

    old: Booking
    slot: Slot
    reserve: bool = False
    new: Booking | None = None

    @property
    def stays(self) -> bool:
        """Only a visit that is still to come keeps its number; a missed one gets another."""
        return self.old.session_id == self.slot.session_id and self.old.status == BookingStatus.BOOKED

    @property
    def result(self) -> Booking:
        return self.old if self.new is None else self.new


def plan_steps(people: list[Booking], *, slot: Slot, party: uuid.UUID, actor: str) -> list[Step]:
    """Steps with their unsaved new rows; nothing is locked or written yet."""
    steps = [Step(old=one, slot=slot) for one in people]
    for step in steps:
        if not step.stays:
            step.new = _successor(step.old, slot=slot, party=party, actor=actor)
    return steps


def _successor(old: Booking, *, slot: Slot, party: uuid.UUID, actor: str) -> Booking:
    return Booking(
        slot=slot,
        session=slot.session,
        unit=old.unit,
        declaration=old.declaration,
        party=party,
        moved_from=old,
        contact=old.contact,
        status=BookingStatus.BOOKED,
        hold_until=old.hold_until,
        person_key=old.person_key,
        phone_hash=old.phone_hash,
        filed_by=actor,
    )


def carry_out(
    steps: list[Step], *, now: dt.datetime, actor: str, party: uuid.UUID | None = None, reason: str = ""
) -> None:
    """Do all steps or none: Conflict `slot_full`, ChangedMeanwhile. Runs in the caller's transaction.

    `party` joins those who stay in their row under another visit.
    """
    lock_slots(*{step.old.slot_id for step in steps}, *{step.slot.pk for step in steps})
    lock_people([step.old for step in steps])
    for (slot_id, reserve), count in Counter((step.slot.pk, step.reserve) for step in steps).items():
        if not take_places(slot_id, count, reserve=reserve, now=now):
            raise Conflict("slot_full", _full_text(count))
    give_back([step.old for step in steps])
    _rewrite([step for step in steps if step.new is None], now=now, actor=actor, party=party, reason=reason)
    _replace([step for step in steps if step.new is not None], now=now, actor=actor, reason=reason)


def _full_text(count: int) -> str:
    if count == 1:
        return _("Khung giờ này vừa hết chỗ. Xin chọn khung giờ khác, lịch cũ vẫn còn nguyên.")
    text = _("Khung giờ này không còn đủ %(count)s chỗ. Xin chọn khung giờ khác, lịch cũ vẫn còn nguyên.")
    return text % {"count": count}


def lock_people(people: list[Booking]) -> None:
    """Lock the rows and compare them with what was read; ChangedMeanwhile."""
    rows = Booking.objects.filter(pk__in=[one.pk for one in people]).order_by("pk")
    found = {
        pk: seen
        for pk, *seen in rows.select_for_update(no_key=True).values_list("pk", "status", "slot_id", "number")
    }
    if any(found.get(one.pk) != [one.status, one.slot_id, one.number] for one in people):
        raise ChangedMeanwhile


def take_places(slot_id: int, count: int, *, reserve: bool = False, now: dt.datetime) -> bool:
    """`count` places in one slot, all or nothing; holds that ran out are given back first if need be."""
    taken, most = ("reserve_taken", "reserve") if reserve else ("taken", "capacity")
    room = Slot.objects.filter(pk=slot_id, **{f"{taken}__lte": F(most) - count})
    if room.update(**{taken: F(taken) + count}):
        return True
    freed = not reserve and free_expired_holds(slot_id=slot_id, now=now)
    return bool(freed and room.update(**{taken: F(taken) + count}))


def give_back(people: list[Booking]) -> None:
    """The places of those who still had one; their slots and rows are locked."""
    held = Counter((one.slot_id, one.from_reserve) for one in people if one.status in LIVE)
    for (slot_id, reserve), count in held.items():
        counter = "reserve_taken" if reserve else "taken"
        Slot.objects.filter(pk=slot_id).update(**{counter: F(counter) - count})


def take_numbers(session_id: int, count: int) -> range:
    """The next `count` numbers of the day, neighbours of each other."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [count, session_id])
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def _rewrite(
    steps: list[Step], *, now: dt.datetime, actor: str, party: uuid.UUID | None, reason: str
) -> None:
    """The same row and number at another hour of the session."""
    for step in steps:
        step.old.slot, step.old.from_reserve = step.slot, step.reserve
        step.old.party = party or step.old.party
        step.old.remind_at = next_reminder(starts_at=step.slot.starts_at, after=now)
    if steps:
        columns = ["slot", "from_reserve", "party", "remind_at"]
        Booking.objects.bulk_update([step.old for step in steps], columns)
        append_entries([step.old for step in steps], to=BookingStatus.BOOKED, actor=actor, reason=reason)


def _replace(steps: list[Step], *, now: dt.datetime, actor: str, reason: str) -> None:
    """Old rows stay behind as MOVED with their numbers, new rows get the next ones of their session."""
    if not steps:
        return
    set_status([step.old for step in steps], to=BookingStatus.MOVED, actor=actor, reason=reason)
    by_session: dict[int, list[Booking]] = {}
    for step in steps:
        assert step.new is not None
        step.new.booked_at, step.new.from_reserve = now, step.reserve
        step.new.remind_at = next_reminder(starts_at=step.slot.starts_at, after=now)
        by_session.setdefault(step.slot.session_id, []).append(step.new)
    for session_id, rows in sorted(by_session.items()):
        for row, number in zip(rows, take_numbers(session_id, len(rows)), strict=True):
            row.number = number
    fresh = [step.new for step in steps if step.new is not None]
    Booking.objects.bulk_create(fresh)
    StatusEntry.objects.bulk_create(
        StatusEntry(booking=row, frm="", to=row.status, actor=actor, reason=reason or None) for row in fresh
    )


def set_status(people: list[Booking], *, to: str, actor: str, reason: str = "") -> None:
    """History and new status of locked rows in two statements."""
    append_entries(people, to=to, actor=actor, reason=reason)
    Booking.objects.filter(pk__in=[one.pk for one in people]).update(status=to)
    for one in people:
        one.status = to
