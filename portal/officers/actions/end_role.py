"""Take a role back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.officers.models import RoleAssignment
from portal.officers.rules import may


def end_role(*, assignment: RoleAssignment, by: Actor) -> RoleAssignment:
    """End it now; the row stays, so that later readers see who could see what.

    Raises NotAllowed `not_allowed`; Conflict `role_already_ended`.
    """
    if not may(by, "officers.change_roleassignment", assignment.unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không được sửa phân công của đơn vị này."))
    now, today = timezone.now(), local_today()
    last_day = max(assignment.valid_from, min(assignment.valid_to or today, today))
    with transaction.atomic():
        ended = RoleAssignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(
            ended_at=now, valid_to=last_day
        )
        if not ended:
            raise Conflict("role_already_ended", _("Phân công này đã kết thúc."))
        record(
            action="role.ended",
            by=by,
            obj=assignment.officer,
            unit=assignment.unit,
            detail={"role": assignment.role},
        )
    assignment.ended_at, assignment.valid_to = now, last_day
    assignment.officer.forget_roles()
    return assignment
