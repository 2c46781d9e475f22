"""What a worker does for mass messages: make the list, turn it into outbox rows at the wished pace, count.

Every step is one short transaction under the lock of the mass message: list or rows, and how far they have
come, are committed together. A worker killed at any moment loses one batch, which the next one begins again;
two workers go one after the other; the outbox's unique key keeps every recipient once whatever happens.
"""

import datetime as dt
import logging
import time
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.notifications.actions.check_mass import context_of, recipients_of, wants_news
from portal.notifications.actions.hold_mass_rows import cancel_rows, hold_rows
from portal.notifications.actions.move_mass import TEND_TASK, lock_mass, move_mass
from portal.notifications.actions.queue_message import NewMessage, queue_messages
from portal.notifications.actions.tend_article import tend_article
from portal.notifications.audiences import find_audience
from portal.notifications.enums import MassState
from portal.notifications.limits import after_quiet_hours, is_quiet
from portal.notifications.models import MASS_INTENT, MassMessage, MassRecipient
from portal.notifications.notices import UNIT_NEWS
from portal.notifications.wake import wake_task

logger = logging.getLogger(__name__)

LIST_BATCH, BATCH = 2000, 500
# A worker that also sends codes never works on mass messages longer than this.
SLICE_SECONDS = 2.0
# The pace may catch up this much when a worker comes late; more would be a burst.
BURST = dt.timedelta(seconds=30)
COUNT_EVERY = dt.timedelta(seconds=5)
LOOK_AGAIN, LOOK_AGAIN_PAUSED = dt.timedelta(seconds=5), dt.timedelta(seconds=30)
# Reports of arrival come later.
LOOK_LATER, LOOK_UNTIL = dt.timedelta(minutes=10), dt.timedelta(days=3)


def tend_due(*, by: Actor) -> int:
    """Look after every mass message whose time has come; returns how many."""
    due = list(MassMessage.objects.due(timezone.now()).values_list("uid", flat=True)[:20])
    for uid in due:
        tend_mass(mass_uid=uid, by=by)
    return len(due)


def tend_mass(*, mass_uid: UUID, seconds: float = SLICE_SECONDS, by: Actor) -> MassMessage:
    """Take steps until `seconds` are over or the pace says wait; call it outside transactions."""
    end = time.monotonic() + seconds
    mass = MassMessage.objects.get(uid=mass_uid)
    if find_audience(mass.audience).by_article:
        return tend_article(mass_pk=mass.pk, by=by)
    has_more = True
    while has_more and time.monotonic() < end:
        has_more = _step(mass.pk, by)
    mass = _look(mass.pk, by)
    if has_more:  # behind whatever else waits for a worker
        wake_task(TEND_TASK, str(mass.uid), queue="maintenance")
    return mass


def _step(mass_pk: int, by: Actor) -> bool:
    """One batch; False when there is nothing to do just now."""
    with transaction.atomic():
        mass = lock_mass(mass_pk)
        if mass.state == MassState.QUEUED and (mass.starts_at is None or mass.starts_at <= timezone.now()):
            return _list_people(mass, by)
        if mass.state == MassState.RUNNING:
            return _queue_people(mass, by)
    return False


# ---- the list


def _list_people(mass: MassMessage, by: Actor) -> bool:
    """The next people of the group who did not refuse news; at the end the sending begins."""
    rows = recipients_of(mass).filter(pk__gt=mass.listed_to).values_list("pk", "opt_outs")[:LIST_BATCH]
    found = list(rows)
    if not found:
        _begin(mass, by)
        return True
    wanted = [pk for pk, opt_outs in found if wants_news(opt_outs)]
    MassRecipient.objects.bulk_create(MassRecipient(mass=mass, contact_point_id=pk) for pk in wanted)
    mass.people += len(wanted)
    mass.listed_to = found[-1][0]
    mass.save(update_fields=["people", "listed_to"])
    return True


def _begin(mass: MassMessage, by: Actor) -> None:
    # The first goes at once, and what a second may carry with it.
    mass.paced_to = timezone.now() - max(_each_takes(mass), dt.timedelta(seconds=1))
    mass.save(update_fields=["paced_to"])
    move_mass(obj=mass, to=MassState.RUNNING, by=by)


# ---- from the list to the outbox


def _queue_people(mass: MassMessage, by: Actor) -> bool:
    """Outbox rows for the next people, as many as the pace allows by now."""
    now = timezone.now()
    granted = _granted(mass, now)
    if not granted:
        return False
    ahead = mass.recipients.filter(pk__gt=mass.passed_to).select_related("contact_point")
    ahead = ahead.defer("contact_point__phone").order_by("pk")
    people = list(ahead[:granted])
    if not people:
        return False
    _queue(mass, people, by)
    mass.passed += len(people)
    mass.passed_to = people[-1].pk
    mass.paced_to = _paced_from(mass, now) + len(people) * _each_takes(mass)
    mass.save(update_fields=["passed", "passed_to", "paced_to"])
    return len(people) == BATCH


def _granted(mass: MassMessage, now: dt.datetime) -> int:
    """At night nothing: rows that pile up until six would all go out in that minute."""
    if is_quiet(now) or now >= mass.valid_until:
        return 0
    return max(0, min(BATCH, int((now - _paced_from(mass, now)) / _each_takes(mass) + 1e-6)))


