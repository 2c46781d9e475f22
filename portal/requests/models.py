"""What the portal remembers about requests themselves: how many came, and which were already answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedJSONField
from portal.common.models import Row
from portal.requests.enums import KeyState


class ThrottleCounter(models.Model):
    """Hits of one key in one fixed window. Seconds since 1970 keep the upsert the same on both databases."""

    scope = models.CharField(max_length=40)
    key_digest = models.CharField(max_length=64)
    window_start = models.BigIntegerField()
    window_end = models.BigIntegerField(db_index=True)
    hits = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("bộ đếm giới hạn")
        verbose_name_plural = _("bộ đếm giới hạn")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key_digest", "window_start"], name="requests_throttle_window"
            ),
            models.CheckConstraint(
                condition=Q(window_end__gt=models.F("window_start")), name="requests_window_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.window_start}"


class IdempotencyRecord(Row):
    """One Idempotency-Key of one caller: somebody is working on it, or its answer is kept.

    `lease` is a fresh value for every run, so that a slow run cannot finish what another took over.
    """

    caller_digest = models.CharField(max_length=64)
    key_digest = models.CharField(max_length=64)
    operation = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=KeyState.choices, default=KeyState.RUNNING)
    lease = models.UUIDField()
    lease_until = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True)
    answer = EncryptedJSONField(label="requests.idempotency.answer", null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("khóa chống gửi trùng")
        verbose_name_plural = _("khóa chống gửi trùng")
        constraints = [
            models.UniqueConstraint(fields=["caller_digest", "key_digest"], name="requests_key_of_caller"),
            models.CheckConstraint(
                condition=Q(state=KeyState.RUNNING)
                | Q(state=KeyState.FINISHED, status_code__isnull=False, answer__isnull=False),
                name="requests_finished_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.operation
