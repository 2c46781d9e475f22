"""What officers may do with a message: cancel one that waits, send one again that failed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, DomainError
from portal.notifications.enums import MessageClass, State
from portal.notifications.limits import after_quiet_hours, validity
from portal.notifications.models import OutboxMessage
from portal.notifications.wake import wake
from portal.notifications.workflow import MESSAGE_WORKFLOW


def change_message(*, obj: OutboxMessage, to: str, by: Actor, reason: str = "") -> OutboxMessage:
    """The gate of the officers' buttons. Conflict `move_not_allowed`, `code_not_resent`; NotAllowed."""
    move = MESSAGE_WORKFLOW.check(obj.state, to, by=by, obj=obj, reason=reason)
    if move.verb == "resend":
        return resend_message(message=obj, by=by)
    return cancel_message(message=obj, by=by)


def cancel_message(*, message: OutboxMessage, by: Actor) -> OutboxMessage:
    """Stop a message that has not been taken yet."""
    MESSAGE_WORKFLOW.check(message.state, State.CANCELLED, by=by, obj=message)
    return _change(message, by, "message.cancelled", state=State.CANCELLED, finished_at=timezone.now())


def resend_message(*, message: OutboxMessage, by: Actor) -> OutboxMessage:
    """Send a failed message anew from the first channel, under a new request id and with new validity."""
    MESSAGE_WORKFLOW.check(message.state, State.QUEUED, by=by, obj=message)
    if message.message_class == MessageClass.CODE:
        raise Conflict("code_not_resent", _("Mã xác nhận không gửi lại được; người dân bấm xin mã mới."))
    now = timezone.now()
    start = after_quiet_hours(now) if message.keeps_quiet else now
    fresh = _change(
        message,
        by,
        "message.resent",
        state=State.QUEUED,
        hop=0,
        attempts=0,
        send_round=message.send_round + 1,
        next_at=start,
        valid_until=start + validity(message.message_class),
        finished_at=None,
        accepted_at=None,
        provider_ref="",
        last_error="",
    )
    transaction.on_commit(lambda: wake(fresh.uid, fresh.message_class), robust=True)
    return fresh


@dataclass
class Resent:
    """How many were sent anew, and why the others were not: refusal to number."""

    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def resend_messages(*, messages: Iterable[OutboxMessage], by: Actor) -> Resent:
    """Send these anew, each as `resend_message` does; one that is refused holds up no other."""
    result = Resent()
    for message in messages:
        try:
            resend_message(message=message, by=by)
        except DomainError as refusal:
            result.refused[refusal.message] += 1
        else:
            result.sent += 1
    return result


def _change(message: OutboxMessage, by: Actor, action: str, **changes: Any) -> OutboxMessage:
    """One conditional UPDATE: a worker or a colleague may have been faster."""
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(pk=message.pk, state=message.state)
        if not rows.update(**changes):
            raise Conflict("move_not_allowed", _("Tin nhắn vừa đổi trạng thái. Xin mở lại."))
        record(action=action, by=by, obj=message, unit=message.unit)
    message.refresh_from_db()
    return message
