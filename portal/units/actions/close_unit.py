"""A unit ends: merged, split or renamed into others."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import Conflict
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.units.models import Succession, Unit
from portal.units.succession import move_rows


def close_unit(*, unit: Unit, on: dt.date, successors: Sequence[Unit], by: Actor, note: str = "") -> Unit:
    """End `unit` on the local date `on` (its last day is the day before) in favour of `successors`.

    The first successor is the main one: open work moves to it. Everything happens or nothing does:
    succession rows, what the rooms registered, reach, audit. Closing keeps the unit's address, which
    from now on leads to the successors. ValidationError `successors_required`, `successor_invalid`,
    `date_in_future`, `date_before_start`; Conflict `unit_closed` when it was closed already.
    """
    _check(unit, on, successors)
    with transaction.atomic():
        last_day = on - dt.timedelta(days=1)
        ended = Unit.objects.filter(pk=unit.pk, valid_to__isnull=True)
        if not ended.update(valid_to=last_day, is_open=False):
            raise Conflict("unit_closed", _("Đơn vị này đã sáp nhập hoặc giải thể."))
        for successor in successors:
            Succession.objects.create(predecessor=unit, successor=successor, on=on, note=note)
        moved = move_rows(predecessor=unit, successors=successors, on=on, by=by)
        rebuild_reach()
        detail = {"on": on.isoformat(), "successors": [heir.slug for heir in successors], "moved": moved}
        record(action="unit.closed", by=by, obj=unit, unit=unit, detail=detail)
    unit.refresh_from_db()
    return unit


def _check(unit: Unit, on: dt.date, successors: Sequence[Unit]) -> None:
    if not successors:
        raise _bad("successors", _("Hãy chọn ít nhất một đơn vị tiếp nhận."), "successors_required")
    if any(heir.pk == unit.pk or heir.valid_to is not None for heir in successors):
        raise _bad(
            "successors", _("Đơn vị tiếp nhận phải là đơn vị khác đang hoạt động."), "successor_invalid"
        )
    if on > local_today():
        raise _bad("on", _("Chỉ đóng đơn vị khi ngày sáp nhập đã đến."), "date_in_future")
    if unit.valid_from is not None and on <= unit.valid_from:
        raise _bad("on", _("Ngày sáp nhập phải sau ngày thành lập."), "date_before_start")


def _bad(field: str, message: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(message, code=code)})
