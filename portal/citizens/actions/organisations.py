"""Enrolling organisations, correcting and ending them."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.members import add_member, typed_phone
from portal.citizens.enums import MemberRole, OrganisationStatus
from portal.citizens.models import Organisation
from portal.citizens.rules import can_change_organisation, can_enrol_organisation
from portal.citizens.workflow import ORGANISATION_WORKFLOW
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.units.models import Unit
from portal.units.models.scope import reach_of


def enrol_organisation(
    *, name: str, tax_code: str, address: str = "", unit: Unit, manager_phone: str, by: Actor
) -> Organisation:
    """A new organisation with its first manager, by an officer who saw its registration papers.

    Errors of check_enrolment; `manager_phone` in any usual notation.
    """
    organisation = check_enrolment(
        name=name, tax_code=tax_code, address=address, unit=unit, manager_phone=manager_phone, by=by
    )
    try:
        with transaction.atomic():
            organisation.save()
            record(action="organisation.enrolled", by=by, obj=organisation, unit=unit)
            add_member(organisation=organisation, phone=manager_phone, role=MemberRole.MANAGER, by=by)
    except IntegrityError as error:
        raise _already_enrolled() from error
    return organisation


def check_enrolment(
    *, name: str, tax_code: str, address: str, unit: Unit, manager_phone: str, by: Actor
) -> Organisation:
    """The unsaved organisation; raises what enrol_organisation would raise, and writes nothing.

    NotAllowed `not_allowed`; ValidationError {"name": `organisation_name_required` |
    `organisation_name_too_long`}, {"tax_code": `tax_code_invalid`}, {"address": `text_too_long`},
    {"manager_phone": `phone_invalid`}; Conflict `organisation_enrolled`.
    """
    if not can_enrol_organisation(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không được ghi nhận tổ chức tại đơn vị này."))
    organisation = Organisation(
        name=name, tax_code=tax_code, address=address or None, unit=unit, enrolled_by=by.actor_ref
    )
    organisation.clean()
    typed_phone("manager_phone", manager_phone)
    organisation.index()
    # A unit sees what the units merged into it enrolled, so there it would be a second row.
    same = Organisation.objects.active().filter(tax_hash=organisation.tax_hash)
    if same.filter(unit__in=reach_of([unit.pk])).exists():
        raise _already_enrolled()
    return organisation


def correct_organisation(*, organisation: Organisation, name: str, address: str, by: Actor) -> Organisation:
    """Another spelling or address; the tax code says which organisation it is and stays.

    Errors of check_correction.
    """
    check_correction(organisation=organisation, name=name, address=address, by=by)
    organisation.index()
    with transaction.atomic():
        organisation.save(update_fields=["name", "address", "name_hash"])
        record(action="organisation.corrected", by=by, obj=organisation, unit=organisation.unit)
    return organisation


def check_correction(*, organisation: Organisation, name: str, address: str, by: Actor) -> None:
    """Put clean values on `organisation` and write nothing.

    NotAllowed `not_allowed`; ValidationError as check_enrolment has them.
    """
    if not can_change_organisation(by, organisation):
        raise NotAllowed("not_allowed", _("Ông/Bà không được sửa tổ chức của đơn vị này."))
    organisation.name, organisation.address = name, address or None
    organisation.clean()


@transaction.atomic
def end_organisation(*, organisation: Organisation, by: Actor) -> Organisation:
    """Nobody acts for it from now on; it and its memberships stay to be looked up.

    NotAllowed `not_allowed`; Conflict `move_not_allowed`.
    """
    locked = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    ORGANISATION_WORKFLOW.check(locked.status, OrganisationStatus.ENDED, by=by, obj=locked)
    now = timezone.now()
    locked.memberships.open().update(ended_at=now, ended_by=by.actor_ref)
    locked.status, locked.ended_at = OrganisationStatus.ENDED, now
    locked.save(update_fields=["status", "ended_at"])
    record(action="organisation.ended", by=by, obj=locked, unit=locked.unit)
    return locked


def _already_enrolled() -> Conflict:
    return Conflict(
        "organisation_enrolled", _("Mã số thuế này đã được ghi nhận. Xin tìm trong danh sách tổ chức.")
    )
