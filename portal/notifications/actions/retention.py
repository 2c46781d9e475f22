"""Messages and calls that ended long ago: rows go, their figures stay.

What a day cost and whom it reached stands in DailyFigure. A message goes only after its day was counted for
good: before the last counted day, from which count_recent_days counts anew. Every batch commits; a run that
is killed is continued by the next.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from portal.common.actors import Actor
from portal.common.clock import local_moment
from portal.common.models import unprotected
from portal.notifications.models import CallAttempt, CallTask, DailyFigure, DeliveryAttempt, OutboxMessage
from portal.notifications.workflow import OPEN_CALLS

BATCH, ROUNDS = 500, 20  # a run of the task is cut off after a minute and a half


def forget_messages(*, by: Actor) -> int:
    """Delete messages that ended MESSAGE_DAYS ago, with their tries; returns how many.

    Also those a provider took and never reported on. Nothing goes before its day was counted.
    """
    before = _counted_before()
    if before is None:
        return 0
    rows = OutboxMessage.objects
    reported, silent = unprotected(rows.ended_before(before)), unprotected(rows.silent_since(before))
    return sum(_in_batches(due.all, _delete_messages) for due in (reported, silent))


def forget_calls(*, by: Actor) -> int:
    """Delete calls that ended MESSAGE_DAYS ago, with what officers wrote down of them; returns how many."""
    ended = CallTask.objects.filter(finished_at__lt=_kept_from()).exclude(state__in=OPEN_CALLS)
    return _in_batches(
        lambda: unprotected(ended, but_for=[CallAttempt]).order_by("finished_at"), _delete_calls
    )


def _kept_from() -> dt.datetime:
    return timezone.now() - dt.timedelta(days=settings.MESSAGE_DAYS)


def _counted_before() -> dt.datetime | None:
    """The end of the term, or the midnight before the last counted day; None when nothing was counted yet."""
    counted = DailyFigure.objects.aggregate(day=Max("day"))["day"]
    if counted is None:
        return None
    return min(_kept_from(), local_moment(counted - dt.timedelta(days=1), 0))


def _in_batches(due: Callable[[], QuerySet], delete: Callable[[list[int]], None]) -> int:
    done = 0
    for _round in range(ROUNDS):
        keys = list(due().values_list("pk", flat=True)[:BATCH])
        if keys:
            delete(keys)
        done += len(keys)
        if len(keys) < BATCH:
            break
    return done


@transaction.atomic
def _delete_messages(keys: list[int]) -> None:
    DeliveryAttempt.objects.filter(message__in=keys).delete()
    OutboxMessage.objects.filter(pk__in=keys).delete()


@transaction.atomic
def _delete_calls(keys: list[int]) -> None:
    CallAttempt.objects.filter(call__in=keys).delete()
    CallTask.objects.filter(pk__in=keys).delete()
