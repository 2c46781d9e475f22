"""Turn the sensitive questions of a unit's declaration on or off."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.units.models import Unit
from procedures.models import DeclarationSettings
from procedures.queries import forget_questions
from procedures.rules import can_set_questions


def set_questions(*, unit: Unit, ask_ethnicity: bool, ask_religion: bool, by: Actor) -> DeclarationSettings:
    """The unit's settings as they are now; NotAllowed `not_allowed`. Answers already given stay."""
    if not can_set_questions(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    answers = {"ask_ethnicity": ask_ethnicity, "ask_religion": ask_religion}
    with transaction.atomic():
        settings, _made = DeclarationSettings.objects.update_or_create(unit=unit, defaults=answers)
        record(action="declaration.questions_set", by=by, obj=settings, unit=unit, detail=answers)
        transaction.on_commit(lambda: forget_questions(unit))
    return settings
