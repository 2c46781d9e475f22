"""What a provider reports later: in any order, more than once, before its own answer."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.request_call import OUTBOX, cancel_call
from portal.notifications.enums import Receipt, State
from portal.notifications.models import CallTask, OutboxMessage
from portal.notifications.wake import wake
from portal.notifications.workflow import sources_of


def record_receipt(
    *, message_uid: UUID, receipt: Receipt, provider_ref: str = "", cost: int | None = None, by: Actor
) -> bool:
    """Move the message if the table of moves allows it; False when the report changes nothing.

    `cost` in đồng. A report of failure sends the message on to its next channel when the plan has one.
    """
    rows = OutboxMessage.objects.filter(uid=message_uid)
    with transaction.atomic():
        if cost is not None:
            rows.update(cost=cost)
        if provider_ref:
            rows.filter(provider_ref="").update(provider_ref=provider_ref)
        if receipt == Receipt.FAILED:
            return _fail(message_uid)
        if receipt == Receipt.DELIVERED:
            return _end(message_uid, "deliver", State.DELIVERED)
        return receipt == Receipt.SEEN and _end(message_uid, "see", State.SEEN)


def record_receipt_of(*, provider: str, provider_ref: str, receipt: Receipt, by: Actor) -> bool:
    """The same for a provider that knows only its own number; False when no message has it."""
    rows = OutboxMessage.objects.filter(provider=provider, provider_ref=provider_ref)
    uid = rows.order_by("-pk").values_list("uid", flat=True).first()
    return uid is not None and record_receipt(message_uid=uid, receipt=receipt, by=by)


def _end(message_uid: UUID, verb: str, state: str) -> bool:
    rows = OutboxMessage.objects.filter(uid=message_uid, state__in=sources_of(verb))
    changes = {"claim_token": None, "claimed_until": None, "finished_at": timezone.now(), "last_error": ""}
    ended = bool(rows.update(state=state, **changes))
    if ended:
        _spare_the_call(message_uid)
    return ended


def _spare_the_call(message_uid: UUID) -> None:
    """A late report that the message arrived after all: nobody has to call any more."""
    call = CallTask.objects.open().filter(message__uid=message_uid).first()
    if call is not None:
        cancel_call(call=call, by=OUTBOX)


def _fail(message_uid: UUID) -> bool:
    """Only an accepted message can fail by report: earlier states are still being tried."""
    now = timezone.now()
    row = OutboxMessage.objects.filter(uid=message_uid, state=State.ACCEPTED).first()
    if row is None:
        return False
    if row.hop + 1 < len(row.plan):
        change = {"state": State.QUEUED, "hop": row.hop + 1, "attempts": 0, "next_at": now}
        transaction.on_commit(lambda: wake(row.uid, row.message_class), robust=True)
    else:
        change = {"state": State.FAILED, "finished_at": now}
    rows = OutboxMessage.objects.filter(pk=row.pk, state=State.ACCEPTED, hop=row.hop)
    return bool(rows.update(last_error="receipt_failed", **change))
