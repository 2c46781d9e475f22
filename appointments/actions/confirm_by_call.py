"""No code arrives: an officer calls, and attests that the phone's holder wants the visit (ADR 0029)."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.confirm_visit import confirm_attested, load_party
from appointments.actions.places import lock_bookings
from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.notices import CONFIRM_BY_CALL
from appointments.queries import code_failed
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.request_call import request_call
from portal.notifications.enums import CallOutcome
from portal.notifications.models import CallTask
from portal.units.models import Unit
from portal.units.queries import next_opening, open_now

AFTER_OPENING = dt.timedelta(hours=2)
LONGEST = dt.timedelta(hours=24)


@transaction.atomic
def request_confirmation_call(*, booking_uid: uuid.UUID, by: Actor) -> Booking:
    """Put the hold on the officers' call list and keep its places until the call can have been made.

    The first of the party, with the new `hold_until`. Asked again nothing changes. Conflict
    `booking_unknown`, `hold_expired`, and `call_too_early` while a code may still arrive.
    """
    party = lock_bookings(*(booking.uid for booking in load_party(booking_uid)))
    first, now = party[0], timezone.now()
    details = first.declaration.details
    if first.status != BookingStatus.HELD or first.hold_until <= now or not details:
        raise Conflict("hold_expired", _("Lượt giữ chỗ này đã hết hạn. Xin đặt lại từ đầu."))
    if not code_failed(first):
        raise Conflict("call_too_early", _("Xin yêu cầu gửi lại mã trước khi nhờ cán bộ gọi."))
    until = max(first.hold_until, held_for_call(first.unit, starts_at=first.slot.starts_at, now=now))
    Booking.objects.filter(pk__in=[each.pk for each in party]).update(hold_until=until)
    first.hold_until = until
    request_call(
        notice=CONFIRM_BY_CALL.key,
        to=ensure_contact_point(phone=details["phone"], by=by),
        unit=first.unit,
        about=first.uid,
        context={"booking": str(first.uid), "unit": first.unit.police_name},
        valid_until=until,
        by=by,
    )
    record(action="booking.call_requested", by=by, obj=first, unit=first.unit)
    return first


def held_for_call(unit: Unit, *, starts_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Two hours into the time the unit is open next, at most a day, never into the visit itself."""
    opening = now if open_now(unit, now) else next_opening(unit, now) or now
    return min(opening + AFTER_OPENING, now + LONGEST, starts_at)


def after_call(*, call: CallTask, outcome: str, by: Actor) -> None:
    """Who was reached is booked by the officer who spoke with them; for anybody else the hold runs out."""
    if outcome == CallOutcome.REACHED:
        confirm_attested(booking_uid=call.about, by=by)
