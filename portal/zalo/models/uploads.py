"""Files given to Zalo, which keeps them seven days. [2]"""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.zalo.enums import UploadKind
from portal.zalo.models.accounts import OfficialAccount


class UploadQuerySet(models.QuerySet):
    def live(self, now: dt.datetime) -> Self:
        return self.filter(expires_at__gt=now)


class Upload(Row):
    """What Zalo calls a file of ours; `digest` is SHA-256 of its content, so that it is given once a week."""

    account = models.ForeignKey(OfficialAccount, on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=5, choices=UploadKind.choices)
    digest = models.CharField(max_length=64)
    upload_id = models.CharField(max_length=500)
    expires_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp đã tải lên Zalo")
        verbose_name_plural = _("tệp đã tải lên Zalo")
        indexes = [models.Index(fields=["account", "kind", "digest"], name="zalo_upload_same_file")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.expires_at:%d/%m/%Y}"
