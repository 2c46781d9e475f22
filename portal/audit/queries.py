"""Reads of the journal for its sealer."""

import datetime as dt

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from portal.audit.models import AuditEntry, Seal, SealedEntry

# A transaction that is still open may commit a lower id later; most are over after this time.
GRACE = dt.timedelta(seconds=10)
# No transaction of the portal lives this long, so the search for late-comers need not look further back.
LATE_COMERS = dt.timedelta(days=1)


def last_seal() -> Seal | None:
    return Seal.objects.order_by("-number").first()


def not_sealed() -> QuerySet[AuditEntry]:
    """Every entry without a place in a seal, in the order of ids. Reads the whole journal."""
    return AuditEntry.objects.exclude(Exists(SealedEntry.objects.filter(entry_id=OuterRef("pk")))).order_by(
        "pk"
    )


def settled_id() -> int:
    """No unsealed entry is looked for up to this id.

    It is the end of the seals made a day before the last one: whatever was still open when they were made
    was over when the last one was, and went into it. (A day before *now* would forget the late-comers of
    a sealer that stood still for two days.)
    """
    last = last_seal()
    if last is None:
        return 0
    old = Seal.objects.filter(sealed_at__lt=last.sealed_at - LATE_COMERS)
    return old.aggregate(found=Max("to_id"))["found"] or 0


def ready_to_seal() -> QuerySet[AuditEntry]:
    """Unsealed entries older than the grace time, late-comers of the last day among them."""
    return not_sealed().filter(pk__gt=settled_id(), at__lte=timezone.now() - GRACE)
