"""Writing down how a call ended."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.notifications.actions.claim_call import lock_held_call
from portal.notifications.actions.move_call import move_call
from portal.notifications.enums import CallOutcome, CallState
from portal.notifications.limits import CALL_AGAIN, MAX_CALLS, after_quiet_hours
from portal.notifications.models import CallAttempt, CallTask
from portal.notifications.notices import call_handler
from portal.notifications.validators import clean_call_note
from portal.officers.models import Officer


@transaction.atomic
def record_call(*, call: CallTask, outcome: str, note: str = "", by: Officer) -> CallTask:
    """The holder says how it went; the room of the notice hears of it in the same transaction.

    Somebody who did not answer five times counts as unreachable. ValidationError `outcome_invalid`,
    `text_too_long`; Conflict `call_not_yours`; NotAllowed.
    """
    if outcome not in CallOutcome.values:
        raise ValidationError(
            {"outcome": ValidationError(_("Xin chọn kết quả cuộc gọi."), code="outcome_invalid")}
        )
    written = clean_call_note(note)
    fresh = lock_held_call(call, by)
    now, number = timezone.now(), fresh.tries.count() + 1
    to, changes = _next(outcome, fresh.attempts + 1, now)
    move_call(call=fresh, to=to, by=by, attempts=fresh.attempts + 1, **changes)
    CallAttempt.objects.create(
        call=fresh, number=number, caller=by, called_at=now, outcome=outcome, note=written
    )
    handler = call_handler(fresh.notice)
    if handler is not None:
        handler(call=fresh, outcome=outcome, by=by)
    return fresh


def _next(outcome: str, attempts: int, now: dt.datetime) -> tuple[str, dict[str, Any]]:
    """Where the call goes, and when it is due again."""
    if outcome == CallOutcome.REACHED:
        return CallState.REACHED, {}
    if outcome == CallOutcome.WRONG_NUMBER or attempts >= MAX_CALLS:
        return CallState.UNREACHABLE, {}
    again = {"due_at": after_quiet_hours(now + CALL_AGAIN[outcome])}
    return (CallState.NO_ANSWER if outcome == CallOutcome.NO_ANSWER else CallState.WAITING), again
