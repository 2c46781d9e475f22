"""What the law gives a person: to be told everything that is held on him, and to have it erased."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.enums import ErasureReason
from portal.citizens.models import Consent, ContactPerson, Person
from portal.citizens.personal_data import Holding, Kept, holdings, units_holding
from portal.citizens.rules import can_answer_for
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.units.models import Unit

EXPORT, ERASE = "citizens.export_person", "citizens.erase_person"


@dataclass(frozen=True)
class Erasure:
    """Rows erased per model, and what had to stay per model."""

    rows: dict[str, int]
    kept: dict[str, tuple[Kept, ...]]


@transaction.atomic
def export_person(*, person: Person, by: Actor) -> dict[str, Any]:
    """Everything held on `person`, ready for JSON, each kind with its purpose, time and legal note.

    NotAllowed `not_allowed`, `held_elsewhere`.
    """
    units = check_answering(person=person, permission=EXPORT, by=by)
    told = {label: _tell(person, holding) for label, holding in holdings().items()}
    record(action="person.exported", by=by, obj=person, unit=_only(units))
    return {
        "person": str(person.uid),
        "exported_at": timezone.now().isoformat(),
        "units": [unit.police_name for unit in units],
        "held": [{"kind": label, **part} for label, part in told.items() if part["rows"]],
    }


@transaction.atomic
def erase_person(*, person: Person, reason: str, by: Actor) -> Erasure:
    """Erase what may be erased of everything held on `person`, and say what must stay and why.

    The journal keeps that it happened, of which uid, for which reason and how many rows, and no value.
    NotAllowed `not_allowed`, `held_elsewhere`; ValidationError {"reason": `erasure_reason_invalid`}.
    """
    if reason not in ErasureReason.values:
        message = _("Xin chọn lý do trong danh sách.")
        raise ValidationError({"reason": ValidationError(message, code="erasure_reason_invalid")})
    units = check_answering(person=person, permission=ERASE, by=by)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    done = {
        label: holding.erase(person=locked, reason=reason, by=by)
        for label, holding in reversed(holdings().items())
    }
    rows = {label: part.rows for label, part in done.items() if part.rows}
    kept = {label: part.kept for label, part in done.items() if part.kept}
    left = {label: [item.code for item in items] for label, items in kept.items()}
    detail = {"reason": reason, "rows": rows, "kept": left}
    record(action="person.erasure", by=by, obj=locked, unit=_only(units), detail=detail)
    return Erasure(rows, kept)


def forget_person(*, person: Person, reason: str, by: Actor) -> bool:
    """Delete a person with name words, links and opened devices; False when some row still needs them.

    Proofs of consent stay with the contact who gave them and no longer name the person.
    """
    try:
        with transaction.atomic():
            given = Consent.objects.filter(person=person)
            given.filter(contact=None).delete()
            given.update(person=None)
            ContactPerson.objects.filter(person=person).delete()
            Person.objects.filter(pk=person.pk).delete()
            record(action="person.erased", by=by, obj=person, detail={"reason": reason})
    except ProtectedError:
        return False
    return True


def check_answering(*, person: Person, permission: str, by: Actor) -> list[Unit]:
    """The units that hold something on `person`; NotAllowed unless `by` may answer for every one of them."""
    return check_units(units=units_holding(person), permission=permission, by=by)


def check_units(*, units: list[Unit], permission: str, by: Actor) -> list[Unit]:
    """`units`, when `by` may answer for every one of them; NotAllowed otherwise."""
    holders: list[Unit | None] = [*units] or [None]
    if not any(can_answer_for(by, permission, unit) for unit in holders):
        raise NotAllowed("not_allowed", _("Ông/Bà không được thực hiện việc này với dữ liệu cá nhân."))
    if not all(can_answer_for(by, permission, unit) for unit in units):
        message = _("Đơn vị khác cũng lưu dữ liệu của người này. Xin chuyển yêu cầu lên cấp trên.")
        raise NotAllowed("held_elsewhere", message)
    return units


def _tell(person: Person, holding: Holding) -> dict[str, Any]:
    terms = holding.terms
    return {
        "name": str(terms.name),
        "purpose": str(terms.purpose),
        "keep": str(terms.keep),
        "legal": str(terms.legal),
        "correct": str(terms.correct),
        "rows": [holding.export(row) for row in holding.rows(person)],
    }


def _only(units: list[Unit]) -> Unit | None:
    return units[0] if len(units) == 1 else None
