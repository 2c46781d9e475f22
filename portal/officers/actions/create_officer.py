"""Create an account."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.common.text import clean_text
from portal.officers.models import Officer
from portal.officers.passwords import new_one_time_password
from portal.officers.rules import may
from portal.officers.validators import clean_username
from portal.units.models import Unit


def create_officer(
    *, username: str, unit: Unit, full_name: str = "", rank_title: str = "", by: Actor
) -> tuple[Officer, str]:
    """The new officer and his one-time password, which is kept nowhere else. He holds no role yet.

    Raises NotAllowed `not_allowed`; ValidationError {"username": `username_invalid` | `username_taken`}.
    """
    if not may(by, "officers.add_officer", unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không được tạo tài khoản cho đơn vị này."))
    try:
        name = clean_username(username)
    except ValidationError as error:
        raise ValidationError({"username": error}) from error
    password = new_one_time_password()
    try:
        with transaction.atomic():
            officer = Officer.objects.create_officer(
                username=name,
                unit=unit,
                password=password,
                full_name=clean_text(full_name) or None,
                rank_title=clean_text(rank_title),
                must_change_password=True,
            )
            record(action="officer.created", by=by, obj=officer, unit=unit)
    except IntegrityError as error:
        raise ValidationError({"username": _taken()}) from error
    return officer, password


def check_username_free(username: str) -> None:
    """ValidationError `username_taken`: forms ask before they save; the database has the last word."""
    if Officer.objects.filter(username=username).exists():
        raise _taken()


def _taken() -> ValidationError:
    return ValidationError(_("Tên đăng nhập này đã có người dùng."), code="username_taken")
