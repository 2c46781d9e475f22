"""Who did and who saw what. No foreign keys: an entry outlives the rows it speaks of."""

from typing import Any, Protocol, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.common.models import AppendOnly


class SeesUnits(Protocol):
    """An officer, as this room needs him."""

    def unit_ids(self, permission: str) -> set[int]: ...


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses what `AppendOnly` refuses, for many rows at once."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError(f"{self.model.__name__} is append-only.")

    def delete(self) -> Any:
        raise TypeError(f"{self.model.__name__} is append-only.")


class AuditEntryQuerySet(AppendOnlyQuerySet):
    def visible_to(self, officer: SeesUnits) -> Self:
        """Entries of the units in which the officer may read the journal; entries of no unit stay hidden."""
        return self.filter(unit_number__in=officer.unit_ids("audit.view_auditentry"))


class AuditEntry(AppendOnly):
    """One deed or one look. `detail` holds strings, whole numbers, booleans and lists, nothing personal."""

    created_at = None  # `at` says it
    at = models.DateTimeField(_("thời điểm"), default=timezone.now, db_index=True)
    actor = models.CharField(_("người thực hiện"), max_length=80)
    action = models.CharField(_("việc"), max_length=80)
    object_type = models.CharField(_("loại đối tượng"), max_length=80, blank=True)
    object_uid = models.CharField(_("mã đối tượng"), max_length=36, blank=True)
    unit_number = models.BigIntegerField(
        null=True, editable=False
    )  # primary key of the unit, for scoping only
    unit_uid = models.CharField(max_length=36, blank=True, editable=False)
    unit_code = models.CharField(_("mã đơn vị"), max_length=5, blank=True)
    detail = models.JSONField(_("chi tiết"), default=dict, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("dòng nhật ký")
        verbose_name_plural = _("nhật ký")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["unit_number", "-id"], name="audit_entry_unit"),
            models.Index(fields=["object_type", "object_uid"], name="audit_entry_object"),
        ]

    def __str__(self) -> str:
        return self.action


class Seal(AppendOnly):
    """One link of the chain: a batch of entries under one digest that contains the digest before it.

    `from_id` and `to_id` tell the smallest and largest entry of the batch; a late-comer may lie between
    the ids of an earlier batch (docs/adr/0009-audit.md).
    """

    created_at = None  # `sealed_at` says it
    number = models.BigIntegerField(unique=True)
    from_id = models.BigIntegerField()
    to_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(default=timezone.now)
    sealed_by = models.CharField(max_length=80)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("niêm phong nhật ký")
        verbose_name_plural = _("niêm phong nhật ký")
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=1), name="audit_seal_not_empty"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_seal_number"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class SealedEntry(AppendOnly):
    """Says which entry lies at which place of which seal, and how it read when it was sealed.

    Plain numbers, not foreign keys: a deleted entry must leave this row behind as the witness.
    """

    created_at = None  # the seal has it
    seal_number = models.BigIntegerField()
    position = models.PositiveIntegerField()
    entry_id = models.BigIntegerField(unique=True)
    entry_digest = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ("seal_number", "position")
        constraints = [
            models.UniqueConstraint(fields=["seal_number", "position"], name="audit_sealed_place"),
        ]
