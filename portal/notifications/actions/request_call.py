"""Putting a person on the call list, and taking him off again."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor, SystemActor
from portal.notifications.actions.move_call import lock_call, move_call
from portal.notifications.actions.queue_message import check_parameters
from portal.notifications.enums import CallState, Channel
from portal.notifications.limits import NOTES_KEPT, after_quiet_hours
from portal.notifications.models import CallAttempt, CallTask, ContactPoint, OutboxMessage
from portal.notifications.notices import find_notice
from portal.notifications.workflow import OPEN_CALLS
from portal.units.models import Unit

OUTBOX = SystemActor("outbox")


def request_call(
    *,
    notice: str,
    to: ContactPoint,
    unit: Unit,
    about: UUID,
    context: dict[str, Any],
    valid_until: dt.datetime,
    by: Actor,
) -> CallTask:
    """A call an officer shall make; in the caller's transaction.

    The open call about the same thing to the same phone is returned instead of a second one. At night it is
    due in the morning. ValidationError `parameter_missing`; UnknownNotice; ValueError when the notice has no
    call among its channels (it would have no words to say).
    """
    known = find_notice(notice)
    if Channel.CALL not in known.hops:
        raise ValueError(f"{notice} is never told by a call.")
    check_parameters(known, context)
    call, is_new = CallTask.objects.get_or_create(
        message=None,
        notice=notice,
        about=about,
        contact_point=to,
        state__in=OPEN_CALLS,
        defaults={
            "unit": unit,
            "context": context,
            "due_at": after_quiet_hours(timezone.now()),
            "valid_until": valid_until,
            "requested_by": by.actor_ref,
        },
    )
    if is_new:
        record(action="call.requested", by=by, obj=call, unit=unit)
    return call


def open_call(*, message: OutboxMessage, by: Actor) -> CallTask:
    """The call that takes over from a message's other channels; one that had failed begins anew."""
    due_at = after_quiet_hours(timezone.now())
    call, is_new = CallTask.objects.get_or_create(
        message=message,
        defaults={
            "unit": message.unit,
            "contact_point": message.recipient,
            "notice": message.notice,
            "about": message.about,
            "context": message.context,
            "due_at": due_at,
            "valid_until": message.valid_until,
            "requested_by": OUTBOX.actor_ref,
        },
    )
    if is_new:
        record(action="call.requested", by=by, obj=call, unit=call.unit)
        return call
    fresh = {"due_at": due_at, "valid_until": message.valid_until, "attempts": 0, "finished_at": None}
    return move_call(call=lock_call(call), to=CallState.WAITING, by=by, **fresh)


@transaction.atomic
def cancel_calls(*, about: UUID, notice: str | None = None, by: Actor) -> int:
    """Withdraw open calls about a thing (of one notice): it was settled otherwise. Returns how many."""
    rows = CallTask.objects.open().filter(about=about, **({"notice": notice} if notice else {}))
    return sum(cancel_call(call=call, by=by) for call in rows)


@transaction.atomic
def cancel_call(*, call: CallTask, by: Actor) -> bool:
    """Withdraw one call; False when it has ended already."""
    return _end(call, CallState.CANCELLED, by)


def expire_calls(*, by: Actor) -> int:
    """End calls nobody made in time; returns how many. A call somebody is making is left alone."""
    ended = 0
    for call in CallTask.objects.out_of_date(timezone.now())[:200]:
        with transaction.atomic():
            ended += _end(call, CallState.EXPIRED, by)
    return ended


def forget_notes(*, by: Actor) -> int:
    """Erase what officers noted on calls that ended 90 days ago; returns how many notes."""
    before = timezone.now() - NOTES_KEPT
    old = CallAttempt.objects.filter(call__finished_at__lt=before, note__isnull=False)
    return old.update(note=None)


def _end(call: CallTask, state: str, by: Actor) -> bool:
    """False when somebody ended or took it since it was read."""
    fresh = lock_call(call)
    if state == CallState.EXPIRED:
        still = CallTask.objects.out_of_date(timezone.now()).filter(pk=call.pk).exists()
    else:
        still = fresh.state in OPEN_CALLS
    if still:
        move_call(call=fresh, to=state, by=by)
    return still
