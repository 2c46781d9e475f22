"""Declarations whose time is over. When that is, the visit's room says: here nobody knows of visits."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import ProtectedError

from portal.audit.record import record
from portal.common.actors import Actor
from procedures.models import Declaration


@transaction.atomic
def erase_details(*, declarations: Iterable[Declaration], by: Actor) -> int:
    """Erase what was filled in; code, kind and status stay. Returns how many had something to erase."""
    erased = 0
    for declaration in declarations:
        emptied = Declaration.objects.filter(pk=declaration.pk, details__isnull=False).update(details=None)
        if emptied:
            record(action="declaration.details_erased", by=by, obj=declaration, unit=declaration.unit)
        erased += emptied
    return erased


def forget_declaration(*, declaration: Declaration, by: Actor) -> bool:
    """Delete a declaration; False when some row still needs it."""
    try:
        with transaction.atomic():
            Declaration.objects.filter(pk=declaration.pk).delete()
            record(action="declaration.erased", by=by, obj=declaration, unit=declaration.unit)
    except ProtectedError:
        return False
    return True
