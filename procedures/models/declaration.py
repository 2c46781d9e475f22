"""What a citizen declared before the visit: the unit's own pre-declaration, not an official form."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.codes import new_code
from portal.common.fields import EncryptedJSONField
from portal.common.models import Row
from procedures.enums import DeclarationStatus, RequestKind


class Declaration(Row):
    """`details` holds the cleaned fields of the declaration form as {field: text}, encrypted.

    `code` is the declaration code (mã tờ khai) a citizen gets after confirming.
    """

    procedure = models.ForeignKey("procedures.Procedure", models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    subject = models.ForeignKey("citizens.Person", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("citizens.Contact", models.PROTECT, null=True, related_name="+")
    filed_by = models.CharField(_("người lập"), max_length=60)
    code = models.CharField(_("mã tờ khai"), max_length=12, unique=True, default=new_code, editable=False)
    request_kind = models.CharField(  # "" for other procedures than the card's
        _("loại yêu cầu"), max_length=20, choices=RequestKind.choices, blank=True
    )
    details = EncryptedJSONField(label="procedures.declaration.details", null=True)
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=DeclarationStatus.choices, default=DeclarationStatus.DRAFT
    )
    submitted_at = models.DateTimeField(_("xác nhận lúc"), null=True)

    class Meta:
        verbose_name = _("tờ khai")
        verbose_name_plural = _("tờ khai")
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(status="draft"), name="declaration_drafts")
        ]

    def __str__(self) -> str:
        return str(self.uid)
