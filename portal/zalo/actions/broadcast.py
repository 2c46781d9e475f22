"""An article to all followers of an account: made at Zalo, waited for, sent once.

Three calls, each claimed before and written down after. Making an article twice harms nobody (only one is
sent); sending twice would, and Zalo does not recognise a repetition. So a lost answer of the last call ends
as UNCLEAR, and an officer looks at oa.zalo.me.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import LOCAL
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.directory import article_id, broadcast_article, create_article
from portal.zalo.client.session import Session
from portal.zalo.enums import BroadcastState, ErrorKind
from portal.zalo.errors import ZaloError
from portal.zalo.limits import BROADCAST_ATTEMPTS, BROADCAST_BACKOFF, BROADCAST_LEASE, backoff
from portal.zalo.models import Broadcast, OfficialAccount
from portal.zalo.workflow import BROADCAST_WORKFLOW

_NOT_READY = "oa_-214"
ENDED = (BroadcastState.SENT, BroadcastState.FAILED, BroadcastState.UNCLEAR, BroadcastState.CANCELLED)
TOO_LATE = "way_article_late"


def queue_broadcast(
    *,
    account: OfficialAccount,
    about: UUID,
    title: str,
    description: str,
    text: str,
    valid_until: dt.datetime,
    by: Actor,
) -> Broadcast:
    """The row to work on; a second call for the same `about` returns the first."""
    facts = {
        "account": account,
        "title": title[:150],
        "description": description[:300],
        "text": text,
        "next_at": timezone.now(),
        "valid_until": valid_until,
    }
    with transaction.atomic():
        row, is_new = Broadcast.objects.get_or_create(about=about, defaults=facts)
        if is_new:
            record(action="broadcast.queued", by=by, obj=row, unit=account.unit)
    return row


def advance_broadcast(*, about: UUID, by: Actor) -> Broadcast:
    """Make the next call if its time has come and write down what came of it; outside transactions."""
    row = _claim(about, by)
    if row is None:
        _settle_abandoned(about, by)
        return Broadcast.objects.select_related("account__unit").get(about=about)
    try:
        found = call_zalo(account=row.account, call=_next_call(row), by=by)
    except ZaloError as error:
        return _settle_error(row, error, by)
    return _settle(row, found, by)


def cancel_broadcast(*, about: UUID, by: Actor) -> bool:
    """False when it is being sent at this moment, or has ended."""
    with transaction.atomic():
        row = _lock(about)
        if row is None or row.state != BroadcastState.WAITING:
            return False
        _move(row, BroadcastState.CANCELLED, by)
    return True


def _lock(about: UUID) -> Broadcast | None:
    rows = Broadcast.objects.select_for_update(of=("self",)).select_related("account__unit")
    return rows.filter(about=about).first()


@transaction.atomic
def _claim(about: UUID, by: Actor) -> Broadcast | None:
    """Hold it for one call; None when it is not to be called now."""
    now, row = timezone.now(), _lock(about)
    if row is None or not Broadcast.objects.filter(pk=row.pk).claimable(now).exists():
        return None
    if row.valid_until <= now:
        row.last_error = TOO_LATE
        _move(row, BroadcastState.FAILED, by)
        return None
    row.attempts, row.claimed_until = row.attempts + 1, now + BROADCAST_LEASE
    _move(row, BroadcastState.CALLING, by)
    return row


@transaction.atomic
def _settle_abandoned(about: UUID, by: Actor) -> None:
    """A worker died while the article was going out: nobody knows whether it did."""
    row = _lock(about)
    if row is None or row.state != BroadcastState.CALLING or not row.article_id:
        return
    if row.claimed_until is not None and row.claimed_until <= timezone.now():
        _move(row, BroadcastState.UNCLEAR, by)


def _next_call(row: Broadcast) -> Callable[[Session], str]:
    if row.article_id:
        return lambda session: broadcast_article(session, article=row.article_id)
    if row.article_token:
        return lambda session: article_id(session, row.article_token)
    return lambda session: create_article(session, _article(row))


def _article(row: Broadcast) -> dict[str, Any]:
    """`title`, `author`, `description`, `status` [1]; type and body as the article editor has them [x]."""
    return {
        "type": "normal",
        "title": row.title,
        "author": (row.account.name or str(row.account.unit))[:50],
        "description": row.description,
        "body": [{"type": "text", "content": row.text}],
        "status": "show",
    }


def _settle(row: Broadcast, found: str, by: Actor) -> Broadcast:
    row.last_error = ""
    if row.article_id:
        row.message_id = found
        return _end_call(row, BroadcastState.SENT, by)
    row.attempts, row.next_at = 0, timezone.now()
    if row.article_token:
        row.article_id = found
    else:
        row.article_token = found
    return _end_call(row, BroadcastState.WAITING, by)


def _settle_error(row: Broadcast, error: ZaloError, by: Actor) -> Broadcast:
    """Nothing is sent twice; whatever else went wrong is tried again until it is too late."""
    row.last_error = error.key
    if row.article_id and error.maybe_done:
        return _end_call(row, BroadcastState.UNCLEAR, by)
    spent = error.kind == ErrorKind.UNKNOWN and row.attempts >= BROADCAST_ATTEMPTS
    if error.kind in (ErrorKind.PERMANENT, ErrorKind.FALLBACK) or spent:
        return _end_call(row, BroadcastState.FAILED, by)
    row.next_at = _next_try(row, error)
    return _end_call(row, BroadcastState.WAITING, by)


def _next_try(row: Broadcast, error: ZaloError) -> dt.datetime:
    now = timezone.now()
    if error.kind == ErrorKind.RESCHEDULE:  # Zalo broadcasts nothing from 22:00 to 06:00 [2]
        morning = now.astimezone(LOCAL).replace(hour=6, minute=5, second=0, microsecond=0)
        return morning if morning > now else morning + dt.timedelta(days=1)
    first = (2, 30) if error.key == _NOT_READY else BROADCAST_BACKOFF
    wait = backoff(row.attempts, first)
    return now + max(wait, dt.timedelta(seconds=error.retry_after or 0))


@transaction.atomic
def _end_call(row: Broadcast, to: str, by: Actor) -> Broadcast:
    """Written only while this worker still holds it."""
    fresh = _lock(row.about)
    if fresh is None or fresh.claimed_until != row.claimed_until or fresh.state != BroadcastState.CALLING:
        return row if fresh is None else fresh
    _move(row, to, by)
    return row


def _move(row: Broadcast, to: str, by: Actor) -> None:
    move = BROADCAST_WORKFLOW.check(row.state, to, by=by, obj=row)
    row.state = to
    if to != BroadcastState.CALLING:
        row.claimed_until = None
    if to in ENDED:
        row.finished_at = timezone.now()
        detail = {"error": row.last_error}
        record(action=f"broadcast.{move.verb}", by=by, obj=row, unit=row.account.unit, detail=detail)
    row.save()
