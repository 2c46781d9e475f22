"""Proof of consent (Law 91/2025/QH15 on personal data: per purpose, provable, can be withdrawn)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.citizens.enums import Channel
from portal.citizens.models.contacts import Contact
from portal.citizens.models.persons import Person
from portal.common.models import Row


class ConsentQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class Consent(Row):
    """Who agreed to what, in which words (`text_key` and `text_version`), where and when."""

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    purpose = models.CharField(_("mục đích"), max_length=40)
    text_key = models.CharField(_("văn bản"), max_length=60)
    text_version = models.CharField(_("phiên bản"), max_length=20)
    channel = models.CharField(_("kênh"), max_length=10, choices=Channel.choices)
    recorded_by = models.CharField(_("người ghi"), max_length=80)
    given_at = models.DateTimeField(_("đồng ý lúc"))
    withdrawn_at = models.DateTimeField(_("rút lại lúc"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("sự đồng ý")
        verbose_name_plural = _("sự đồng ý")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(person__isnull=False),
                name="citizens_consent_of_someone",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")),
                name="citizens_consent_withdrawn_later",
            ),
        ]
