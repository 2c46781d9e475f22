"""Organisations and the contacts who act for them."""

import datetime as dt
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.citizens.enums import MemberRole, OrganisationStatus
from portal.citizens.models.contacts import Contact
from portal.citizens.models.persons import clean_line
from portal.citizens.validators import clean_organisation_name, clean_tax_code
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.crypto import blind_index
from portal.common.fields import EncryptedTextField, LookupHashField
from portal.common.models import Row
from portal.common.text import fold
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet


def tax_hash_of(code: str) -> str:
    """Look-up hash of a clean tax code."""
    return blind_index("citizens.organisation.tax_code", code)


def organisation_name_hash_of(name: str) -> str:
    """Look-up hash of a whole name, without accents and capitals."""
    return blind_index("citizens.organisation.name", fold(name))


class OrganisationQuerySet(UnitScopedQuerySet):
    view_permission = "citizens.view_organisation"

    def active(self) -> Self:
        return self.filter(status=OrganisationStatus.ACTIVE)


class Organisation(Row):
    """A business or body whose papers an officer of `unit` has seen. Members act for it; it has no log-in."""

    name = EncryptedTextField(_("tên tổ chức"), label="citizens.organisation.name")
    tax_code = EncryptedTextField(_("mã số thuế"), label="citizens.organisation.tax_code")
    address = EncryptedTextField(_("địa chỉ"), label="citizens.organisation.address", null=True, blank=True)
    tax_hash = LookupHashField(label="citizens.organisation.tax_code")
    name_hash = LookupHashField(label="citizens.organisation.name", db_index=True)
    unit = models.ForeignKey(
        Unit, verbose_name=_("đăng ký tại đơn vị"), on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(
        _("trạng thái"),
        max_length=10,
        choices=OrganisationStatus.choices,
        default=OrganisationStatus.ACTIVE,
        editable=False,
    )
    enrolled_by = models.CharField(_("người ghi"), max_length=80, editable=False)
    ended_at = models.DateTimeField(_("ngừng lúc"), null=True, blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("tổ chức, doanh nghiệp")
        verbose_name_plural = _("tổ chức, doanh nghiệp")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["tax_hash", "unit"],
                condition=Q(status=OrganisationStatus.ACTIVE),
                name="citizens_organisation_once",
            ),
            models.CheckConstraint(
                condition=Q(status=OrganisationStatus.ACTIVE, ended_at__isnull=True)
                | Q(status=OrganisationStatus.ENDED, ended_at__isnull=False),
                name="citizens_organisation_end_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        """Normalise every column; ValidationError {field: …} naming all faults at once."""
        errors: dict[str, Any] = {}
        checks = {"name": clean_organisation_name, "tax_code": clean_tax_code, "address": clean_line}
        for name, check in checks.items():
            try:
                setattr(self, name, check(getattr(self, name) or "") or None)
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def index(self) -> None:
        """Fill the look-up hashes from the clean columns."""
        self.tax_hash = tax_hash_of(self.tax_code)
        self.name_hash = organisation_name_hash_of(self.name)

    def is_managed_by(self, actor: Actor) -> bool:
        """True for a contact who is one of its managers today."""
        if not isinstance(actor, Contact) or self.status != OrganisationStatus.ACTIVE:
            return False
        return self.memberships.current().filter(role=MemberRole.MANAGER, contact=actor).exists()


class MembershipQuerySet(UnitScopedQuerySet):
    unit_path = "organisation__unit"
    view_permission = "citizens.view_organisation"

    def open(self, *, on: dt.date | None = None) -> Self:
        """In force on a local date (today) or later."""
        return self.filter(valid_to__gte=on or local_today(), ended_at__isnull=True)

    def current(self, *, on: dt.date | None = None) -> Self:
        """In force on a local date (today) and not ended since."""
        day = on or local_today()
        return self.open(on=day).filter(valid_from__lte=day)


class Membership(Row):
    """One contact who may act for one organisation, for a time. Ended, never deleted.

    It always has a last day: phones are given to somebody else, and people leave firms without a word.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("vai trò"), max_length=10, choices=MemberRole.choices)
    valid_from = models.DateField(_("từ ngày"), default=local_today)
    valid_to = models.DateField(_("đến hết ngày"))
    granted_by = models.CharField(_("người giao"), max_length=80, editable=False)
    ended_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True, editable=False)
    ended_by = models.CharField(_("người kết thúc"), max_length=80, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("thành viên")
        verbose_name_plural = _("thành viên")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "contact", "valid_from"],
                condition=Q(ended_at__isnull=True),
                name="citizens_membership_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="citizens_membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="citizens_membership_ended_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organisation}"

    @property
    def is_current(self) -> bool:
        today = local_today()
        return self.ended_at is None and self.valid_from <= today <= self.valid_to

    @property
    def is_open(self) -> bool:
        """In force today or later."""
        return self.ended_at is None and self.valid_to >= local_today()
