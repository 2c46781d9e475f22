"""Decide how a unit lets a procedure be filed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.units.models import Unit
from procedures.enums import FilingMode
from procedures.models import FilingRule, Procedure
from procedures.queries import may_accept
from procedures.rules import can_set_mode


def set_filing_mode(*, unit: Unit, procedure: Procedure, mode: str, by: Actor) -> FilingRule:
    """The unit's rule as it is now.

    NotAllowed `not_allowed`; ValidationError on `mode`: `choice_unknown`, `procedure_ended`,
    `authorisation_missing` (to accept dossiers of an official procedure needs the province's document).
    """
    if not can_set_mode(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    _check_mode(unit, procedure, mode)
    with transaction.atomic():
        rule, _made = FilingRule.objects.update_or_create(
            unit=unit, procedure=procedure, defaults={"mode": mode}
        )
        detail = {"procedure": procedure.key, "mode": str(mode)}
        record(action="filing_mode.set", by=by, obj=rule, unit=unit, detail=detail)
    return rule


def _check_mode(unit: Unit, procedure: Procedure, mode: str) -> None:
    if mode not in FilingMode.values:
        _refuse("choice_unknown", _("Cách nộp này không có trong danh sách."))
    if procedure.ended_on is not None:
        _refuse("procedure_ended", _("Thủ tục này không còn nữa."))
    if mode == FilingMode.ACCEPT and not may_accept(procedure=procedure, unit=unit):
        _refuse(
            "authorisation_missing",
            _(
                "Thủ tục này có mã quốc gia: chỉ được nhận hồ sơ tại đây khi công an cấp tỉnh đã có văn bản "
                "cho phép. Xin ghi văn bản đó vào mục “Văn bản cho phép tiếp nhận” trước."
            ),
        )


def _refuse(code: str, text: Any) -> None:
    raise ValidationError({"mode": ValidationError(text, code=code)})
