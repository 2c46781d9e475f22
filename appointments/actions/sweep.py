"""Housekeeping by the clock: holds that ran out, drafts nobody confirmed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from appointments.actions.places import free_expired_holds
from appointments.enums import BookingStatus
from appointments.models import Booking
from portal.common.actors import Actor
from procedures.actions.declare import drop_drafts

# A citizen whose code came late may still confirm with what was typed; after a day it is erased.
DRAFT_HOURS = 24
BATCH = 500


def expire_holds(*, by: Actor) -> int:
    """Free every place whose hold ran out; returns how many. Display and bookings do not depend on it."""
    now = timezone.now()
    slots = Booking.objects.expired_holds(now).order_by().values_list("slot_id", flat=True).distinct()[:BATCH]
    freed = 0
    for slot_id in sorted(slots):
        with transaction.atomic():
            freed += free_expired_holds(slot_id=slot_id, now=now)
    return freed


def erase_old_drafts(*, by: Actor) -> int:
    """Erase what was typed for holds that ran out a day ago; returns how many."""
    before = timezone.now() - dt.timedelta(hours=DRAFT_HOURS)
    stale = Booking.objects.filter(
        status__in=(BookingStatus.EXPIRED, BookingStatus.CANCELLED),
        number=None,
        hold_until__lt=before,
        declaration__status="draft",
    ).values_list("declaration__uid", flat=True)[:BATCH]
    return drop_drafts(uids=list(stale), by=by)
