"""Places and numbers: stored counters that only conditional updates move (docs/adr/0014, 0024).

Everything else (hashes, persons, consent, outbox, journal) is done before, so that the hot rows are locked
for as short as possible. Locks are always taken in the order phone, campaign, persons (by their lock's
number), slots (by key), bookings (by key), session, code budget. The statements that take several of these
at once stand in place_statements.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions import place_statements
from appointments.actions.place_statements import first_value
from appointments.actions.remind import next_reminder
from appointments.enums import BookingStatus
from appointments.models import Booking, Slot, StatusEntry
from portal.common.actors import SystemActor
from portal.common.errors import Conflict

FULL_TEXT = _("Khung giờ này vừa hết chỗ. Xin chọn khung giờ khác, thông tin đã nhập vẫn còn.")
FEW_TEXT = _("Khung giờ này không còn đủ %(count)s chỗ. Xin chọn khung giờ khác, thông tin đã nhập vẫn còn.")
HOLD_CLOCK = SystemActor("hold-clock")
ATTEMPTS = 3
RESERVE_ATTEMPTS = 10  # the reserve can shrink once for each of a family of eight
_CAMPAIGN_LOCKS, _PERSON_LOCKS = 1_014, 1_024  # name spaces of advisory locks; the decisions' numbers


def lock_campaign(campaign_id: int, *, alone: bool = False, persons: Iterable[str] = ()) -> None:
    """Until the commit: many may book at once, and who closes a campaign or calls off a session is `alone`.

    `persons` are locked next, by the same statement, as by `lock_persons`.

    So whoever closes waits for the requests in flight, and later ones see it closed. An advisory lock and
    not FOR SHARE on the row: row locks let new readers overtake a waiting writer, who in a rush would wait
    for ever; this one is a fair queue. SQLite's IMMEDIATE transactions have the database to themselves.
    """
    if connection.vendor == "postgresql":
        name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        first_value(
            f"SELECT {name}(%s, %s) UNION ALL {_LOCK_PERSONS}",
            [_CAMPAIGN_LOCKS, campaign_id, *_person_locks(persons)],
        )


_LOCK_PERSONS = "SELECT pg_advisory_xact_lock(%s, each) FROM unnest(%s::int[]) AS each"


def lock_persons(person_keys: Iterable[str]) -> None:
    """Until the commit nobody else gives a place to these people, by their `Booking.person_key`.

    The unique key alone would do so row by row in the order of the form: two officers who register one family
    in different orders would each wait for a person of the other. Two people who share a number only wait for
    each other.
    """
    if connection.vendor == "postgresql":
        first_value(_LOCK_PERSONS, _person_locks(person_keys))


def _person_locks(person_keys: Iterable[str]) -> list[Any]:
    """Name space and numbers; a keyed hash is hexadecimal, 28 bits of it fit into a lock's number."""
    return [_PERSON_LOCKS, sorted({int(key[:7], 16) for key in person_keys})]


def lock_slots(*slot_ids: int) -> None:
    """Lock in the order of the keys, or two people who swap places would wait for each other.

    NO KEY: rows that merely refer to a slot need not wait.
    """
    wanted = Slot.objects.filter(pk__in=set(slot_ids)).order_by("pk")
    list(wanted.select_for_update(no_key=True).values_list("pk"))


class _Moved(Exception):
    """A booking stands in another slot than before its lock."""


def lock_bookings(*uids: Any) -> list[Booking]:
    """The bookings by key, locked after their slots (the house order), with all that a move reads.

    Who moves to another slot between reading and locking is read again: a slot locked after a booking could
    end in a deadlock. Conflict `changed_meanwhile` when that happens again and again.
    """
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():  # its end without success gives the locks back
                return _lock_where_read(uids)
        except _Moved:
            continue
    raise Conflict("changed_meanwhile", _("Lịch hẹn vừa thay đổi. Xin mở lại trang và thử lần nữa."))


