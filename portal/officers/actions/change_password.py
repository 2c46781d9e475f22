"""An officer sets his own password."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.errors import NotAllowed
from portal.officers.models import Officer


def change_password(*, officer: Officer, old: str, new: str, by: Officer) -> None:
    """Replace the password; other sessions of the account end.

    Raises NotAllowed `not_allowed` (only the owner); ValidationError {"old_password": `password_wrong`},
    {"new_password1": the codes of Django's validators | `password_same`}.
    """
    if officer.actor_ref != by.actor_ref or not officer.is_active:
        raise NotAllowed("not_allowed", _("Mỗi cán bộ chỉ tự đổi mật khẩu của mình."))
    if not officer.check_password(old):
        raise ValidationError(
            {"old_password": ValidationError(_("Mật khẩu hiện tại không đúng."), "password_wrong")}
        )
    check_new_password(officer=officer, old=old, new=new)
    officer.set_password(new)
    officer.must_change_password = False
    with transaction.atomic():
        officer.save(update_fields=["password", "must_change_password"])
        record(action="officer.password_changed", by=by, obj=officer, unit=officer.unit)


def check_new_password(*, officer: Officer, old: str, new: str) -> None:
    """ValidationError {"new_password1": …} when `new` is weak or is `old` again."""
    try:
        validate_password(new, officer)
    except ValidationError as error:
        raise ValidationError({"new_password1": error.error_list}) from error
    if old == new:
        same = ValidationError(_("Mật khẩu mới phải khác mật khẩu cũ."), code="password_same")
        raise ValidationError({"new_password1": same})
