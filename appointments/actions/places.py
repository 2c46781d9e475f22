"""The part of a booking that holds locks: a place, the day's number, the booking row.

Everything else (hashes, persons, consent, outbox, audit) is done before, so that the hot rows are locked
for as short as possible. Locks are always taken in the order phone, code budget, slots, booking, session
(docs/adr/0014-places-and-numbers.md).

PostgreSQL does each step as one statement; SQLite, where an IMMEDIATE transaction already has the whole
database to itself, as UPDATE … RETURNING plus the ORM. Both refuse by the same condition.
"""

import datetime as dt
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from appointments.enums import BookingStatus
from appointments.models import Booking, Slot, StatusEntry
from portal.common.actors import SystemActor
from portal.common.errors import Conflict

FULL_TEXT = _("Khung giờ này vừa hết chỗ. Xin chọn khung giờ khác, thông tin đã nhập vẫn còn.")
HOLD_CLOCK = SystemActor("hold-clock")
# The guard against overbooking, in one place; the CHECK on the table is the second one. It is read at each
# call, so that a test can switch it off and see the overbooking it prevents.
HAS_ROOM = "taken < capacity"

_NEXT_NUMBER = (
    "UPDATE appointments_session SET last_number = last_number + 1 WHERE id = %s RETURNING last_number"
)
# The hold is locked and compared first: the counter moves only if it is still what the caller read.
_CONFIRM = """
WITH hold AS (
    SELECT id FROM appointments_booking WHERE id = %s AND status = %s AND slot_id = %s FOR NO KEY UPDATE
), counter AS (
    UPDATE appointments_session SET last_number = last_number + 1
    WHERE id = %s AND EXISTS (SELECT 1 FROM hold) RETURNING last_number
)
UPDATE appointments_booking
SET status = 'booked', number = counter.last_number, booked_at = %s, contact_id = %s
FROM counter WHERE appointments_booking.id = %s
RETURNING number
"""


def _take_place_sql() -> str:
    return f"UPDATE appointments_slot SET taken = taken + 1 WHERE id = %s AND {HAS_ROOM} RETURNING id"  # noqa: S608


