"""Correct what an account says about its person."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.common.text import clean_text
from portal.officers.models import Officer
from portal.officers.rules import may
from portal.units.models import Unit


def update_officer(*, officer: Officer, full_name: str, rank_title: str, unit: Unit, by: Actor) -> Officer:
    """Name, title and home unit. Both the old and the new unit must lie within `by`'s reach; roles stay.

    Raises NotAllowed `not_allowed`.
    """
    home = Unit.objects.get(pk=Officer.objects.values_list("unit_id", flat=True).get(pk=officer.pk))
    if not all(may(by, "officers.change_officer", place) for place in (home, unit)):
        raise NotAllowed("not_allowed", _("Ông/Bà không được sửa tài khoản của đơn vị này."))
    officer.full_name = clean_text(full_name) or None
    officer.rank_title = clean_text(rank_title)
    officer.unit = unit
    with transaction.atomic():
        officer.save(update_fields=["full_name", "rank_title", "unit"])
        record(action="officer.updated", by=by, obj=officer, unit=unit)
    return officer
