"""Reminders the day before and two hours before: nobody is woken, nothing comes after the visit."""

import datetime as dt
from collections import defaultdict

from django.db import connection, transaction
from django.utils import timezone

from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.notices import VISIT_REMINDER
from portal.common.actors import Actor
from portal.common.clock import LOCAL
from portal.notifications.actions.queue_message import NewMessage, queue_messages
from portal.notifications.limits import QUIET_UNTIL, is_quiet

BEFORE = (dt.timedelta(days=1), dt.timedelta(hours=2))
EVENING_HOUR = 20
BATCH = 500


def out_of_the_night(moment: dt.datetime) -> dt.datetime:
    """`moment` by day; a moment in quiet hours becomes 20:00 of the evening that begins that night."""
    if not is_quiet(moment):
        return moment
    local = moment.astimezone(LOCAL)
    evening = local.replace(hour=EVENING_HOUR, minute=0, second=0, microsecond=0)
    return evening - dt.timedelta(days=1) if local.hour < QUIET_UNTIL else evening


def next_reminder(*, starts_at: dt.datetime, after: dt.datetime) -> dt.datetime | None:
    """When a visit is mentioned next, later than `after` and before `starts_at`; None when never again."""
    moments = sorted({out_of_the_night(starts_at - before) for before in BEFORE})
    return next((moment for moment in moments if after < moment < starts_at), None)


def send_reminders(*, by: Actor) -> int:
    """Queue what is due, one message per visit however many come; returns how many visits.

    The next due time is written in the same transaction, so that a second sweeper finds nothing left.
    """
    now = timezone.now()
    with transaction.atomic():
        due = _lock_due(now)
        parties = defaultdict(list)
        for booking in due:
            parties[booking.party, booking.slot_id].append(booking)
        # A visit that has begun meanwhile (the worker was away) is only taken off the list.
        visits = [people for people in parties.values() if people[0].slot.starts_at > now]
        queue_messages(messages=[_message(people[0]) for people in visits if people[0].contact], by=by)
        _plan_next(due, now)
    return len(visits)


def _lock_due(now: dt.datetime) -> list[Booking]:
    due = Booking.objects.filter(remind_at__lte=now, status=BookingStatus.BOOKED)
    joined = due.select_related("slot__session", "unit", "contact__contact_point").order_by("number", "pk")
    skip = connection.features.has_select_for_update_skip_locked
    return list(joined.select_for_update(of=("self",), no_key=True, skip_locked=skip)[:BATCH])


def _message(booking: Booking) -> NewMessage:
    """The moment stands in the intent: who moves to another hour is reminded of that one too."""
    return NewMessage(
        notice=VISIT_REMINDER.key,
        to=booking.contact.contact_point,  # type: ignore[union-attr]  # asked by the caller
        unit=booking.unit,
        intent=f"{VISIT_REMINDER.key}.{booking.remind_at:%Y%m%d%H%M}",
        about=booking.uid,
        context={"booking": str(booking.uid), "unit": booking.unit.police_name},
        valid_until=booking.slot.starts_at,
    )


def _plan_next(due: list[Booking], now: dt.datetime) -> None:
    """One UPDATE per slot: everybody in it is due at the same moments."""
    slots = defaultdict(list)
    for booking in due:
        slots[booking.slot_id].append(booking)
    for bookings in slots.values():
        later = next_reminder(starts_at=bookings[0].slot.starts_at, after=now)
        Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(remind_at=later)
