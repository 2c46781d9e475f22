"""Devices: browser sessions and API tokens of a contact, and the persons a device has opened."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.citizens.models.contacts import Contact
from portal.citizens.models.persons import Person
from portal.common.fields import EncryptedTextField
from portal.common.models import Row


class CitizenSessionQuerySet(models.QuerySet):
    def live(self, *, now: dt.datetime) -> Self:
        return self.filter(closed_at__isnull=True, expires_at__gt=now)


class CitizenSession(Row):
    """A browser that has shown a contact's code. The cookie holds 256 random bits, this row their SHA-256."""

    token_hash = models.CharField(max_length=64, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sessions")
    device_label = EncryptedTextField(
        _("thiết bị"), label="citizens.citizensession.device_label", null=True, blank=True
    )
    last_seen_at = models.DateTimeField(_("dùng gần nhất"))
    expires_at = models.DateTimeField(_("hết hạn"))
    closed_at = models.DateTimeField(_("đã đóng lúc"), null=True, blank=True)

    objects = CitizenSessionQuerySet.as_manager()


class PersonAccess(Row):
    """This browser named the person's birth date (or 4 digits of the number) and may read until then."""

    session = models.ForeignKey(CitizenSession, on_delete=models.CASCADE, related_name="accesses")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="accesses")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="citizens_person_access_once")
        ]


class CitizenTokenQuerySet(models.QuerySet):
    def live(self, *, now: dt.datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class CitizenToken(Row):
    """An app's key to the API: SHA-256 of 256 random bits, named after the device, revocable at once."""

    token_hash = models.CharField(max_length=64, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="tokens")
    device = EncryptedTextField(_("thiết bị"), label="citizens.citizentoken.device")
    last_used_at = models.DateTimeField(_("dùng gần nhất"), null=True, blank=True)
    expires_at = models.DateTimeField(_("hết hạn"))
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    objects = CitizenTokenQuerySet.as_manager()
