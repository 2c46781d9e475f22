"""Give an officer who forgot his password a new one for one use."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.officers.models import Officer
from portal.officers.passwords import new_one_time_password
from portal.officers.rules import can_take_over


def reset_password(*, officer: Officer, by: Actor) -> str:
    """The one-time password; open sessions of the account end.

    Raises NotAllowed `not_allowed`, `own_account`; Conflict `officer_inactive`.
    """
    check_take_over(officer=officer, by=by)
    if not officer.is_active:
        raise Conflict("officer_inactive", _("Tài khoản này đã ngừng sử dụng."))
    with transaction.atomic():
        password = set_one_time_password(officer=officer)
        record(action="officer.password_reset", by=by, obj=officer, unit=officer.unit)
    return password


def check_take_over(*, officer: Officer, by: Actor) -> None:
    """Raise NotAllowed unless `by` may set this account's password."""
    if officer.actor_ref == by.actor_ref:
        raise NotAllowed("own_account", _("Xin dùng mục Đổi mật khẩu cho tài khoản của chính mình."))
    if not can_take_over(by, officer, officer.assignments.open().select_related("unit")):
        raise NotAllowed(
            "not_allowed",
            _("Chỉ người có quyền giao mọi vai trò của tài khoản này mới cấp lại được mật khẩu."),
        )


def set_one_time_password(*, officer: Officer) -> str:
    """A new password that must be changed at once; the caller checks, audits and holds the transaction."""
    password = new_one_time_password()
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    return password
