"""The statements that take a place or a number, each with an ORM twin for SQLite.

On PostgreSQL what is hot is locked by one statement: place, numbers, bookings and history of a family in
one. On SQLite, where an IMMEDIATE transaction already has the whole database to itself, the same steps are
several statements with the same conditions. Both answer False by the same condition; nothing is written then.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Case, Value, When

from appointments.enums import BookingStatus, CampaignStatus, SessionStatus
from appointments.models import Booking, StatusEntry
from portal.common.inserts import Piece, insert_piece, insert_rows, run_pieces

TAKING_CAMPAIGNS = (CampaignStatus.OPEN, CampaignStatus.FULL)
TAKING_SESSIONS = (SessionStatus.PLANNED,)
# The guards, each in one place. They are read at each call, so that a test can switch one off and see what
# it prevents; the CHECKs and unique keys of the tables are the second line.
HAS_ROOM = (
    "taken + {public} <= capacity AND (open_to_public OR {public} = 0)"
    " AND reserve_taken + {reserved} <= reserve"
)
IS_TAKING = (
    "session_id IN (SELECT s.id FROM appointments_session s"
    " JOIN appointments_campaign c ON c.id = s.campaign_id"
    " WHERE s.status = 'planned' AND c.status IN ('open', 'full'))"
)
NEXT_NUMBERS = (
    "UPDATE appointments_session SET last_number = last_number + %s WHERE id = %s AND status = 'planned'"
)
# The holds are locked and compared first: the counter moves only if they are still what the caller read.
_CONFIRM = """
WITH holds AS (
    SELECT id FROM appointments_booking WHERE id = ANY(%s) AND status = %s AND slot_id = %s
    ORDER BY id FOR NO KEY UPDATE
), counter AS (
    {next_numbers} AND (SELECT count(*) FROM holds) = %s RETURNING last_number
), wanted AS (
    SELECT * FROM unnest(%s::bigint[]) WITH ORDINALITY AS each(id, place)
)
UPDATE appointments_booking
SET status = 'booked', number = counter.last_number - %s + wanted.place, booked_at = %s, contact_id = %s,
    remind_at = %s
