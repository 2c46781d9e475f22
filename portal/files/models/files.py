"""Files, the bytes they have, and who moved them."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedBytesField, EncryptedTextField, LookupHashField
from portal.common.models import AppendOnly, Row
from portal.files.cleaning.kinds import KINDS
from portal.files.enums import BlobRole, FileState, PutBy
from portal.files.errors import sentence
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet

CONTENT = "files.stored_file.content"
UPLOAD_KEY = "files.stored_file.upload_key"


class FileQuerySet(UnitScopedQuerySet):
    view_permission = "files.view_storedfile"

    def of(self, owner_key: str, owner_uid: object) -> Self:
        return self.filter(owner_key=owner_key, owner_uid=owner_uid)

    def checkable(self, now: dt.datetime) -> Self:
        """Received, broken off, or waiting in quarantine for a scanner that was down."""
        waiting = Q(state=FileState.RECEIVED) | Q(
            state=FileState.QUARANTINED, code="scan_unavailable", next_at__lte=now
        )
        return self.filter(waiting | Q(state=FileState.CHECKING, leased_until__lte=now))


class StoredFile(Row):
    """One file somebody sent. Only actions/ assign `state`.

    It belongs to a row of a room above, by that room's key and the row's uid (owners.py). `kind` says what
    the first bytes claim, and once it is clean what it is. `code` says why it was refused or is held.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="+")
    owner_key = models.CharField(_("thuộc về"), max_length=40)
    owner_uid = models.UUIDField(_("mã hồ sơ"))
    put_by_kind = models.CharField(_("người gửi"), max_length=10, choices=PutBy.choices)
    put_by = models.CharField(max_length=80, editable=False)
    name = EncryptedTextField(_("tên tệp"), label="files.stored_file.name")
    kind = models.CharField(_("loại"), max_length=8, blank=True)
    size = models.PositiveBigIntegerField(_("cỡ (byte)"))
    received = models.PositiveBigIntegerField(_("đã nhận (byte)"), default=0)
    content_hash = LookupHashField(label=CONTENT, null=True, blank=True)
    state = models.CharField(
        _("trạng thái"), max_length=11, choices=FileState.choices, default=FileState.RECEIVING
    )
    code = models.CharField(_("lý do"), max_length=24, blank=True)
    finding = models.CharField(_("vi-rút tìm thấy"), max_length=80, blank=True)
    upload_key_hash = LookupHashField(label=UPLOAD_KEY, null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("số lần kiểm tra"), default=0)
    next_at = models.DateTimeField(_("kiểm tra lại lúc"), null=True, blank=True)
    checked_at = models.DateTimeField(_("kiểm tra xong lúc"), null=True, blank=True)
    kept_until = models.DateTimeField(_("giữ đến"))

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp")
        verbose_name_plural = _("tệp gửi lên")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="files_known_state"),
            models.CheckConstraint(
                condition=Q(received__lte=models.F("size")), name="files_not_more_than_told"
            ),
            models.CheckConstraint(
                condition=Q(state=FileState.RECEIVING)
                | Q(state=FileState.REFUSED)
                | Q(received=models.F("size")),
                name="files_all_received",
            ),
            models.CheckConstraint(
                condition=~Q(state=FileState.CHECKING) | Q(lease__isnull=False, leased_until__isnull=False),
                name="files_checking_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_key", "owner_uid"], name="files_owner"),
            models.Index(fields=["unit", "-id"], name="files_unit"),
            models.Index(fields=["kept_until"], name="files_kept"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=[FileState.RECEIVED, FileState.CHECKING, FileState.QUARANTINED]),
                name="files_waiting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def is_image(self) -> bool:
        return self.kind in KINDS and KINDS[self.kind].group == "image"

    @property
    def explanation(self) -> str:
        """What people read beside the state."""
        return sentence(self.code)


class Blob(Row):
    """Bytes of a file on the disk: where, how much, and their key, which only this row knows.

    `stored_size` and `records` say how far they are committed; what lies behind that is not there.
    """

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="blobs")
    role = models.CharField(_("bản"), max_length=9, choices=BlobRole.choices)
    name = models.CharField(max_length=32, unique=True)
    key = EncryptedBytesField(label="files.blob.key")
    size = models.PositiveBigIntegerField(default=0)
    stored_size = models.PositiveBigIntegerField(default=0)
    records = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("nội dung tệp")
        verbose_name_plural = _("nội dung tệp")
        constraints = [models.UniqueConstraint(fields=["file", "role"], name="files_one_blob_per_role")]

    def __str__(self) -> str:
        return f"{self.role} {self.uid}"


class FileEntry(AppendOnly):
    """Who moved a file from where to where, when and why; goes with the file."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="history")
    frm = models.CharField(_("từ"), max_length=11, blank=True)
    to = models.CharField(_("đến"), max_length=11, choices=FileState.choices)
    code = models.CharField(_("mã lý do"), max_length=24, blank=True)
    actor = models.CharField(_("ai"), max_length=80)
    reason = EncryptedTextField(_("lý do"), label="files.file_entry.reason", null=True, blank=True)

    class Meta:
        verbose_name = _("lần đổi trạng thái tệp")
        verbose_name_plural = _("lịch sử tệp")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"
