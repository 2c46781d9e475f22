"""Add a unit's own words to a procedure it inherits."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.units.models import Unit
from procedures.models import Procedure, ProcedureNote
from procedures.rules import can_note
from procedures.validators import clean_note


def write_note(*, unit: Unit, procedure: Procedure, text: str, text_en: str = "", by: Actor) -> ProcedureNote:
    """The unit's note as it is now; an empty text shows nothing.

    NotAllowed `not_allowed`; ValidationError {text, text_en} as `clean_note`.
    """
    if not can_note(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    words = _clean({"text": text, "text_en": text_en})
    with transaction.atomic():
        note, _made = ProcedureNote.objects.update_or_create(unit=unit, procedure=procedure, defaults=words)
        record(action="note.written", by=by, obj=note, unit=unit, detail={"procedure": procedure.key})
    return note


def _clean(words: dict[str, str]) -> dict[str, str]:
    found, faults = {}, {}
    for name, text in words.items():
        try:
            found[name] = clean_note(text)
        except ValidationError as error:
            faults[name] = error
    if faults:
        raise ValidationError(faults)
    return found