FROM counter, wanted WHERE appointments_booking.id = wanted.id
RETURNING appointments_booking.id, number
"""
# Who accepted first gets the smaller number, but the rows are locked by key, as everywhere. Two workers on
# one session: the second waits for the rows of the first and then finds them numbered.
_BATCH = """
WITH first_come AS (
    SELECT id FROM appointments_booking WHERE session_id = %s AND status = 'accepted'
    ORDER BY booked_at, id LIMIT %s
), waiting AS (
    SELECT id, booked_at FROM appointments_booking
    WHERE id IN (SELECT id FROM first_come) AND status = 'accepted' ORDER BY id FOR NO KEY UPDATE
), batch AS (
    SELECT id, row_number() OVER (ORDER BY booked_at, id) AS place, count(*) OVER () AS size FROM waiting
), counter AS (
    UPDATE appointments_session SET last_number = last_number + (SELECT count(*) FROM batch)
    WHERE id = %s AND EXISTS (SELECT 1 FROM batch) RETURNING last_number
)
UPDATE appointments_booking
SET status = 'booked', number = counter.last_number - batch.size + batch.place
FROM counter, batch WHERE appointments_booking.id = batch.id
RETURNING appointments_booking.id, number
"""


def first_value(sql: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _pairs(sql: str, values: Sequence[Any]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def _place_piece(slot_id: int, public: int, reserved: int) -> Piece:
    room = HAS_ROOM.format(public=int(public), reserved=int(reserved))
    sql = (
        "UPDATE appointments_slot SET taken = taken + %s, reserve_taken = reserve_taken + %s "  # noqa: S608 - our own conditions
        f"WHERE id = %s AND {room} AND {IS_TAKING} RETURNING id"
    )
    return Piece("place", sql, [public, reserved, slot_id])


def took_places(slot_id: int, *, public: int, reserved: int) -> bool:
    """Take them if there is room and the campaign takes people."""
    piece = _place_piece(slot_id, public, reserved)
    return first_value(piece.sql, piece.values) is not None


def next_numbers(session_id: int, count: int) -> int | None:
    """The first of `count` neighbouring numbers; None when the session was called off."""
    last = first_value(f"{NEXT_NUMBERS} RETURNING last_number", [count, session_id])
    return None if last is None else last - count + 1


def insert_bookings(bookings: Sequence[Booking], *, numbered: bool, actor: str) -> bool:
    """Places, optional numbers, declarations, bookings and their first history rows."""
    history = [StatusEntry(booking=each, frm="", to=each.status, actor=actor) for each in bookings]
    rows: list[Any] = [*_new_declarations(bookings), *bookings, *history]
    if connection.vendor == "postgresql":
        return _insert_on_postgres(bookings, history, rows, numbered=numbered)
    reserved = sum(booking.from_reserve for booking in bookings)
    if not took_places(bookings[0].slot_id, public=len(bookings) - reserved, reserved=reserved):
        return False
    if numbered:
        _set_numbers(bookings, next_numbers(bookings[0].session_id, len(bookings)))
    insert_rows(rows)
    return True


def _new_declarations(bookings: Sequence[Booking]) -> list[Any]:
    return [booking.declaration for booking in bookings if booking.declaration.pk is None]


def _set_numbers(bookings: Sequence[Booking], first: int | None) -> None:
    for place, booking in enumerate(bookings):
        booking.number = None if first is None else first + place


def _insert_on_postgres(
    bookings: Sequence[Booking], history: list[StatusEntry], rows: list[Any], *, numbered: bool
) -> bool:
    count, reserved = len(bookings), sum(booking.from_reserve for booking in bookings)
    before = [_place_piece(bookings[0].slot_id, count - reserved, reserved)]
    source, computed = "place", {}
    if numbered:
        sql = NEXT_NUMBERS + " AND EXISTS (SELECT 1 FROM place) RETURNING last_number"  # noqa: S608 - our own condition
        before.append(Piece("counter", sql, [count, bookings[0].session_id]))
        source = "place, counter"
        computed = {"number": [f"counter.last_number - {count - 1 - place}" for place in range(count)]}
    drafts = _new_declarations(bookings)
    pieces = [insert_piece(drafts, source=source)] if drafts else []
    pieces.append(insert_piece(bookings, source=source, computed=computed))
    pieces.append(insert_piece(history, source=source))
    answer = "SELECT last_number FROM counter" if numbered else ""
    found = run_pieces(pieces, rows, before=before, answer=answer)
    if bookings[0].uid not in found:
        return False
    if numbered:
        _set_numbers(bookings, found[None] - count + 1)
    return True


def confirm_bookings(
    bookings: Sequence[Booking], *, contact_id: int, now: dt.datetime, remind_at: dt.datetime | None
) -> bool:
    """Numbers for holds that are still what was read."""
    ids, count = [booking.pk for booking in bookings], len(bookings)
    status, slot_id, session_id = bookings[0].status, bookings[0].slot_id, bookings[0].session_id
    if connection.vendor == "postgresql":
        numbers = _pairs(
            _CONFIRM.format(next_numbers=NEXT_NUMBERS),
            [ids, str(status), slot_id, count, session_id, count, ids, count, now, contact_id, remind_at],
        )
    else:
        numbers = _confirm_on_sqlite(bookings, booked_at=now, contact_id=contact_id, remind_at=remind_at)
    if len(numbers) != count:
        return False
    for booking in bookings:
        booking.status, booking.number = BookingStatus.BOOKED, numbers[booking.pk]
        booking.booked_at, booking.contact_id = now, contact_id
    return True


def _confirm_on_sqlite(bookings: Sequence[Booking], **written: Any) -> dict[int, int]:
    first = next_numbers(bookings[0].session_id, len(bookings))
    if first is None:
        return {}
    numbers = {booking.pk: first + place for place, booking in enumerate(bookings)}
    seen = Booking.objects.filter(pk__in=numbers, status=bookings[0].status, slot_id=bookings[0].slot_id)
    changed = seen.update(status=BookingStatus.BOOKED, number=_number_of(numbers), **written)
    return numbers if changed == len(numbers) else {}


def _number_of(numbers: dict[int, int]) -> Case:
    """SQL that tells each row its number."""
    return Case(*(When(pk=pk, then=Value(number)) for pk, number in numbers.items()))


def number_accepted(session_id: int, *, most: int) -> dict[int, int]:
    """{primary key: number} of the longest waiting accepted registrations of a session, at most `most`."""
    if connection.vendor == "postgresql":
        return _pairs(_BATCH, [session_id, most, session_id])
    waiting = Booking.objects.filter(session_id=session_id, status=BookingStatus.ACCEPTED)
    ids = list(waiting.order_by("booked_at", "pk").values_list("pk", flat=True)[:most])
    if not ids:
        return {}
    last = first_value(
        "UPDATE appointments_session SET last_number = last_number + %s WHERE id = %s RETURNING last_number",
        [len(ids), session_id],
    )
    numbers = {pk: last - len(ids) + 1 + place for place, pk in enumerate(ids)}
    waiting.filter(pk__in=ids).update(status=BookingStatus.BOOKED, number=_number_of(numbers))
    return numbers
