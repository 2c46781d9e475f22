"""Say once that a version should have been reviewed; and let versions of a later day take effect."""

from django.db import transaction
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from procedures.actions.move_version import replace_older
from procedures.models import Procedure, ProcedureVersion


def remind_reviews(*, by: Actor) -> int:
    """Enter every overdue review in the journal, once; returns how many were new.

    The desk counts them beside its menu, citizens read a banner: both look at the dates themselves, so
    neither depends on this run.
    """
    due = ProcedureVersion.objects.published_on(local_today()).filter(
        review_on__lt=local_today(), reminded_at=None, procedure__ended_on=None
    )
    entered = 0
    for version in due.select_related("province"):
        with transaction.atomic():
            told = ProcedureVersion.objects.filter(pk=version.pk, reminded_at=None)
            if told.update(reminded_at=timezone.now()):
                record(action="version.review_due", by=by, obj=version, unit=version.province)
                entered += 1
    return entered


def follow_the_calendar(*, by: Actor) -> int:
    """Versions that began today replace those before them; returns how many became history."""
    begun = ProcedureVersion.objects.published_on(local_today()).filter(valid_from=local_today())
    count = 0
    for pk in begun.values_list("procedure_id", flat=True).distinct():
        with transaction.atomic():
            Procedure.objects.select_for_update().get(pk=pk)
            count += replace_older(procedure_id=pk, by=by)
    return count
