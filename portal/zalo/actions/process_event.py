"""Working off received events: claim, read, ask the handlers, finish; broken off anywhere, it is done
again.
"""

import datetime as dt
import logging
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.broker import publish
from portal.zalo.actions.receive_event import PROCESS_TASK, QUEUE
from portal.zalo.enums import EventState
from portal.zalo.events import handlers_of, read_event
from portal.zalo.limits import EVENT_ATTEMPTS, EVENT_BACKOFF, EVENT_KEPT, EVENT_LEASE, backoff
from portal.zalo.models import WebhookEvent
from portal.zalo.workflow import EVENT_WORKFLOW

logger = logging.getLogger(__name__)
BATCH = 200
FORGET_BATCH, FORGET_ROUNDS = 1000, 20
_FREE = {"claim_token": None, "claimed_until": None}


def process_event(*, event_uid: uuid.UUID, by: Actor) -> bool:
    """Do what an event means; False when it was not due or somebody else is at it."""
    token, now = uuid.uuid4(), timezone.now()
    rows = WebhookEvent.objects.claimable(now).filter(uid=event_uid)
    claim = {"state": EventState.CLAIMED, "claim_token": token, "claimed_until": now + EVENT_LEASE}
    if not rows.update(**claim):
        return False
    row = WebhookEvent.objects.select_related("account__unit").get(uid=event_uid)
    try:
        _ask_handlers(row)
    except Exception as error:  # a handler of any room may raise anything; the event must not be lost
        _put_back(row, token, error)
    else:
        _held(row, token).update(state=EventState.DONE, finished_at=timezone.now(), last_error="", **_FREE)
    return True


def _ask_handlers(row: WebhookEvent) -> None:
    event = read_event(account=row.account, body=row.body, by_phone=row.by_phone)
    for handler in handlers_of(event.name):
        with transaction.atomic():
            handler(event)


def _put_back(row: WebhookEvent, token: uuid.UUID, error: Exception) -> None:
    """Only the class of an error is kept: its text may quote what somebody wrote."""
    attempts, now = row.attempts + 1, timezone.now()
    logger.warning("zalo event %s failed: %s", row.uid, type(error).__name__)
    if attempts >= EVENT_ATTEMPTS:
        change = {"state": EventState.FAILED, "finished_at": now}
    else:
        change = {"state": EventState.WAITING, "next_at": now + backoff(attempts, EVENT_BACKOFF)}
    _held(row, token).update(attempts=attempts, last_error=type(error).__name__[:80], **change, **_FREE)


def _held(row: WebhookEvent, token: uuid.UUID) -> QuerySet[WebhookEvent]:
    """Empty when the lease ran out and somebody else took it."""
    return WebhookEvent.objects.filter(pk=row.pk, claim_token=token, state=EventState.CLAIMED)


def process_due(*, by: Actor) -> int:
    """Everything that waits or was broken off, oldest first; returns how many were worked on."""
    due = WebhookEvent.objects.claimable(timezone.now()).order_by("next_at").values_list("uid", flat=True)
    return sum(process_event(event_uid=uid, by=by) for uid in list(due[:BATCH]))


@transaction.atomic
def replay_event(*, obj: WebhookEvent, to: str, by: Actor, reason: str = "") -> WebhookEvent:
    """Have an event worked off once more. Conflict `move_not_allowed`; NotAllowed."""
    rows = WebhookEvent.objects.select_for_update(of=("self",)).select_related("account__unit")
    fresh = rows.get(pk=obj.pk)
    EVENT_WORKFLOW.check(fresh.state, to, by=by, obj=fresh, reason=reason)
    changes = {"state": to, "next_at": timezone.now(), "attempts": 0, "finished_at": None, "last_error": ""}
    WebhookEvent.objects.filter(pk=fresh.pk).update(**changes)
    record(action="zalo_event.replayed", by=by, obj=fresh, unit=fresh.account.unit)
    transaction.on_commit(lambda: publish(PROCESS_TASK, str(fresh.uid), QUEUE), robust=True)
    return fresh


def forget_events(*, by: Actor, kept: dt.timedelta = EVENT_KEPT) -> int:
    """Delete events that were worked off two weeks ago, at most FORGET_ROUNDS batches; returns how many."""
    ended = WebhookEvent.objects.filter(state__in=[EventState.DONE, EventState.FAILED])
    old = ended.filter(finished_at__lt=timezone.now() - kept).order_by("finished_at")
    done = 0
    for _round in range(FORGET_ROUNDS):
        keys = list(old.values_list("pk", flat=True)[:FORGET_BATCH])
        done += WebhookEvent.objects.filter(pk__in=keys).delete()[0] if keys else 0
        if len(keys) < FORGET_BATCH:
            break
    return done
