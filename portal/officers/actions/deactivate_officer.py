"""Close an account, and open it again."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.officers.actions.reset_password import check_take_over, set_one_time_password
from portal.officers.models import Officer
from portal.officers.rules import may


def deactivate_officer(*, officer: Officer, by: Actor) -> Officer:
    """No log-in any more, and every open session ends: sessions hang on the password that is wiped here.

    Raises NotAllowed `not_allowed`, `own_account`; Conflict `officer_inactive`.
    """
    if officer.actor_ref == by.actor_ref:
        raise NotAllowed("own_account", _("Ông/Bà không thể ngừng tài khoản của chính mình."))
    if not may(by, "officers.change_officer", officer.unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không được sửa tài khoản của đơn vị này."))
    if not officer.is_active:
        raise Conflict("officer_inactive", _("Tài khoản này đã ngừng sử dụng."))
    officer.is_active = False
    officer.set_unusable_password()
    with transaction.atomic():
        officer.save(update_fields=["is_active", "password"])
        record(action="officer.deactivated", by=by, obj=officer, unit=officer.unit)
    officer.forget_roles()
    return officer


def reactivate_officer(*, officer: Officer, by: Actor) -> str:
    """Open it again with the roles it had and a new one-time password, which is the answer.

    Raises NotAllowed `not_allowed`, `own_account`; Conflict `officer_active`.
    """
    check_take_over(officer=officer, by=by)
    if officer.is_active:
        raise Conflict("officer_active", _("Tài khoản này đang được sử dụng."))
    officer.is_active = True
    with transaction.atomic():
        officer.save(update_fields=["is_active"])
        password = set_one_time_password(officer=officer)
        record(action="officer.reactivated", by=by, obj=officer, unit=officer.unit)
    officer.forget_roles()
    return password
