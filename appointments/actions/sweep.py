"""Housekeeping by the clock: holds that ran out, drafts nobody confirmed."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from appointments.actions.places import free_expired_holds
from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Booking, Campaign, Slot, WaitingEntry
from appointments.queries import slots_with_places
from appointments.workflow import CAMPAIGN_WORKFLOW
from portal.audit.record import record
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


def mark_full_campaigns(*, by: Actor) -> int:
    """Say FULL where the last public place is taken, OPEN where one came back; returns how many changed.

    While somebody waits in line a campaign stays FULL: what comes back is offered to the line.

    What may be booked does not depend on it: a place that comes back a second later is given at once.
    """
    changed = 0
    with_room = Exists(slots_with_places(timezone.now()).filter(session__campaign=OuterRef("pk")))
    others_wait = Exists(WaitingEntry.objects.in_line().filter(campaign=OuterRef("pk")))
    for frm, to, which in (
        (CampaignStatus.OPEN, CampaignStatus.FULL, ~with_room),
        (CampaignStatus.FULL, CampaignStatus.OPEN, with_room & ~others_wait),
    ):
        coming = Exists(Slot.objects.filter(session__campaign=OuterRef("pk")))
        for campaign in Campaign.objects.filter(which, coming, status=frm).order_by("pk"):
            move = CAMPAIGN_WORKFLOW.check(frm, to, by=by, obj=campaign)
            with transaction.atomic():
                # Somebody may have closed it meanwhile: then it stays closed.
                if Campaign.objects.filter(pk=campaign.pk, status=frm).update(status=to):
                    detail = {"to": to.value}
                    record(
                        action=f"campaign.{move.verb}", by=by, obj=campaign, unit=campaign.unit, detail=detail
                    )
                    changed += 1
    return changed


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
