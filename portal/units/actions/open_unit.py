"""A unit starts to use the portal."""

from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.units.models import Unit


def open_unit(*, unit: Unit, by: Actor) -> Unit:
    """Let `unit` run this portal. Conflict `unit_closed` for a unit no longer in force; again is harmless."""
    changed = Unit.objects.filter(pk=unit.pk, valid_to__isnull=True, is_open=False).update(is_open=True)
    unit.refresh_from_db()
    if not unit.is_open:
        raise Conflict("unit_closed", _("Đơn vị này đã sáp nhập hoặc giải thể."))
    if changed:
        record(action="unit.opened", by=by, obj=unit, unit=unit, detail={"slug": unit.slug})
    return unit