def _lock_where_read(uids: Sequence[Any]) -> list[Booking]:
    slots = set(Booking.objects.order_by().filter(uid__in=uids).values_list("slot_id", flat=True))
    lock_slots(*slots)
    found = list(
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .select_related("slot", "session", "unit", "declaration", "contact__contact_point")
        .filter(uid__in=uids)
        .order_by("pk")
    )
    if any(booking.slot_id not in slots for booking in found):
        raise _Moved
    return found


def take_places(slot: Slot, *, count: int, now: dt.datetime) -> None:
    """`count` public places of `slot`, all or none.

    A slot that is too full first gives back holds that ran out, so a place is free the second its hold
    expires. Conflict `slot_full`, `campaign_closed`, `session_cancelled`. The caller writes the bookings in
    the same transaction.
    """
    for _try in range(2):
        if place_statements.took_places(slot.pk, public=count, reserved=0):
            return
        if not free_expired_holds(slot_id=slot.pk, now=now):
            break
    raise no_place(slot, count)


def insert_with_places(
    bookings: Sequence[Booking], *, numbered: bool, staff: bool = False, actor: str, now: dt.datetime
) -> None:
    """Take the places and insert unsaved bookings of one slot, with their unsaved declarations and history.

    `numbered` gives them the day's next numbers, neighbours in their order. Officers (`staff`) use the
    reserve first; the public never touches it. One statement on PostgreSQL. Conflicts as `take_places`.
    """
    slot, count = bookings[0].slot, len(bookings)
    for _try in range(RESERVE_ATTEMPTS):
        reserved = _of_reserve(slot, count) if staff else 0
        for place, booking in enumerate(bookings):
            booking.from_reserve = place < reserved
        if place_statements.insert_bookings(bookings, numbered=numbered, actor=actor):
            return
        if staff and _of_reserve(slot, count) != reserved:
            continue  # another desk was faster at the reserve
        if not free_expired_holds(slot_id=slot.pk, now=now):
            break
    raise no_place(slot, count)


def _of_reserve(slot: Slot, count: int) -> int:
    """How many of `count` places the reserve has at this moment.

    Read without a lock: the statement that takes them compares again. A lock here would be held over several
    journeys to the database, and desks at one slot would queue for seconds.
    """
    left = Slot.objects.values_list(models.F("reserve") - models.F("reserve_taken"), flat=True)
    return min(count, left.get(pk=slot.pk))


def refuse_full(slot: Slot, *, count: int, staff: bool = False) -> None:
    """Conflict `slot_full` as `slot` was read, before anything is written and a code is paid for.

    Most people in a rush end here. The statement that takes the places decides for the others.
    """
    free = slot.capacity - slot.taken + (slot.reserve - slot.reserve_taken if staff else 0)
    if count <= free:
        return
    ran_out = Booking.objects.order_by().expired_holds(timezone.now()).filter(slot_id=slot.pk)
    if count > free + ran_out.count():
        raise no_place(slot, count)


def no_place(slot: Slot, count: int) -> Conflict:
    """Why no place could be taken, read again now that the attempt failed."""
    refusal = closed_now(slot)
    if refusal is not None:
        return refusal
    return Conflict("slot_full", FULL_TEXT if count == 1 else str(FEW_TEXT) % {"count": count})


def closed_now(slot: Slot) -> Conflict | None:
    """The refusal when the slot's campaign or session takes nobody any more."""
    facts = Slot.objects.filter(pk=slot.pk).values_list("session__campaign__status", "session__status")
    campaign, session = facts.get()
    if session not in place_statements.TAKING_SESSIONS:
        return session_cancelled()
    return None if campaign in place_statements.TAKING_CAMPAIGNS else campaign_closed()


def campaign_closed() -> Conflict:
    text = _("Đợt này hiện không nhận đăng ký. Xin theo dõi thông báo của đơn vị.")
    return Conflict("campaign_closed", text)


def session_cancelled() -> Conflict:
    text = _("Buổi này đã được đơn vị hủy. Xin chọn ngày khác, thông tin đã nhập vẫn còn.")
    return Conflict("session_cancelled", text)


def give_back_places(bookings: Iterable[Booking]) -> None:
    """The counters of their slots go down; the slots must have been locked before the bookings."""
    for (slot_id, reserved), count in sorted(Counter((b.slot_id, b.from_reserve) for b in bookings).items()):
        counter = "reserve_taken" if reserved else "taken"
        Slot.objects.filter(pk=slot_id).update(**{counter: models.F(counter) - count})


