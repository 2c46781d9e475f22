"""Give an officer a role in a unit."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.officers.models import Officer, RoleAssignment
from portal.officers.roles import ROLES
from portal.officers.rules import can_grant
from portal.units.models import Hamlet, Unit


def grant_role(
    *,
    officer: Officer,
    role: str,
    unit: Unit,
    hamlets: Iterable[Hamlet] = (),
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: Actor,
) -> RoleAssignment:
    """A new assignment from `valid_from` (today) to the end of `valid_to` (until ended).

    Raises NotAllowed `not_allowed`, `own_account`; Conflict `role_already_held`, `officer_inactive`;
    ValidationError {"role": `role_unknown`}, {"hamlets": `hamlets_required` | `hamlets_elsewhere` |
    `hamlets_not_needed`}, {"valid_to": `period_invalid`}.
    """
    area = list(hamlets)
    start = valid_from or local_today()
    check_grant(
        officer=officer, role=role, unit=unit, hamlets=area, valid_from=start, valid_to=valid_to, by=by
    )
    try:
        with transaction.atomic():
            assignment = RoleAssignment.objects.create(
                officer=officer,
                role=role,
                unit=unit,
                valid_from=start,
                valid_to=valid_to,
                granted_by=by.actor_ref,
            )
            assignment.hamlets.set(area)
            record(action="role.granted", by=by, obj=officer, unit=unit, detail={"role": role})
    except IntegrityError as error:
        raise _already_held() from error
    officer.forget_roles()
    return assignment


def check_grant(
    *,
    officer: Officer,
    role: str,
    unit: Unit,
    hamlets: Iterable[Hamlet],
    valid_from: dt.date,
    valid_to: dt.date | None,
    by: Actor,
) -> None:
    """Raise what grant_role would raise, and write nothing: forms ask before they save."""
    _check_who(officer=officer, role=role, unit=unit, by=by)
    _check_area(role=role, unit=unit, hamlets=list(hamlets))
    if valid_to and valid_to < max(valid_from, local_today()):
        wrong = ValidationError(
            _("Ngày kết thúc phải từ ngày bắt đầu và từ hôm nay trở đi."), code="period_invalid"
        )
        raise ValidationError({"valid_to": wrong})
    overlapping = Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    if valid_to:
        overlapping &= Q(valid_from__lte=valid_to)
    if officer.assignments.open().filter(overlapping, role=role, unit=unit).exists():
        raise _already_held()


def _already_held() -> Conflict:
    return Conflict("role_already_held", _("Cán bộ này đang giữ vai trò đó tại đơn vị đã chọn."))


def _check_who(*, officer: Officer, role: str, unit: Unit, by: Actor) -> None:
    if role not in ROLES:
        raise ValidationError(
            {"role": ValidationError(_("Vai trò không có trong bảng."), code="role_unknown")}
        )
    if officer.actor_ref == by.actor_ref:
        raise NotAllowed("own_account", _("Không ai tự giao vai trò cho chính mình."))
    if not can_grant(by, role, unit):
        raise NotAllowed(
            "not_allowed", _("Ông/Bà chỉ giao được vai trò không vượt quá quyền của mình tại đơn vị đó.")
        )
    if not officer.is_active:
        raise Conflict("officer_inactive", _("Tài khoản này đã ngừng sử dụng."))


def _check_area(*, role: str, unit: Unit, hamlets: list[Hamlet]) -> None:
    """Hamlets belong to the role that needs them, and to the unit of the assignment."""
    needed = ROLES[role].needs_hamlets
    if needed and not hamlets:
        code, message = "hamlets_required", _("Xin chọn ít nhất một thôn, tổ dân phố phụ trách.")
    elif hamlets and not needed:
        code, message = "hamlets_not_needed", _("Vai trò này không gắn với thôn, tổ dân phố.")
    elif any(hamlet.unit_id != unit.pk for hamlet in hamlets):
        code, message = "hamlets_elsewhere", _("Thôn, tổ dân phố phải thuộc đơn vị đã chọn.")
    else:
        return
    raise ValidationError({"hamlets": ValidationError(message, code=code)})
