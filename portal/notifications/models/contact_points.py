"""Where a person can be reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedTextField, LookupHashField
from portal.common.models import Row
from portal.common.phones import mask_phone


class ContactPoint(Row):
    """One phone, whoever holds it: families share one and carriers give numbers out again.

    `opt_outs` lists purposes the holder does not want; one-time codes ignore it.
    `refused_channels`: providers reported that the holder shut these off.
    """

    phone = EncryptedTextField(_("số điện thoại"), label="notifications.contact_point.phone")
    phone_hash = LookupHashField(_("dấu của số điện thoại"), label="phone", unique=True)
    opt_outs = models.JSONField(_("không nhận"), default=list, blank=True)

    refused_channels = models.JSONField(_("kênh đã từ chối"), default=list, blank=True)

    class Meta:
        verbose_name = _("đầu mối liên lạc")
        verbose_name_plural = _("đầu mối liên lạc")

    def __str__(self) -> str:
        return self.masked_phone

    @property
    def masked_phone(self) -> str:
        """`0750 *** 456`."""
        return mask_phone(self.phone)
