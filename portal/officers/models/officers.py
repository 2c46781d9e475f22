"""The officer: the only kind of person with a password here. Citizens are portal.citizens' contacts."""

from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedTextField
from portal.common.models import Row
from portal.officers.rules import has_permission
from portal.officers.validators import check_username, clean_username
from portal.units.models import Unit, reach_of


class OfficerQuerySet(models.QuerySet):
    def visible_to(self, officer: "Officer") -> Self:
        """Accounts whose home unit lies within the units where `officer` may see accounts."""
        return self.filter(unit__in=officer.reach("officers.view_officer"))

    def active(self) -> Self:
        return self.filter(is_active=True)


class OfficerAccounts(models.Manager.from_queryset(OfficerQuerySet)):  # type: ignore[misc]
    """What django.contrib.auth asks of a user model's default manager."""

    def create_officer(
        self, *, username: str, unit: Unit, password: str | None = None, **fields: Any
    ) -> "Officer":
        """Bare row for tests, demo and the action of the same name; without password nobody can log in."""
        officer = self.model(username=clean_username(username), unit=unit, **fields)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer

    def get_by_natural_key(self, username: str) -> "Officer":
        return self.get(username=username.strip().lower())


class Officer(AbstractBaseUser, Row):
    """An account of one person. What it may do stands in its role assignments and nowhere else."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["unit"]

    username = models.CharField(_("tên đăng nhập"), max_length=32, unique=True, validators=[check_username])
    full_name = EncryptedTextField(_("họ và tên"), label="officers.officer.full_name", null=True, blank=True)
    rank_title = models.CharField(_("cấp bậc, chức vụ"), max_length=80, blank=True)
    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị công tác"), on_delete=models.PROTECT, related_name="officers"
    )
    is_active = models.BooleanField(_("đang sử dụng"), default=True)
    must_change_password = models.BooleanField(_("phải đổi mật khẩu"), default=False)

    objects = OfficerAccounts()

    class Meta:
        verbose_name = _("cán bộ")
        verbose_name_plural = _("cán bộ")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.username

    @property
    def actor_ref(self) -> str:
        return f"officer:{self.uid}"

    @property
    def is_staff(self) -> bool:
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        """Never: whoever runs the machines must not read what citizens wrote."""
        return False

    def get_full_name(self) -> str:
        return str(self.full_name or self.username)

    def get_short_name(self) -> str:
        return self.username

    @cached_property
    def current_assignments(self) -> list[Any]:
        """Role assignments in force today; read once per instance, that is once per request."""
        return list(self.assignments.current()) if self.is_active and self.pk else []

    def forget_roles(self) -> None:
        """Read the assignments again at the next question."""
        self.__dict__.pop("current_assignments", None)
        self.__dict__.pop("_reach", None)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.forget_roles()

    @property
    def permissions(self) -> frozenset[str]:
        """Everything any current assignment grants, wherever."""
        return frozenset().union(*(assignment.permissions for assignment in self.current_assignments))

    def held_unit_ids(self, permission: str | None = None) -> frozenset[int]:
        """Primary keys of the units in which a current role grants `permission` (None: any role at all)."""
        return frozenset(
            assignment.unit_id
            for assignment in self.current_assignments
            if permission is None or permission in assignment.permissions
        )

    def reach(self, permission: str | None = None) -> models.QuerySet:
        """unit_ids as a subquery, for `.filter(unit__in=officer.reach("…"))`: a province has hundreds."""
        return reach_of(self.held_unit_ids(permission))

    def unit_ids(self, permission: str | None = None) -> set[int]:
        """Primary keys of those units, the units below them and the ones merged into them."""
        return self._reach_from(self.held_unit_ids(permission))

    def role_unit_ids(self, role: str) -> set[int]:
        """The same for one role by its key."""
        return self._reach_from(
            frozenset(
                assignment.unit_id for assignment in self.current_assignments if assignment.role == role
            )
        )

    def _reach_from(self, held: frozenset[int]) -> set[int]:
        reach = self.__dict__.setdefault("_reach", {})
        if held not in reach:
            reach[held] = set(reach_of(held).values_list("reaches_id", flat=True)) | held if held else set()
        return set(reach[held])

    def hamlet_ids(self) -> set[int]:
        """Primary keys of the hamlets an area officer answers for."""
        return {pk for assignment in self.current_assignments for pk in assignment.hamlet_ids}

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return has_permission(self, perm, obj)

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(permission.startswith(f"{app_label}.") for permission in self.permissions)
