"""Spending a unit's hourly budget of codes: a row and conditional UPDATEs, so the bill has a ceiling."""

import datetime as dt
import math

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from portal.citizens.enums import Lane
from portal.citizens.models import (
    CitizenSession,
    CitizenToken,
    CodeBudget,
    CodeQueue,
    LinkCode,
    LinkInvitation,
    OneTimeCode,
    SpentProof,
    WaitingRequest,
    ZaloAnswer,
)
from portal.citizens.rules import HOUR, LONGEST_QUEUE_SECONDS, BudgetState, queue_spacing
from portal.units.models import Unit

TURN_ATTEMPTS = 20
DEVICE_DAYS = 30


def hour_of(now: dt.datetime) -> dt.datetime:
    """The start of the clock hour."""
    return now.replace(minute=0, second=0, microsecond=0)


def seconds_to_next_hour(now: dt.datetime) -> int:
    return max(1, math.ceil((hour_of(now) + dt.timedelta(hours=1) - now).total_seconds()))


def read_state(*, unit: Unit, now: dt.datetime) -> BudgetState:
    """The unit's hour as it stands; another caller may change it the next moment."""
    row = CodeBudget.objects.filter(unit=unit, hour=hour_of(now)).values_list("used", "queued").first()
    used, queued = row or (0, 0)
    return BudgetState(
        limit=unit.code_budget_per_hour, used=used, queued=queued, seconds_left=seconds_to_next_hour(now)
    )


def spend(*, unit: Unit, lane: Lane, below: int, now: dt.datetime) -> bool:
    """Take one code from the hour if fewer than `below` are used (and the queue's share allows it).

    One UPDATE whose WHERE holds the limit: two callers cannot both take the last one.
    """
    hour = hour_of(now)
    wanted = CodeBudget.objects.filter(unit=unit, hour=hour, used__lt=below)
    step = {"used": F("used") + 1}
    if lane == Lane.QUEUE:
        full = BudgetState(limit=unit.code_budget_per_hour, used=0, queued=0, seconds_left=HOUR)
        wanted = wanted.filter(queued__lt=full.queue_share)
        step["queued"] = F("queued") + 1
    if wanted.update(**step):
        return True
    # Only the first code of an hour finds no row.
    CodeBudget.objects.bulk_create([CodeBudget(unit=unit, hour=hour)], ignore_conflicts=True)
    return wanted.update(**step) == 1


def spend_once(*, digest: str, expires_at: dt.datetime) -> bool:
    """Mark a proof or ticket as used; False when it was used before."""
    try:
        with transaction.atomic():
            SpentProof.objects.create(digest=digest, expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def seconds_of_queue(*, unit: Unit, now: dt.datetime) -> int | None:
    """How long a new place in the queue would wait; None when the queue is full or the unit has none."""
    free_at = CodeQueue.objects.filter(unit=unit).values_list("next_free_at", flat=True).first()
    turn = _turn_after(free_at, now)
    waits = math.ceil((turn - now).total_seconds())
    has_queue = math.isfinite(queue_spacing(unit.code_budget_per_hour))
    return waits if has_queue and waits <= LONGEST_QUEUE_SECONDS else None


def take_turn(*, unit: Unit, now: dt.datetime) -> dt.datetime | None:
    """Reserve the next turn of the unit's queue; None when the queue is full.

    Turns stand `queue_spacing` apart. The UPDATE moves the row only from the value it read, so that no
    turn is given twice, on either database and without a lock.
    """
    if seconds_of_queue(unit=unit, now=now) is None:
        return None
    spacing = dt.timedelta(seconds=queue_spacing(unit.code_budget_per_hour))
    CodeQueue.objects.bulk_create([CodeQueue(unit=unit, next_free_at=now)], ignore_conflicts=True)
    for _attempt in range(TURN_ATTEMPTS):
        free_at = CodeQueue.objects.values_list("next_free_at", flat=True).get(unit=unit)
        turn = _turn_after(free_at, now)
        moved = CodeQueue.objects.filter(unit=unit, next_free_at=free_at).update(next_free_at=turn + spacing)
        if moved:
            return turn
    return None


def _turn_after(free_at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    earliest = now + dt.timedelta(seconds=settings.QUEUE_SECONDS)
    return max(free_at, earliest) if free_at else earliest


def forget_expired() -> int:
    """Delete proofs, waiting requests, challenges and devices that nothing can use any more; how many."""
    now = timezone.now()
    doomed = [
        SpentProof.objects.filter(expires_at__lt=now),
        WaitingRequest.objects.filter(expires_at__lt=now),
        OneTimeCode.objects.filter(expires_at__lt=now - dt.timedelta(days=1)),
        LinkCode.objects.filter(expires_at__lt=now - dt.timedelta(days=1)),
        ZaloAnswer.objects.filter(valid_until__lt=now - dt.timedelta(days=14)),  # as long as its event
        LinkInvitation.objects.filter(expires_at__lt=now - dt.timedelta(days=14)),
        CodeBudget.objects.filter(hour__lt=now - dt.timedelta(days=90)),
        # A month longer than they open anything: who asks about a strange device can still be answered.
        CitizenSession.objects.filter(expires_at__lt=now - dt.timedelta(days=DEVICE_DAYS)),
        CitizenToken.objects.filter(expires_at__lt=now - dt.timedelta(days=DEVICE_DAYS)),
    ]
    return sum(rows.delete()[0] for rows in doomed)
