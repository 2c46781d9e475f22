from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyState(models.TextChoices):
    """Where the request behind an idempotency key stands."""

    RUNNING = "running", _("Đang xử lý")
    FINISHED = "finished", _("Đã trả lời")
