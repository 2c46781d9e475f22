"""An officer takes a call from the list, or puts it back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.common.errors import Conflict
from portal.notifications.actions.move_call import lock_call, move_call
from portal.notifications.enums import CallState
from portal.notifications.limits import CALL_LEASE
from portal.notifications.models import CallTask
from portal.officers.models import Officer


@transaction.atomic
def claim_call(*, call: CallTask, by: Officer) -> CallTask:
    """Hold the call for ten minutes; taking one's own again begins the ten minutes anew.

    Conflict `call_taken` when a colleague is calling this phone, about this or another thing, or
    `call_expired`, `move_not_allowed`; NotAllowed.
    """
    now, fresh = timezone.now(), lock_call(call)
    if fresh.contact_point.calls.held_by_others(by, now).exists():
        raise Conflict("call_taken", _("Đồng chí khác đang gọi số này. Xin chọn cuộc gọi khác."))
    if fresh.valid_until <= now:
        raise Conflict("call_expired", _("Cuộc gọi này đã quá hạn, không cần gọi nữa."))
    return move_call(call=fresh, to=CallState.CALLING, by=by, claimed_by=by, claimed_until=now + CALL_LEASE)


@transaction.atomic
def release_call(*, call: CallTask, by: Officer) -> CallTask:
    """Put back a call that was not made. Conflict `call_not_yours`; NotAllowed."""
    fresh = lock_held_call(call, by)
    return move_call(call=fresh, to=CallState.WAITING, by=by)


def lock_held_call(call: CallTask, by: Officer) -> CallTask:
    """The locked row of a call `by` holds, also when his ten minutes are over and nobody else took it."""
    fresh = lock_call(call)
    if fresh.state != CallState.CALLING or fresh.claimed_by_id != by.pk:
        raise Conflict("call_not_yours", _("Ông/Bà không còn giữ cuộc gọi này. Xin mở lại danh sách."))
    return fresh
