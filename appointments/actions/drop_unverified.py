"""Whoever asked for a place in line and never typed the code is forgotten after a day."""

import datetime as dt

from django.utils import timezone

from appointments.enums import InterestStatus, WaitingStatus
from appointments.models import Interest, WaitingEntry
from portal.common.actors import Actor

HOURS = 24


def drop_unverified(*, by: Actor) -> int:
    """Erase what was filled in and close the entries; returns how many."""
    before = timezone.now() - dt.timedelta(hours=HOURS)
    entries = WaitingEntry.objects.filter(status=WaitingStatus.UNVERIFIED, created_at__lt=before)
    notes = Interest.objects.filter(status=InterestStatus.UNVERIFIED, created_at__lt=before)
    dropped = entries.update(status=WaitingStatus.LEFT, details=None)
    return dropped + notes.update(status=InterestStatus.WITHDRAWN)
