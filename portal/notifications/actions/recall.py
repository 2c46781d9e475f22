"""Messages that wait because a provider was ill: due again as soon as it is well.

Each failed try doubles a message's wait. That spares a provider nobody can judge yet; once health.py says
that it is back at work, waiting on would only make an outage of a minute one of an hour. While a provider is
on trial, a few that have not been tried often are made due, so that there is something to try it with.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.providers import ILL, judge_providers
from portal.notifications.enums import State
from portal.notifications.health import PROBES, STEPS
from portal.notifications.models import DeliveryAttempt, OutboxMessage, ProviderState

BATCH, ROUNDS = 2000, 10
# Not more often: the others keep their tries for better times.
PROBE_TRIES = 5


def recall_messages(*, by: Actor) -> int:
    """Make due what failed at a provider before it came back; returns how many.

    A message that fails again has a younger try and waits as long as that one says.
    """
    now, done = timezone.now(), 0
    for state in judge_providers(now):
        if state.share == STEPS[-1]:
            done += _recall_all(state, now)
        elif state.standing.is_returning:
            done += _make_due(_waiting(state, now).filter(attempts__lt=PROBE_TRIES), PROBES, now)
    return done


def _recall_all(state: ProviderState, now: dt.datetime) -> int:
    done = 0
    for _round in range(ROUNDS):
        some = _make_due(_waiting(state, now), BATCH, now)
        done += some
        if some < BATCH:
            break
    return done


def _make_due(waiting: QuerySet[OutboxMessage], most: int, now: dt.datetime) -> int:
    some = list(waiting.order_by("next_at").values_list("pk", flat=True)[:most])
    rows = OutboxMessage.objects.filter(pk__in=some, state=State.QUEUED, next_at__gt=now)
    return rows.update(next_at=now) if some else 0


def _waiting(state: ProviderState, now: dt.datetime) -> QuerySet[OutboxMessage]:
    last_try = DeliveryAttempt.objects.filter(
        message=OuterRef("pk"),
        send_round=OuterRef("send_round"),
        hop=OuterRef("hop"),
        number=OuterRef("attempts"),
        provider=state.provider,
        error_code__in=ILL,
        started_at__lt=state.since,
    )
    rows = OutboxMessage.objects.filter(state=State.QUEUED, last_error__in=ILL, next_at__gt=now)
    return rows.filter(Exists(last_try))
