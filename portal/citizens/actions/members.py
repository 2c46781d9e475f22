"""Who may act for an organisation: adding and ending members."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.enums import MemberRole, OrganisationStatus
from portal.citizens.models import Membership, Organisation
from portal.citizens.rules import MEMBERSHIP_DAYS, can_change_members
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.common.phones import clean_phone


@transaction.atomic
def add_member(
    *,
    organisation: Organisation,
    phone: str,
    role: str,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: Actor,
) -> Membership:
    """A contact who may act for `organisation` from `valid_from` (today) to the end of `valid_to` (a year).

    The phone need not be verified yet: nothing opens before its holder answered a code. A membership that
    runs out is renewed by one that begins after it. NotAllowed `not_allowed`; Conflict
    `organisation_ended`, `already_member`; ValidationError {"phone": `phone_invalid`},
    {"role": `member_role_invalid`}, {"valid_to": `period_invalid` | `period_too_long`}.
    """
    locked = _lock(organisation, by=by)
    start = valid_from or local_today()
    last = valid_to or start + dt.timedelta(days=MEMBERSHIP_DAYS - 1)
    _check_values(role=role, start=start, last=last)
    contact = ensure_contact(phone=typed_phone("phone", phone), by=by)
    running = locked.memberships.filter(contact=contact, ended_at__isnull=True)
    if running.filter(valid_from__lte=last, valid_to__gte=start).exists():
        raise Conflict("already_member", _("Số điện thoại này đang là thành viên của tổ chức."))
    membership = Membership.objects.create(
        organisation=locked,
        contact=contact,
        role=role,
        valid_from=start,
        valid_to=last,
        granted_by=by.actor_ref,
    )
    _note("member.added", membership, by=by)
    return membership


@transaction.atomic
def end_member(*, membership: Membership, by: Actor) -> Membership:
    """They act for it no longer; the row stays. A manager may also end himself, unless he is the last.

    NotAllowed `not_allowed`; Conflict `organisation_ended`, `member_ended`, `last_manager`.
    """
    locked = _lock(membership.organisation, by=by)
    row = Membership.objects.select_related("organisation__unit").get(pk=membership.pk)
    if not row.is_open:
        raise Conflict("member_ended", _("Thành viên này đã kết thúc."))
    if row.is_current and row.role == MemberRole.MANAGER and not _has_other_manager(locked, row):
        message = _("Tổ chức phải còn ít nhất một người quản lý. Xin thêm người quản lý khác trước.")
        raise Conflict("last_manager", message)
    row.ended_at, row.ended_by = timezone.now(), by.actor_ref
    row.save(update_fields=["ended_at", "ended_by"])
    _note("member.ended", row, by=by)
    return row


def _lock(organisation: Organisation, *, by: Actor) -> Organisation:
    """The organisation, locked: two managers who leave at once must not both find the other one."""
    locked = (
        Organisation.objects.select_for_update(of=("self",)).select_related("unit").get(pk=organisation.pk)
    )
    if not can_change_members(by, locked):
        raise NotAllowed("not_allowed", _("Ông/Bà không được thay đổi thành viên của tổ chức này."))
    if locked.status != OrganisationStatus.ACTIVE:
        raise Conflict("organisation_ended", _("Tổ chức này đã ngừng đăng ký."))
    return locked


def _has_other_manager(organisation: Organisation, membership: Membership) -> bool:
    managers = organisation.memberships.current().filter(role=MemberRole.MANAGER)
    return managers.exclude(contact=membership.contact_id).exists()


def _check_values(*, role: str, start: dt.date, last: dt.date) -> None:
    if role not in MemberRole.values:
        message = _("Xin chọn vai trò trong danh sách.")
        raise ValidationError({"role": ValidationError(message, code="member_role_invalid")})
    if last < max(start, local_today()):
        wrong, code = _("Ngày kết thúc phải từ ngày bắt đầu và từ hôm nay trở đi."), "period_invalid"
    elif last >= start + dt.timedelta(days=MEMBERSHIP_DAYS):
        wrong, code = _("Mỗi lần giao nhiều nhất một năm, sau đó xem lại giấy tờ."), "period_too_long"
    else:
        return
    raise ValidationError({"valid_to": ValidationError(wrong, code=code)})


def typed_phone(field: str, text: str) -> str:
    """`text` as E.164; ValidationError {field: `phone_invalid`}."""
    try:
        return clean_phone(text)
    except ValidationError as error:
        raise ValidationError({field: error}) from error


def _note(action: str, membership: Membership, *, by: Actor) -> None:
    detail = {"membership": str(membership.uid), "role": membership.role}
    organisation = membership.organisation
    record(action=action, by=by, obj=organisation, unit=organisation.unit, detail=detail)
