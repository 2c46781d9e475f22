"""Contacts: whoever holds a phone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.notifications.models import ContactPoint


class Contact(Row):
    """Somebody who can be reached and has shown, at `verified_at`, that they read a phone's messages.

    A phone is no identity: families share one and operators give numbers to somebody else. What a
    contact may read about a person is decided by PersonAccess.
    """

    contact_point = models.OneToOneField(
        ContactPoint, verbose_name=_("số liên hệ"), on_delete=models.PROTECT, related_name="contact"
    )
    verified_at = models.DateTimeField(_("xác nhận lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("người liên hệ")
        verbose_name_plural = _("người liên hệ")

    @property
    def actor_ref(self) -> str:
        return f"contact:{self.uid}"