def _each_takes(mass: MassMessage) -> dt.timedelta:
    return dt.timedelta(seconds=60 / mass.per_minute)


def _paced_from(mass: MassMessage, now: dt.datetime) -> dt.datetime:
    """Up to when the pace is used up; a long absence is made good only in part."""
    earliest = now - max(BURST, _each_takes(mass))
    return max(mass.paced_to or earliest, earliest)


def _queue(mass: MassMessage, people: list[MassRecipient], by: Actor) -> int:
    """One INSERT; who has a row already keeps it. Returns how many are new."""
    context = context_of(mass)
    messages = [
        NewMessage(
            notice=UNIT_NEWS.key,
            to=one.contact_point,
            unit=mass.unit,
            intent=MASS_INTENT,
            about=mass.uid,
            context=context,
            valid_until=mass.valid_until,
        )
        for one in people
    ]
    return len(queue_messages(messages=messages, by=by))


# ---- repair


def missing_recipients(mass: MassMessage) -> QuerySet[MassRecipient]:
    """People on the list, up to where it has come, without an outbox row."""
    row = mass.rows().filter(recipient=OuterRef("contact_point"))
    listed = mass.recipients.filter(pk__lte=mass.passed_to).select_related("contact_point")
    return listed.filter(~Exists(row)).order_by("pk")


def repair_mass(*, mass: MassMessage, by: Actor) -> int:
    """Give a row to everybody on the list who should have one and has none; returns to how many.

    Nothing for a message that was stopped or is too old: nobody wants it any more.
    """
    repaired = 0
    while batch := _repair_batch(mass.pk, by):
        repaired += batch
    return repaired


@transaction.atomic
def _repair_batch(mass_pk: int, by: Actor) -> int:
    mass = lock_mass(mass_pk)
    over = mass.state not in (MassState.RUNNING, MassState.DONE) or mass.valid_until <= timezone.now()
    people = [] if over else list(missing_recipients(mass)[:BATCH])
    if not people:
        return 0
    _queue(mass, people, by)
    mass.repaired += len(people)
    mass.next_at = timezone.now()
    mass.save(update_fields=["repaired", "next_at"])
    record(action="mass_message.repaired", by=by, obj=mass, unit=mass.unit, detail={"people": len(people)})
    return len(people)


# ---- counting, and the end


def _look(mass_pk: int, by: Actor) -> MassMessage:
    """Count, end what is over, and say when to look again."""
    with transaction.atomic():
        mass = lock_mass(mass_pk)
        if mass.state == MassState.PAUSED:
            hold_rows(mass)  # what came back from a provider since
        elif mass.state == MassState.STOPPED:
            cancel_rows(mass, by)
        _count(mass)
        mass.next_at = _next_look(mass)
        mass.save(update_fields=["figures", "rate", "counted_at", "next_at"])
        if mass.next_at is None:
            mass.recipients.all().delete()  # whom it was for is told by the outbox as long as that is kept
    if _is_over(mass):
        mass = _finish(mass, by)
    return mass


def _count(mass: MassMessage) -> None:
    """One GROUP BY over this message's own rows, at most every few seconds."""
    now, before, counted_at = timezone.now(), mass.handled, mass.counted_at
    is_fresh = counted_at is not None and now - counted_at < COUNT_EVERY
    if mass.started_at is None or (is_fresh and mass.passed < mass.people):
        return
    found = mass.rows().order_by().values_list("state").annotate(number=Count("pk"))
    mass.figures, mass.counted_at = dict(found), now
    start = counted_at or mass.started_at
    minutes = max((now - start).total_seconds(), 1.0) / 60
    latest = (mass.handled - before) / minutes
    mass.rate = round(latest if not mass.rate else 0.7 * mass.rate + 0.3 * latest)


def _next_look(mass: MassMessage) -> dt.datetime | None:
    now = timezone.now()
    if mass.state == MassState.QUEUED:
        return max(now, mass.starts_at or now)
    if mass.state == MassState.PAUSED:
        return now + LOOK_AGAIN_PAUSED
    if mass.is_live or (mass.state == MassState.STOPPED and mass.open_rows):
        # At night only a message that is past its validity has anything left to do.
        wake = now + LOOK_AGAIN
        return min(max(wake, after_quiet_hours(wake)), max(wake, mass.valid_until))
    ended = mass.finished_at or now
    return now + LOOK_LATER if now - ended < LOOK_UNTIL and mass.started_at else None


def _is_over(mass: MassMessage) -> bool:
    """Everybody has a final row; or nobody may get one any more."""
    all_passed = mass.passed >= mass.people or mass.valid_until <= timezone.now()
    return mass.state == MassState.RUNNING and all_passed and mass.open_rows == 0


def _finish(mass: MassMessage, by: Actor) -> MassMessage:
    """Before the end the list is compared with the outbox once more."""
    if repair_mass(mass=mass, by=by):
        return mass
    with transaction.atomic():
        now = timezone.now()
        MassMessage.objects.filter(pk=mass.pk).update(finished_at=now, next_at=now + LOOK_LATER)
        return move_mass(obj=mass, to=MassState.DONE, by=by)
