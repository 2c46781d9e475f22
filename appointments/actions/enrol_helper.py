"""Enrol a helper at the desk, and end the enrolment."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Helper
from appointments.rules import can_enrol_helper
from appointments.validators import HELPER_DAYS, check_helper
from portal.audit.record import record
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.validators import clean_person_name
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.common.phones import clean_phone
from portal.units.models import Hamlet, Unit

KNOWN_TEXT = _("Số điện thoại này đang là người đặt hộ của đơn vị.")


def enrol_helper(
    *,
    unit: Unit,
    phone: str,
    full_name: str,
    hamlet: Hamlet | None = None,
    quota: int,
    valid_to: dt.date | None = None,
    by: Actor,
) -> Helper:
    """A helper of `unit` until the end of `valid_to` (a year from today when None).

    The phone need not be verified: nothing opens before its holder answered a code. ValidationError
    {"phone": `phone_invalid`, "full_name": `name_…`, "quota": `quota_invalid`, "valid_to": `period_invalid`,
    "hamlet": `hamlet_elsewhere`} all at once; Conflict `already_helper`; NotAllowed `not_allowed`.
    """
    _refuse_strangers(unit, by)
    last = valid_to or local_today() + dt.timedelta(days=HELPER_DAYS)
    number, name = _clean(unit=unit, phone=phone, full_name=full_name, hamlet=hamlet, quota=quota, last=last)
    try:
        with transaction.atomic():
            contact = ensure_contact(phone=number, by=by)
            _end_those_that_ran_out(unit, contact)
            helper = Helper.objects.create(
                unit=unit, contact=contact, full_name=name, hamlet=hamlet, quota=quota, valid_to=last,
                enrolled_by=by.actor_ref,
            )  # fmt: skip
            record(action="helper.enrolled", by=by, obj=helper, unit=unit, detail={"quota": quota})
    except IntegrityError as error:
        raise Conflict("already_helper", str(KNOWN_TEXT)) from error
    return helper


def _refuse_strangers(unit: Unit, by: Actor) -> None:
    if not can_enrol_helper(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))


def _clean(*, unit: Unit, phone: str, full_name: str, **facts: Any) -> tuple[str, str]:
    """The clean phone and name, or every fault at once."""
    errors: dict[str, Any] = {}
    values = {"phone": "", "full_name": ""}
    for name, check, typed in (
        ("phone", clean_phone, phone),
        ("full_name", clean_person_name, full_name),
    ):
        try:
            values[name] = check(typed)
        except ValidationError as error:
            errors[name] = error
    try:
        check_helper(unit=unit, today=local_today(), **facts)
    except ValidationError as error:
        errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return values["phone"], values["full_name"]


def _end_those_that_ran_out(unit: Unit, contact: Any) -> None:
    """An enrolment that ran out makes way for the next one."""
    old = Helper.objects.filter(unit=unit, contact=contact, ended_at=None, valid_to__lt=local_today())
    old.update(ended_at=timezone.now())


@transaction.atomic
def end_helper(*, helper: Helper, by: Actor) -> Helper:
    """From now on they register nobody; what they registered stays. NotAllowed `not_allowed`."""
    locked = Helper.objects.select_for_update(of=("self",)).select_related("unit").get(pk=helper.pk)
    _refuse_strangers(locked.unit, by)
    if locked.ended_at is None:
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])
        record(action="helper.ended", by=by, obj=locked, unit=locked.unit)
    return locked
