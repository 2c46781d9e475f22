"""Record the document by which a province lets its units take dossiers of a procedure, and end it.

At most one document of a province counts for a procedure at a time: the newer, by its day of effect.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today, show_date
from portal.common.errors import Conflict, NotAllowed
from portal.common.text import clean_text
from portal.units.enums import Level
from portal.units.models import Unit
from procedures.models import Authorisation, Procedure
from procedures.rules import can_record_authorisation
from procedures.validators import clean_free_text

DAY = dt.timedelta(days=1)


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

    It supersedes the province's former document: that one counts until the day before. NotAllowed
    `not_allowed`; ValidationError `unit_not_province`, `valid_to_before_from`, `authorisation_overlaps`
    (a document of a later day stands already) and the model's.
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
        _supersede_former(document, by)
        document.save()
        detail = {"procedure": procedure.key, "number": document.number}
        record(action="authorisation.recorded", by=by, obj=document, unit=unit, detail=detail)
    return document


def end_authorisation(*, document: Authorisation, valid_to: dt.date, reason: str, by: Actor) -> Authorisation:
    """From the day after `valid_to` units that accepted by this document are back to *official*.

    NotAllowed `not_allowed`; Conflict `authorisation_ended` (it is over already); ValidationError
    `reason_required`, `text_too_long`, `text_markup`, `valid_to_before_from`, `valid_to_later` (an end is
    brought forward, never put off: that takes a new document).
    """
    if not can_record_authorisation(by, document.unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    why = _reason(reason)
    with transaction.atomic():
        row = _locked(document.procedure_id, pk=document.pk)[0]
        _check_end(row, valid_to)
        _end(row, valid_to, {"reason": why}, by)
    document.valid_to = valid_to
    return document


def _locked(procedure_id: int, **which: Any) -> list[Authorisation]:
    """Rows as they are now; one procedure, one change at a time, as when versions are published."""
    Procedure.objects.select_for_update().get(pk=procedure_id)
    rows = Authorisation.objects.select_related("unit__kind").filter(procedure=procedure_id, **which)
    return list(rows.order_by("valid_from", "pk"))


def _supersede_former(document: Authorisation, by: Actor) -> None:
    """End what counts on a day of `document`; a former of the same day counts for that one day."""
    for former in _locked(document.procedure_id, unit=document.unit):
        if former.valid_to is not None and former.valid_to < document.valid_from:
            continue
        if former.valid_from > document.valid_from:
            _refuse_overlap(document, former)
            continue
        last = max(former.valid_from, document.valid_from - DAY)
        if former.valid_to is None or former.valid_to > last:
            _end(former, last, {"superseded_by": document.number}, by)


def _refuse_overlap(document: Authorisation, later: Authorisation) -> None:
    if document.valid_to is not None and document.valid_to < later.valid_from:
        return
    text = _("Đã có văn bản %(number)s từ ngày %(day)s: xin ghi văn bản này đến hết một ngày trước đó.")
    facts = {"number": later.number, "day": show_date(later.valid_from)}
    _refuse("valid_to", "authorisation_overlaps", text, facts)


def _end(row: Authorisation, valid_to: dt.date, why: dict[str, str], by: Actor) -> None:
    row.valid_to = valid_to
    row.save(update_fields=["valid_to"])
    detail = {"number": row.number, "valid_to": valid_to.isoformat()} | why
    record(action="authorisation.ended", by=by, obj=row, unit=row.unit, detail=detail)


def _reason(text: str) -> str:
    """What the journal keeps; codes as `clean_free_text`."""
    try:
        why = clean_free_text(text)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from None
    if not why:
        _refuse("reason", "reason_required", _("Xin nhập lý do."))
    return why


def _check_end(row: Authorisation, valid_to: dt.date) -> None:
    if row.valid_to is not None and row.valid_to < local_today():
        raise Conflict("authorisation_ended", _("Văn bản này đã hết hiệu lực."))
    if row.valid_to is not None and valid_to >= row.valid_to:
        text = _("Văn bản đã ghi đến hết ngày %(day)s; muốn kéo dài thì ghi văn bản mới.")
        _refuse("valid_to", "valid_to_later", text, {"day": show_date(row.valid_to)})
    _check_order(row.valid_from, valid_to)


def _check_document(document: Authorisation) -> None:
    if document.unit.kind.level != Level.PROVINCE:
        text = _("Văn bản cho phép do công an cấp tỉnh ban hành: xin chọn đơn vị cấp tỉnh.")
        _refuse("unit", "unit_not_province", text)
    _check_order(document.valid_from, document.valid_to)
    document.full_clean(validate_constraints=False)


def _check_order(valid_from: dt.date, valid_to: dt.date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        text = _("Ngày hết hiệu lực không được trước ngày có hiệu lực.")
        _refuse("valid_to", "valid_to_before_from", text)


def _refuse(field: str, code: str, text: Any, params: dict[str, str] | None = None) -> None:
    raise ValidationError({field: ValidationError(text, code=code, params=params)})
