"""Decide how a unit lets a procedure be filed, and record the document that allows taking dossiers."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.common.text import clean_text
from portal.units.enums import Level
from portal.units.models import Unit
from procedures.enums import FilingMode
from procedures.models import Authorisation, FilingRule, Procedure
from procedures.queries import may_accept
from procedures.rules import can_record_authorisation, can_set_mode


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


def record_authorisation(
    *,
    unit: Unit,
    procedure: Procedure,
    number: str,
    issued_on: dt.date,
    issued_by: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    by: Actor,
) -> Authorisation:
    """The province's document for one procedure; without an end it counts until one is recorded.

    NotAllowed `not_allowed`; ValidationError `unit_not_province`, `valid_to_before_from` and the model's.
    """
    if not can_record_authorisation(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    document = Authorisation(
        unit=unit,
        procedure=procedure,
        number=clean_text(number),
        issued_on=issued_on,
        issued_by=clean_text(issued_by),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _check_document(document)
    with transaction.atomic():
        document.save()
        detail = {"procedure": procedure.key, "number": document.number}
        record(action="authorisation.recorded", by=by, obj=document, unit=unit, detail=detail)
    return document


def end_authorisation(*, document: Authorisation, valid_to: dt.date, by: Actor) -> Authorisation:
    """From the day after `valid_to` units that accepted by this document are back to *official*.

    NotAllowed `not_allowed`; ValidationError `valid_to_before_from`.
    """
    if not can_record_authorisation(by, document.unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    document.valid_to = valid_to
    _check_document(document)
    with transaction.atomic():
        document.save(update_fields=["valid_to"])
        detail = {"number": document.number, "valid_to": valid_to.isoformat()}
        record(action="authorisation.ended", by=by, obj=document, unit=document.unit, detail=detail)
    return document


def _check_document(document: Authorisation) -> None:
    if document.unit.kind.level != Level.PROVINCE:
        text = _("Văn bản cho phép do công an cấp tỉnh ban hành: xin chọn đơn vị cấp tỉnh.")
        raise ValidationError({"unit": ValidationError(text, code="unit_not_province")})
    if document.valid_to is not None and document.valid_to < document.valid_from:
        text = _("Ngày hết hiệu lực không được trước ngày có hiệu lực.")
        raise ValidationError({"valid_to": ValidationError(text, code="valid_to_before_from")})
    document.full_clean(validate_constraints=False)