def free_expired_holds(*, slot_id: int, now: dt.datetime) -> int:
    """Give back places whose hold ran out; returns how many. What was typed stays for a day."""
    # Asked without a lock first: of the many who find a slot full only few find a hold that ran out.
    if not Booking.objects.order_by().expired_holds(now).filter(slot_id=slot_id).exists():
        return 0
    lock_slots(slot_id)
    # Without an order of its own the query would join, and lock, the session as well.
    ran_out = Booking.objects.expired_holds(now).filter(slot_id=slot_id).order_by("pk")
    holds = list(ran_out.select_for_update(no_key=True))
    if holds:
        expire_bookings(holds, actor=HOLD_CLOCK.actor_ref)
    return len(holds)


def expire_bookings(holds: Sequence[Booking], *, actor: str, reason: str = "") -> None:
    """End locked holds and give their places back."""
    append_entries(holds, to=BookingStatus.EXPIRED, actor=actor, reason=reason)
    Booking.objects.filter(pk__in=[hold.pk for hold in holds]).update(status=BookingStatus.EXPIRED)
    give_back_places(holds)
    for hold in holds:
        hold.status = BookingStatus.EXPIRED


def append_entries(bookings: Iterable[Booking], *, to: str, actor: str, reason: str = "") -> None:
    """History rows for the move each booking makes from its present status; a new row comes from nowhere."""
    StatusEntry.objects.bulk_create(new_entries(bookings, to=to, actor=actor, reason=reason))


def new_entries(bookings: Iterable[Booking], *, to: str, actor: str, reason: str = "") -> list[StatusEntry]:
    """The same rows unsaved."""
    return [
        StatusEntry(
            booking=booking,
            frm="" if booking.status == to else booking.status,
            to=to,
            actor=actor,
            reason=reason or None,
        )
        for booking in bookings
    ]


def _lock_as_read(bookings: Sequence[Booking], *, status: str) -> models.QuerySet | None:
    """The rows, locked by key (a bulk UPDATE alone locks in any order); None if one is not as it was read."""
    rows = Booking.objects.order_by().filter(pk__in=[booking.pk for booking in bookings])
    same = rows.filter(status=status, slot_id=bookings[0].slot_id).order_by("pk")
    locked = list(same.select_for_update(no_key=True).values_list("pk"))
    return rows if len(locked) == len(bookings) else None


def move_holds(bookings: Sequence[Booking], *, slot: Slot, status: str) -> bool:
    """Carry locked or expired holds to `slot`, whose places were taken before; False when one of them is no
    longer in `status` where it was read."""
    seen = _lock_as_read(bookings, status=status)
    if seen is None:
        return False
    seen.update(slot=slot, session_id=slot.session_id)
    for booking in bookings:
        booking.slot, booking.session = slot, slot.session
    return True


def give_numbers(bookings: Sequence[Booking], *, contact_id: int, now: dt.datetime) -> bool:
    """Turn holds of one session (or expired ones whose places were taken again) into bookings with the day's
    next numbers, neighbours in their order.

    False when status, slot or session is no longer what `bookings` say: then roll back and read again.
    """
    reminder = next_reminder(starts_at=bookings[0].slot.starts_at, after=now)
    return place_statements.confirm_bookings(bookings, contact_id=contact_id, now=now, remind_at=reminder)


def accept_holds(bookings: Sequence[Booking], *, contact_id: int, now: dt.datetime) -> bool:
    """The same without numbers, which the campaign gives in batches; False as `give_numbers`."""
    seen = _lock_as_read(bookings, status=bookings[0].status)
    if seen is None:
        return False
    taken = {
        "status": BookingStatus.ACCEPTED,
        "booked_at": now,
        "contact_id": contact_id,
        "remind_at": next_reminder(starts_at=bookings[0].slot.starts_at, after=now),
    }
    seen.update(**taken)
    for booking in bookings:
        booking.status, booking.booked_at, booking.contact_id = BookingStatus.ACCEPTED, now, contact_id
    return True
