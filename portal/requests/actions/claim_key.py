"""Taking, keeping and giving back an idempotency key: short writes, never a transaction around the work."""

import datetime as dt
import math
import uuid
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from portal.common.crypto import keyed_digest
from portal.requests.enums import KeyState
from portal.requests.errors import InProgress, KeyReused
from portal.requests.models import IdempotencyRecord


def claim_key(*, caller: str, key: str, operation: str, request: str) -> IdempotencyRecord:
    """The record of `key`: RUNNING means the caller works now and must settle it, FINISHED holds the answer.

    `caller` is whose key it is, `operation` method and path, `request` the canonical text of the request.
    KeyReused when the key belongs to another request, InProgress while somebody else's lease lives.
    Caller, key and request are stored as keyed digests only.
    """
    request_hash = keyed_digest("requests.idempotency.request", f"{operation}\n{request}").hex()
    fresh = IdempotencyRecord(
        caller_digest=keyed_digest("requests.idempotency.caller", caller).hex(),
        key_digest=keyed_digest("requests.idempotency.key", key).hex(),
        operation=operation[:200],
        request_hash=request_hash,
        **_new_lease(),
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return _claim_known_key(fresh)
    return fresh


def _claim_known_key(fresh: IdempotencyRecord) -> IdempotencyRecord:
    known = _same_key(fresh).first()
    now = timezone.now()
    if known is None:  # its owner gave it back between our INSERT and this look
        raise InProgress(retry_after=1)
    if known.expires_at <= now:
        return _take_over(known, fresh, Q(expires_at=known.expires_at))
    if known.request_hash != fresh.request_hash:
        raise KeyReused
    if known.state == KeyState.FINISHED:
        return known
    if known.lease_until > now:
        raise InProgress(retry_after=max(1, math.ceil((known.lease_until - now).total_seconds())))
    return _take_over(known, fresh, Q(state=KeyState.RUNNING))


def _take_over(known: IdempotencyRecord, fresh: IdempotencyRecord, still: Q) -> IdempotencyRecord:
    """One conditional UPDATE: of two that find a dead lease, one gets it."""
    taken = IdempotencyRecord.objects.filter(still, pk=known.pk, lease=known.lease).update(
        state=KeyState.RUNNING,
        operation=fresh.operation,
        request_hash=fresh.request_hash,
        lease=fresh.lease,
        lease_until=fresh.lease_until,
        expires_at=fresh.expires_at,
        status_code=None,
        answer=None,
    )
    if not taken:
        raise InProgress(retry_after=1)
    return _same_key(fresh).get()


def keep_answer(*, record: IdempotencyRecord, status_code: int, answer: Any) -> bool:
    """Store `answer` (JSON) encrypted; False when the lease was lost to somebody else meanwhile."""
    with transaction.atomic():
        ours = (
            IdempotencyRecord.objects.select_for_update()
            .filter(pk=record.pk, lease=record.lease, state=KeyState.RUNNING)
            .exists()
        )
        if ours:
            record.state, record.status_code, record.answer = KeyState.FINISHED, status_code, answer
            record.expires_at = timezone.now() + dt.timedelta(days=settings.IDEMPOTENCY_DAYS)
            record.save(update_fields=["state", "status_code", "answer", "expires_at"])
    return ours


def free_key(*, record: IdempotencyRecord) -> None:
    """Forget the key, so that the same one may be sent again; nothing happens when the lease was lost."""
    IdempotencyRecord.objects.filter(pk=record.pk, lease=record.lease, state=KeyState.RUNNING).delete()


def _same_key(fresh: IdempotencyRecord) -> Any:
    return IdempotencyRecord.objects.filter(caller_digest=fresh.caller_digest, key_digest=fresh.key_digest)


def _new_lease() -> dict[str, Any]:
    now = timezone.now()
    return {
        "lease": uuid.uuid4(),
        "lease_until": now + dt.timedelta(seconds=settings.IDEMPOTENCY_LEASE_SECONDS),
        "expires_at": now + dt.timedelta(days=settings.IDEMPOTENCY_DAYS),
    }
