"""How an officer is recognised and asked for permissions by django.contrib.auth and the admin."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from portal.officers.models import Officer
from portal.officers.rules import has_permission


class RoleBackend:
    """Account name and password; permissions come from role assignments, never from flags or groups."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Officer | None:
        """The active officer with this password, else None. Unknown names take as long as wrong passwords."""
        if not username or not password:
            return None
        officer = Officer.objects.filter(username=username.strip().lower()).first()
        if officer is None:
            make_password(password)
            return None
        return officer if officer.check_password(password) and officer.is_active else None

    def get_user(self, user_id: int) -> Officer | None:
        """None for a deactivated officer: his open pages stop at the next click."""
        return Officer.objects.active().select_related("unit").filter(pk=user_id).first()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return has_permission(user_obj, perm, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return user_obj.is_active and user_obj.has_module_perms(app_label)
