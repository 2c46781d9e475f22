"""What the law gives whoever holds a phone: to be told what is held on the number, and to have it erased.

That he holds it is what the officer has seen: the phone itself, or a code read from it. Persons declared from
the number are not told here: a phone is no identity, and families share one.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.personal_data import ERASE, EXPORT, Erasure, check_units
from portal.citizens.enums import ErasureReason
from portal.citizens.personal_data import PhoneHolding, phone_holdings, units_holding_phone
from portal.common.actors import Actor
from portal.common.crypto import blind_index
from portal.common.errors import NotAllowed
from portal.common.phones import clean_phone
from portal.notifications.models import ContactPoint
from portal.units.models import Unit


@transaction.atomic
def export_phone(*, phone: str, by: Actor) -> dict[str, Any]:
    """Everything held on the holder of `phone` (any notation), ready for JSON, each kind with its purpose.

    ValidationError {"phone": `phone_invalid` | `phone_unknown`}; NotAllowed `held_elsewhere`. An officer
    whose unit holds nothing on a number learns no more than that nothing was found.
    """
    point, units = _answering(phone, EXPORT, by)
    told = {label: _tell(point, holding) for label, holding in phone_holdings().items()}
    record(action="phone.exported", by=by, obj=point, unit=_only(units))
    return {
        "exported_at": timezone.now().isoformat(),
        "units": [unit.police_name for unit in units],
        "held": [{"kind": label, **part} for label, part in told.items() if part["rows"]],
    }


@transaction.atomic
def erase_phone(*, phone: str, reason: str, by: Actor) -> Erasure:
    """Erase what may be erased of what is held on the holder of `phone`; says what must stay and why.

    Errors as `export_phone`, and ValidationError {"reason": `erasure_reason_invalid`}.
    """
    if reason not in ErasureReason.values:
        message = _("Xin chọn lý do trong danh sách.")
        raise ValidationError({"reason": ValidationError(message, code="erasure_reason_invalid")})
    point, units = _answering(phone, ERASE, by)
    point = ContactPoint.objects.select_for_update().get(pk=point.pk)
    done = {
        label: holding.erase(point=point, reason=reason, by=by)
        for label, holding in reversed(phone_holdings().items())
    }
    rows = {label: part.rows for label, part in done.items() if part.rows}
    kept = {label: part.kept for label, part in done.items() if part.kept}
    left = {label: [item.code for item in items] for label, items in kept.items()}
    detail = {"reason": reason, "rows": rows, "kept": left}
    record(action="phone.erasure", by=by, obj=point, unit=_only(units), detail=detail)
    return Erasure(rows, kept)


def _answering(phone: str, permission: str, by: Actor) -> tuple[ContactPoint, list[Unit]]:
    try:
        number = clean_phone(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error}) from error
    point = ContactPoint.objects.filter(phone_hash=blind_index("phone", number)).first()
    unknown = ValidationError(_("Không có dữ liệu nào về số điện thoại này."), code="phone_unknown")
    if point is None:
        raise ValidationError({"phone": unknown})
    try:
        return point, check_units(units=units_holding_phone(point), permission=permission, by=by)
    except NotAllowed as refusal:
        if refusal.code == "not_allowed":
            raise ValidationError({"phone": unknown}) from refusal
        raise


def _tell(point: ContactPoint, holding: PhoneHolding) -> dict[str, Any]:
    terms = holding.terms
    return {
        "name": str(terms.name),
        "purpose": str(terms.purpose),
        "keep": str(terms.keep),
        "legal": str(terms.legal),
        "correct": str(terms.correct),
        "rows": [holding.export(row) for row in holding.rows(point)],
    }


def _only(units: list[Unit]) -> Unit | None:
    return units[0] if len(units) == 1 else None
