"""The gate of a call: lock the row, ask the table, set, journal, and let its message follow."""

from typing import Any

from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.notifications.enums import CallState, State
from portal.notifications.models import CallTask, ContactPoint, OutboxMessage
from portal.notifications.workflow import CALL_WORKFLOW

_FREE: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
# What the end of a call means for the message whose last channel it was.
_ENDS = {
    CallState.REACHED: (State.DELIVERED, ""),
    CallState.UNREACHABLE: (State.FAILED, "call_unreachable"),
    CallState.EXPIRED: (State.EXPIRED, ""),
    CallState.CANCELLED: (State.CANCELLED, ""),
}


def lock_call(call: CallTask) -> CallTask:
    """The row as it is now, locked after its phone: two calls to one phone wait for each other."""
    ContactPoint.objects.select_for_update(no_key=True).get(pk=call.contact_point_id)
    rows = CallTask.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("unit", "contact_point").get(pk=call.pk)


def move_call(*, call: CallTask, to: str, by: Actor, **changes: Any) -> CallTask:
    """Move a call that lock_call returned; Conflict `move_not_allowed`, NotAllowed `not_allowed`.

    Call it in a transaction. Whoever held the call lets go of it unless `changes` name a holder.
    """
    move = CALL_WORKFLOW.check(call.state, to, by=by, obj=call)
    ended = {"finished_at": timezone.now()} if to in _ENDS else {}
    wanted = {**_FREE, **ended, **changes, "state": to}
    for name, value in wanted.items():
        setattr(call, name, value)
    call.save(update_fields=list(wanted))
    record(action=f"call.{move.verb}", by=by, obj=call, unit=call.unit, detail={"to": str(to)})
    if to in _ENDS and call.message_id is not None:
        _end_message(call.message_id, *_ENDS[CallState(to)])
    return call


def _end_message(message_id: int, state: str, error: str) -> None:
    """Nothing when a late report of a provider has ended it already."""
    OutboxMessage.objects.filter(pk=message_id, state=State.CALLING).update(
        state=state, last_error=error, finished_at=timezone.now()
    )