def _first_value(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _columns(booking: Booking) -> tuple[list[str], list[Any]]:
    """Column names and database values of an unsaved booking, without the primary key and the number."""
    names: list[str] = []
    values: list[Any] = []
    for field in Booking._meta.local_concrete_fields:
        if field.primary_key or field.name == "number":
            continue
        names.append(str(field.column))
        values.append(field.get_db_prep_save(field.pre_save(booking, add=True), connection))
    return names, values


def _insert_on_postgres(booking: Booking, *, numbered: bool) -> bool:
    """Place, optional number and booking in one statement; False when the slot has no room."""
    names, values = _columns(booking)
    counter, source, number = "", "place", "NULL::integer"
    head: list[Any] = [booking.slot_id]
    if numbered:
        counter = (
            ", counter AS (UPDATE appointments_session SET last_number = last_number + 1"
            " WHERE id = %s AND EXISTS (SELECT 1 FROM place) RETURNING last_number)"
        )
        source, number = "place, counter", "counter.last_number"
        head.append(booking.session_id)
    sql = (
        f"WITH place AS ({_take_place_sql()}){counter} "  # noqa: S608 - names come from the model, values are bound
        f"INSERT INTO appointments_booking ({', '.join(names)}, number) "
        f"SELECT {', '.join(['%s'] * len(values))}, {number} FROM {source} RETURNING id, number"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, head + values)
        row = cursor.fetchone()
    if row is None:
        return False
    booking.pk, booking.number = row
    booking._state.adding, booking._state.db = False, connection.alias
    return True


def _took_place(slot_id: int) -> bool:
    return _first_value(_take_place_sql(), [slot_id]) is not None


def _insert_on_sqlite(booking: Booking, *, numbered: bool) -> bool:
    if not _took_place(booking.slot_id):
        return False
    if numbered:
        booking.number = _first_value(_NEXT_NUMBER, [booking.session_id])
    booking.save(force_insert=True)
    return True


def _insert(booking: Booking, *, numbered: bool) -> bool:
    if connection.vendor == "postgresql":
        return _insert_on_postgres(booking, numbered=numbered)
    return _insert_on_sqlite(booking, numbered=numbered)


def free_expired_holds(*, slot_id: int, now: dt.datetime) -> int:
    """Give back places whose hold ran out; returns how many. What was typed stays for a day."""
    lock_slots(slot_id)
    # Without an order of its own the query would join, and lock, the session as well.
    ran_out = Booking.objects.expired_holds(now).filter(slot_id=slot_id).order_by("pk")
    holds = list(ran_out.select_for_update(no_key=True))
    if holds:
        Booking.objects.filter(pk__in=[hold.pk for hold in holds]).update(status=BookingStatus.EXPIRED)
        Slot.objects.filter(pk=slot_id).update(taken=models.F("taken") - len(holds))
        append_entries(holds, to=BookingStatus.EXPIRED, actor=HOLD_CLOCK.actor_ref)
    return len(holds)


def append_entries(bookings: list[Booking], *, to: str, actor: str, reason: str = "") -> None:
    """History rows for the move each booking makes from its present status; a new row comes from nowhere."""
    StatusEntry.objects.bulk_create(
        StatusEntry(
            booking=booking,
            frm="" if booking.status == to else booking.status,
            to=to,
            actor=actor,
            reason=reason or None,
        )
        for booking in bookings
    )


def insert_with_place(booking: Booking, *, numbered: bool, now: dt.datetime) -> None:
    """Insert `booking` with a place in its slot (and the day's next number); Conflict `slot_full`.

    A full slot first gives back holds that ran out, so a place is free the second its hold expires.
    """
    if _insert(booking, numbered=numbered):
        return
    if free_expired_holds(slot_id=booking.slot_id, now=now) and _insert(booking, numbered=numbered):
        return
    raise Conflict("slot_full", FULL_TEXT)


def _take_place(slot: Slot, *, now: dt.datetime) -> None:
    if not _took_place(slot.pk) and not (
        free_expired_holds(slot_id=slot.pk, now=now) and _took_place(slot.pk)
    ):
        raise Conflict("slot_full", FULL_TEXT)


def swap_place(booking: Booking, *, slot: Slot, now: dt.datetime) -> bool:
    """Move a live hold to `slot`, `slot_full` if that has no room; False when somebody moved it meanwhile."""
    lock_slots(booking.slot_id, slot.pk)
    held = Booking.objects.filter(pk=booking.pk, status=BookingStatus.HELD, slot_id=booking.slot_id)
    if not held.select_for_update(no_key=True).exists():
        return False
    _take_place(slot, now=now)
    give_back_place(booking)
    held.update(slot=slot, session_id=slot.session_id)
    booking.slot, booking.session = slot, slot.session
    return True


def take_place_again(booking: Booking, *, slot: Slot, now: dt.datetime) -> bool:
    """A hold that ran out before its code came: a place in `slot` (the old one or another), or `slot_full`.

    False when another request of the same citizen was faster; then roll back and read again. The slot is
    locked before the booking, as everywhere.
    """
    _take_place(slot, now=now)
    ran_out = Booking.objects.filter(pk=booking.pk, status=BookingStatus.EXPIRED, slot_id=booking.slot_id)
    if not ran_out.update(slot=slot, session_id=slot.session_id):
        return False
    booking.slot, booking.session = slot, slot.session
    return True


def give_number(booking: Booking, *, contact_id: int, now: dt.datetime) -> bool:
    """Turn a hold (or the expired one whose place was taken again) into a booking with the day's next number.

    False when its status or slot is no longer what `booking` says: then roll back and read again.
    """
    seen = {"pk": booking.pk, "status": booking.status, "slot_id": booking.slot_id}
    if connection.vendor == "postgresql":
        number = _first_value(_CONFIRM, [*seen.values(), booking.session_id, now, contact_id, booking.pk])
        changed = number is not None
    else:
        number = _first_value(_NEXT_NUMBER, [booking.session_id])
        booked = {
            "status": BookingStatus.BOOKED,
            "number": number,
            "booked_at": now,
            "contact_id": contact_id,
        }
        changed = Booking.objects.filter(**seen).update(**booked) == 1
    if changed:
        booking.status, booking.number = BookingStatus.BOOKED, number
        booking.booked_at, booking.contact_id = now, contact_id
    return changed


def give_back_place(booking: Booking) -> None:
    """The slot's counter goes down by one; the slot row must have been locked before the booking."""
    Slot.objects.filter(pk=booking.slot_id, taken__gt=0).update(taken=models.F("taken") - 1)


def lock_slots(*slot_ids: int) -> None:
    """Lock in the order of the keys, or two people who swap places would wait for each other.

    NO KEY: rows that merely refer to a slot need not wait.
    """
    wanted = Slot.objects.filter(pk__in=set(slot_ids)).order_by("pk")
    list(wanted.select_for_update(no_key=True).values_list("pk"))


def lock_slot_and_booking(booking_uid: Any) -> Booking:
    """The booking, locked after its slot (the house order)."""
    slot_id = Booking.objects.values_list("slot_id", flat=True).get(uid=booking_uid)
    lock_slots(slot_id)
    return (
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .select_related("slot", "session", "unit", "declaration", "contact__contact_point")
        .get(uid=booking_uid)
    )
