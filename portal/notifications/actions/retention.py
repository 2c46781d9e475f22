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
from portal.common.clock import local_moment, local_today
from portal.common.models import unprotected
from portal.notifications.actions.count_messages import STILL_MOVING
from portal.notifications.models import (
    CallAttempt,
    CallTask,
    ContactPoint,
    DailyFigure,
    DeliveryAttempt,
    OutboxMessage,
    ZaloLink,
)
from portal.notifications.workflow import FINAL, OPEN_CALLS

BATCH, ROUNDS = 500, 20  # a run of the task is cut off after a minute and a half


def forget_messages(*, by: Actor) -> int:
    """Delete messages that ended MESSAGE_DAYS ago, with their tries; returns how many.

    Also those a provider took and never reported on. Nothing goes before its day was counted.
    """
    before = _counted_before(_kept_from())
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


def forget_messages_of(*, contact_point: ContactPoint, by: Actor) -> int:
    """Delete what ended of one phone before its holder's wish, as far as its day was counted; how many."""
    counted = _counted_before(timezone.now())
    if counted is None:
        return 0
    mine = OutboxMessage.objects.filter(recipient=contact_point, state__in=FINAL, finished_at__lt=counted)
    keys = list(unprotected(mine).values_list("pk", flat=True))
    _delete_messages(keys)
    return len(keys)


def forget_calls_of(*, contact_point: ContactPoint, by: Actor) -> int:
    """Delete the calls of one phone that have ended, with their notes; returns how many."""
    mine = CallTask.objects.filter(contact_point=contact_point).exclude(state__in=OPEN_CALLS)
    keys = list(unprotected(mine, but_for=[CallAttempt]).values_list("pk", flat=True))
    _delete_calls(keys)
    return len(keys)


def forget_links_of(*, contact_point: ContactPoint, by: Actor) -> int:
    """Delete every link of one phone to Zalo users, standing ones too; returns how many."""
    return unprotected(ZaloLink.objects.filter(contact_point=contact_point)).delete()[0]


def _kept_from() -> dt.datetime:
    return timezone.now() - dt.timedelta(days=settings.MESSAGE_DAYS)


def _counted_before(moment: dt.datetime) -> dt.datetime | None:
    """`moment`, or the first moment that may still be counted anew; None when nothing was counted yet."""
    counted = DailyFigure.objects.aggregate(day=Max("day"))["day"]
    if counted is None:
        return None
    first_again = min(counted, local_today() - STILL_MOVING) - dt.timedelta(days=1)
    return min(moment, local_moment(first_again, 0))


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
