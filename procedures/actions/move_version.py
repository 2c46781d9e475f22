"""The gate of versions: publish, discard, replace."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from procedures.enums import VersionStatus
from procedures.models import Procedure, ProcedureVersion
from procedures.validators import check_content
from procedures.workflow import VERSION_WORKFLOW


@transaction.atomic
def move_version(*, version: ProcedureVersion, to: str, by: Actor, reason: str = "") -> ProcedureVersion:
    """Publishing replaces what the edition said before, once the new version is in force.

    Conflict `move_not_allowed` (somebody was faster), NotAllowed `not_allowed`, ValidationError as
    `check_content`.
    """
    # One procedure, one change at a time: two publications at once would both be the latest.
    Procedure.objects.select_for_update().get(pk=version.procedure_id)
    row = ProcedureVersion.objects.select_related("province", "procedure").get(pk=version.pk)
    move = VERSION_WORKFLOW.check(row.status, to, by=by, obj=row, reason=reason)
    if to == VersionStatus.PUBLISHED:
        check_content(row.content)
        row.published_at = timezone.now()
    row.status = to
    row.save(update_fields=["status", "published_at"])
    detail = {"version": row.number, "reason": reason}
    record(action=f"version.{move.verb}", by=by, obj=row, unit=row.province, detail=detail)
    if to == VersionStatus.PUBLISHED:
        replace_older(procedure_id=row.procedure_id, by=by)
    version.status, version.published_at = row.status, row.published_at
    return version


def replace_older(*, procedure_id: int, by: Actor) -> int:
    """Mark what a later version in force made history; returns how many. A future version replaces later."""
    rows = list(ProcedureVersion.objects.published_on(local_today()).filter(procedure=procedure_id))
    latest: dict[Any, ProcedureVersion] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from, row.number)):
        latest[row.province_id] = row
    old = [row.pk for row in rows if row.pk != latest[row.province_id].pk]
    return ProcedureVersion.objects.filter(Q(pk__in=old)).update(status=VersionStatus.REPLACED)
