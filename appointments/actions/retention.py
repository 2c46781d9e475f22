"""Visits that are over: what was filled in goes first, then everything that says who came.

Both periods are counted in local days from the day of the visit (settings). What stays is an archived row
without a person, so that numbers and figures of a session remain explainable for ever.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet

from appointments.enums import BookingStatus, CardStatus
from appointments.models import ArchivedBooking, Booking, Card, CardEntry, StatusEntry, Turn
from portal.audit.record import record
from portal.citizens.actions.personal_data import forget_person
from portal.citizens.enums import ErasureReason
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.notifications.actions.forget_call_notes import forget_call_notes
from portal.notifications.enums import State
from portal.notifications.models import CallTask, OutboxMessage
from procedures.actions.retention import erase_details, forget_declaration
from procedures.declarations.ages import band_of
from procedures.models import Declaration

BATCH, ROUNDS = 100, 20  # a run of the task is cut off after a minute and a half
# Nothing can happen to these any more.
OVER = (
    BookingStatus.FINISHED,
    BookingStatus.MISSED,
    BookingStatus.MOVED,
    BookingStatus.CANCELLED,
    BookingStatus.EXPIRED,
)


def erase_old_details(*, by: Actor) -> int:
    """Erase what was filled in for visits more than DECLARATION_DAYS ago; returns how many declarations.

    A visit that was moved counts from its last day. Why somebody was served first says something of his
    health: it goes at the same time, also of people who came without an appointment.
    """
    before = last_day_kept(settings.DECLARATION_DAYS)
    Turn.objects.filter(session__date__lt=before, priority_kind__isnull=False).update(priority_kind=None)
    visits = Booking.objects.filter(declaration=OuterRef("pk"))
    due = Declaration.objects.filter(
        Exists(visits), ~Exists(visits.filter(session__date__gte=before)), details__isnull=False
    ).select_related("unit")
    return _in_batches(due, lambda rows: erase_details(declarations=rows, by=by))


def archive_old_bookings(*, by: Actor) -> int:
    """Archive every booking whose day is more than APPOINTMENT_DAYS ago; returns how many.

    Whatever its status: a visit that nobody marked as done or missed is over all the same. A card that
    waits to be collected keeps its visit. Declaration and person go with it unless another row needs them.
    """
    due = unneeded().filter(session__date__lt=last_day_kept(settings.APPOINTMENT_DAYS))
    joined = due.select_related("declaration__subject", "declaration__unit")
    return _in_batches(joined, lambda rows: sum(_let_go(row, by=by) for row in rows))


@transaction.atomic
def _let_go(booking: Booking, *, by: Actor) -> bool:
    if not archive_booking(booking=booking, by=by):
        return False
    declaration = booking.declaration
    if forget_declaration(declaration=declaration, by=by) and declaration.subject is not None:
        forget_person(person=declaration.subject, reason=ErasureReason.RETENTION, by=by)
    return True


def last_day_kept(days: int) -> dt.date:
    """Visits of this local day are kept today, for the last time; those before it are due."""
    return local_today() - dt.timedelta(days=days)


def unneeded() -> QuerySet[Booking]:
    """Bookings that no later one was moved from and whose card does not wait to be collected."""
    later = Booking.objects.filter(moved_from=OuterRef("pk"))
    waiting = Card.objects.filter(booking=OuterRef("pk")).exclude(status=CardStatus.COLLECTED)
    return Booking.objects.filter(~Exists(later), ~Exists(waiting))


def is_over(booking: Booking) -> bool:
    """Nothing can happen to it any more, nothing about it waits to be sent, or its day is past."""
    if booking.session.date < local_today():
        return True
    waiting = OutboxMessage.objects.filter(about=booking.uid, state__in=(State.QUEUED, State.CLAIMED))
    calls = CallTask.objects.open().filter(about=booking.uid)
    return booking.status in OVER and not waiting.exists() and not calls.exists()


def archive_booking(*, booking: Booking, by: Actor) -> bool:
    """Move a booking into the archive; False when it is gone already or some row still needs it.

    Places and numbers of slot and session stay as they are: the visit took place. Its declaration and its
    person are the caller's to forget.
    """
    try:
        with transaction.atomic():
            locked = Booking.objects.select_for_update(of=("self",)).filter(pk=booking.pk).first()
            if locked is None:
                return False
            ArchivedBooking.objects.create(**_facts(locked), **_times(locked))
            StatusEntry.objects.filter(booking=locked).delete()
            _delete_collected_card(locked)
            forget_call_notes(about=locked.uid)
            Turn.objects.filter(booking=locked).update(priority_kind=None)  # the turn itself names nobody
            Booking.objects.filter(pk=locked.pk).delete()
            record(action="booking.archived", by=by, obj=locked, unit=locked.unit)
    except ProtectedError:
        return False
    return True


def _facts(booking: Booking) -> dict[str, object]:
    subject = booking.declaration.subject
    return {
        "uid": booking.uid,
        "unit_id": booking.unit_id,
        "session_id": booking.session_id,
        "slot_id": booking.slot_id,
        "number": booking.number,
        "status": booking.status,
        "from_reserve": booking.from_reserve,
        "request_kind": booking.declaration.request_kind,
        "age_band": band_of(subject.birth_date, booking.session.date) if subject else "",
        "filed_by_kind": booking.filed_by.split(":")[0],
        "booked_at": booking.booked_at,
    }


def _times(booking: Booking) -> dict[str, dt.datetime | None]:
    moments = dict(booking.history.order_by("pk").values_list("to", "created_at"))
    card = Card.objects.filter(booking=booking).first()
    return {
        "checked_in_at": moments.get(BookingStatus.CHECKED_IN),
        "finished_at": moments.get(BookingStatus.FINISHED),
        "card_ready_at": card.ready_at if card else None,
        "card_collected_at": card.collected_at if card else None,
    }


def _delete_collected_card(booking: Booking) -> None:
    """A card that still waits stays, and with it, by its foreign key, the booking."""
    collected = Card.objects.filter(booking=booking, status=CardStatus.COLLECTED)
    CardEntry.objects.filter(card__in=collected).delete()
    collected.delete()


def _in_batches(due: QuerySet, work: Callable[[list], int]) -> int:
    """`work` for BATCH rows at a time, each batch once; what is left over waits for the next run."""
    done, last = 0, 0
    for _round in range(ROUNDS):
        rows = list(due.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not rows:
            break
        done += work(rows)
        last = rows[-1].pk
    return done
